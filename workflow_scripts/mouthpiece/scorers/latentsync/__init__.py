"""The scorer `latentsync`."""
