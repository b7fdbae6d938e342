"""Where the tests find what they need beside them."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
