"""Section `provenance`."""

from .section import Section


class Provenance(Section):
    """How a delivered film says that it was made by AI."""
