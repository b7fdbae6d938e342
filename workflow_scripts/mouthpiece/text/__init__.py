"""What is said: transcript, script, subtitles."""
