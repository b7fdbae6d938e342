"""Sync scorers."""
