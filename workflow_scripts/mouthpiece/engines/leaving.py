"""Pictures of people leave the machine only if they allow it."""

from ..core.errors import InputError
from .registry import engine_settings


def check_leaving(engine: str, video: str, may_leave: bool) -> None:
    """Refuse an engine that sends pictures of people who did not allow it.

    Args:
        engine: The engine.
        video: The video's id.
        may_leave: Whether their likeness may be sent to a hosted service.

    Raises:
        InputError: It may not.
    """
    if engine_settings()[engine].sends_pictures and not may_leave:
        raise InputError(
            f"the engine {engine} sends pictures of the people in {video!r} to a hosted service, "
            "and videos.tsv does not say that they may leave: write yes in the column may_leave of "
            "that row if they allow it, or choose another engine; nothing was sent"
        )
