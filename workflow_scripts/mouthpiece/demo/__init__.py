"""The demo: a film of five cuts, and dubs for it."""
