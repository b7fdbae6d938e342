"""The translator openai."""
