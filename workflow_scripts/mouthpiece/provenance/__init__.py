"""How a delivered film says that it was made by AI: C2PA, XMP, a sidecar."""
