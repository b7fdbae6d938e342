"""Times and numbers as a person reads them, and how lines are written."""

from rich.console import Console


def duration(seconds: float) -> str:
    """Write a duration.

    Args:
        seconds: How long, at least 0.

    Returns:
        Such as "34 s", "2 min 05 s" or "1 h 12 min".
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min"


def about(seconds: float) -> str:
    """Write an estimate, with no more digits than it has sense.

    Args:
        seconds: How long, at least 0.

    Returns:
        Such as "40 s", "3 min" or "1 h 12 min".
    """
    if seconds < 55:
        return f"{max(5, 5 * round(seconds / 5))} s"
    if seconds < 3570:
        return f"{round(seconds / 60)} min"
    return duration(60 * round(seconds / 60))


def count(number: int, noun: str) -> str:
    """Write a number of things.

    Args:
        number: How many.
        noun: One of them; its plural ends in s.

    Returns:
        Such as "1 cut" or "3 cuts".
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def spent(gpu_s: float, hits: int) -> list[str]:
    """Write what jobs spent, as far as it is worth a word.

    Args:
        gpu_s: For how long they held GPUs, in seconds times GPUs.
        hits: How many of them came from the cache between projects.

    Returns:
        Such as "41 GPU s" and "12 jobs from the cache".
    """
    return [
        f"{round(gpu_s)} GPU s" if gpu_s >= 0.5 else "",
        f"{count(hits, 'job')} from the cache" if hits else "",
    ]


def say(console: Console, text: str, style: str | None = None) -> None:
    """Write a line as it is: not wrapped, so that paths can be copied, and without markup.

    Args:
        console: Where to write.
        text: The line.
        style: Its colour, as rich names it.
    """
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
