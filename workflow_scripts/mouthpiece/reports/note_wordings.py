"""The text of each note on a file, and of a note whose code is not known.

A note is a fact with values. The words are made where it is shown, so that other words change no
film.
"""

from ..core.notes import Note

NOTES = {
    # the source
    "head_dropped": (
        "It begins in the middle of a group of pictures. The film begins with the first picture"
        " that can be decoded; frames before it that are left out: {frames}."
    ),
    "clock_repaired": "Its clock jumps. The jumps are closed; how many there are: {jumps}.",
    "decode_errors": "It is damaged; frames that cannot be decoded: {frames}.",
    # the dub
    "dub_starts_late": "Its sound starts {ms:.0f} ms after its file's start.",
    "dub_tracks": "It has {tracks} sound tracks; track {track} is used.",
    "downmix_cancelled": (
        "Its channels cancel each other when they are mixed; the lips follow channel {channel}."
    ),
    # the film
    "silence_added": "The dub is {s:.2f} s shorter than the picture; silence fills its end.",
    "silence_cut": "The dub is {s:.2f} s longer than the picture; its end, which is silent, is cut.",
    "picture_held": "The dub is longer than the picture; the last picture is held for {s:.2f} s.",
    "picture_cut": "The dub is {s:.2f} s shorter than the picture; the end of the picture is cut.",
    "sound_cut": "The dub is {s:.2f} s longer than the picture; its end is cut.",
}
"""Code -> sentence. A sentence may hold the note's values, in the form of `str.format`."""


def sentence(note: Note) -> str:
    """Put a note into words.

    Args:
        note: A note.

    Returns:
        One line; the code with its values where there is no sentence for it, or its values are not
        those that the sentence has.
    """
    values = {name: _line(value) for name, value in note.values.items()}
    try:
        return NOTES[note.code].format(**values)
    except (KeyError, IndexError, ValueError):
        told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in values.items())
        code = str(_line(note.code)).replace("_", " ")
        return f"{code}: {told}" if told else code


def _line(value: str | int | float) -> str | int | float:
    """A value without line breaks and control characters: some are a file's own words."""
    if not isinstance(value, str):
        return value
    return "".join(letter if letter.isprintable() else " " for letter in value)
