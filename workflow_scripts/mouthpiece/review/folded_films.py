"""A list of films in which a video with many dubs is one line, such as a thousand greetings."""

from collections.abc import Callable, Sequence
from typing import TypeVar

FOLDED_DUBS = 8
"""A video with more dubs is folded."""

Film = TypeVar("Film")


def fold(
    films: Sequence[Film], video_of: Callable[[Film], str]
) -> tuple[list[Film], dict[str, list[Film]]]:
    """Tell the films that are shown each by itself from those of videos with many dubs.

    Args:
        films: The films.
        video_of: Finds the video of a film.

    Returns:
        The films that are shown; video -> its films, for the others; both in the same order.
    """
    videos: dict[str, list[Film]] = {}
    for film in films:
        videos.setdefault(video_of(film), []).append(film)
    folded = {video: dubs for video, dubs in videos.items() if len(dubs) > FOLDED_DUBS}
    return [film for film in films if video_of(film) not in folded], folded
