"""The synthesizer command."""
