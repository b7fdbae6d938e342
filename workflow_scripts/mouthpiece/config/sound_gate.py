"""Section `sound_gate`."""

from .section import Section


class SoundGate(Section):
    """Which lines of a dub that is made here are good enough."""
