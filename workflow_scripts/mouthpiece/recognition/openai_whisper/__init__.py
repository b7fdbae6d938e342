"""The recognizer openai_whisper."""
