"""Recordings of single lines, instead of a synthesizer."""
