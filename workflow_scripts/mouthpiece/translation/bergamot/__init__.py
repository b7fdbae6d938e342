"""The translator bergamot."""
