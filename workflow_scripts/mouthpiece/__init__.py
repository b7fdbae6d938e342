"""Mouthpiece: localize video, cut by cut. This library never imports snakemake."""
