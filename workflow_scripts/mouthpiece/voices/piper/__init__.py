"""The synthesizer piper."""
