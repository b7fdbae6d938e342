"""The translator ctranslate2."""
