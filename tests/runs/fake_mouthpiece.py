"""Stands in for `mouthpiece run`: a script says what it does, in fake.py of the working folder."""

import sys
from pathlib import Path

exec(Path("fake.py").read_text(encoding="utf-8"), {"words": sys.argv[1:]})
