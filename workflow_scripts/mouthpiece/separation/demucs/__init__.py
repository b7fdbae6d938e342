"""The separator demucs."""
