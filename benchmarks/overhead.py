"""What a cut costs besides the work on it: CPU seconds of all processes of a run, by cut.

    python benchmarks/overhead.py --cuts 12 50 500

For each number it makes a film of so many cuts of one second without a face, runs it through the
real command, and adds up the CPU time of Snakemake, of all clients and of the pool of workers. The
work on a cut is what its stages take in a process that has everything loaded (median of 20 cuts).
Prints a table and writes JSON.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mouthpiece.core.event_log import read_events
