"""The recognizer faster_whisper."""
