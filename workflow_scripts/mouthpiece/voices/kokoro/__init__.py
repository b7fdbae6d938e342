"""The synthesizer kokoro."""
