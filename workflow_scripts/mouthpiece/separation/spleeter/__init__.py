"""The separator spleeter."""
