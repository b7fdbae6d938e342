"""Runs of the workflow: the folder of a project, Snakemake as a process, progress, failures."""
