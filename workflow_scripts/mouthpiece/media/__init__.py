"""Media files: ffmpeg, probing, decoding, encoding."""
