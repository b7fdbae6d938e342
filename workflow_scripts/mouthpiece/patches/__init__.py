"""Patch sets: what engines draw, and how it is laid into the picture."""
