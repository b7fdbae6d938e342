"""The scorer `embedded`."""
