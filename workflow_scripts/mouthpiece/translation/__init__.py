"""Translators: lines of a script in another language."""
