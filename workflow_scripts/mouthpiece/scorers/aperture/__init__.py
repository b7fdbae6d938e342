"""The scorer `aperture`."""
