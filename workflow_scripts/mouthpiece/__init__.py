"""Mouthpiece: localize video, cut by cut. This library never imports snakemake."""

import os

# Every job has one core unless its rule says more; OpenCV would take them all.
os.environ.setdefault("OPENCV_FOR_THREADS_NUM", "1")
