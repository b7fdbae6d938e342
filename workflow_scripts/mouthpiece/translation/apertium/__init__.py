"""The translator apertium."""
