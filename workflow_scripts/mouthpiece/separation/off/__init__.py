"""The separator off."""
