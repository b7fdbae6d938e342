"""Avatars in frameworks of voice agents, one thin adapter each: see docs/live-plugs.md."""
