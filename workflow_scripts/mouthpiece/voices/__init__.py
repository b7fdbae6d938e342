"""Synthesizers: lines spoken, cast and fitted to their slots."""
