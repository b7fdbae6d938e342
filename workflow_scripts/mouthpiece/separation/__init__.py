"""Separators: voice apart from background."""
