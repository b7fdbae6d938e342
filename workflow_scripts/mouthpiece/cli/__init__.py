"""The `mouthpiece` command."""
