"""The separator duck."""
