"""Sound: speech, loudness, log-mel bands, voice activity."""
