"""Section `mix`."""

from .section import Section


class Mix(Section):
    """The sound of a film whose dub is made here, or given as dialogue alone."""
