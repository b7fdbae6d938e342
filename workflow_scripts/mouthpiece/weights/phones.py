"""The weights by which speech is heard as phones: those of a recognizer's encoder.

A module of its own, since each process that reads a config loads it.
"""

USERS = ("faster_whisper-base",)
"""Whose weights the encoder has (`audio.phone_features`), in models/weights.tsv."""
