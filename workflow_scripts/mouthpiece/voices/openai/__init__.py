"""The synthesizer openai."""
