"""The synthesizer espeak, and the phonemes of other ones."""
