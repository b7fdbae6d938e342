"""Recognizers: what is said, when and by whom."""
