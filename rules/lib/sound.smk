# The sound of a film: what is made here, and what the user gives.

import functools

from mouthpiece.core.errors import Fault
from mouthpiece.core.slices import slices_of


def film_dub(wildcards):
    """The row of a film in dubs.tsv."""
    return PROJECT.dubs[wildcards.video, wildcards.language]


def is_made(wildcards):
    """Whether a film's dub is made here."""
    return film_dub(wildcards).kind == "made"


def get_source_script(wildcards, threads):
    """A params function: what the source says, as the user gave it; or empty. Not recorded."""
    return user_file(PROJECT.videos[wildcards.video].script)


def get_background(wildcards, threads):
    """A params function: the background that the user gave; or empty. Not recorded."""
    return user_file(PROJECT.videos[wildcards.video].background)


def get_dub_script(wildcards, threads):
    """A params function: what the dub says, as the user gave it; or empty. Not recorded."""
    return user_file(film_dub(wildcards).script)


def spoken_language(wildcards):
    """A params function: the language of a source, as the table names it; or empty."""
    return PROJECT.videos[wildcards.video].language


def number_of_speakers(wildcards):
    """A params function: how many people speak in a source, as the table says; or 0."""
    return PROJECT.videos[wildcards.video].speakers


def glossary(wildcards):
    """A params function: the terms that are always translated in the same way."""
    return PROJECT.glossary_for(wildcards.language)


def chosen_voices(wildcards):
    """A params function: the voices that are chosen, by speaker."""
    return PROJECT.voices_for(wildcards.video, wildcards.language)


def named_speakers(wildcards):
    """A params function: the speakers that voices.tsv names for this very video."""
    return PROJECT.speakers_named(wildcards.video, wildcards.language)


def line_edits(wildcards):
    """A params function: what reviewers want of a film's lines; not who does, and when."""
    edits = PROJECT.edits_for(wildcards.video, wildcards.language)
    return {line: edit.wanted for line, edit in edits.items()}


def spoken_edits(wildcards):
    """A params function: the part of them that changes what is spoken, or when.

    An approval or a note speaks nothing and joins no film: see rules `script` and `spoken`.
    """
    names = ("target", "voice", "shift_frames")
    return {
        line: {name: edit[name] for name in ("source", *names)}
        for line, edit in line_edits(wildcards).items()
        if any(edit[name] for name in names)
    }


def film_sound(wildcards):
    """An input function: the sound of a film: its mix, or the dub that is complete as it is."""
    mixed = film_dub(wildcards).has_background
    return (
        "results/{video}/{language}/mix.flac"
        if mixed
        else "results/{video}/{language}/dub.flac"
    )


def cut_speech(wildcards):
    """An input function: the speech that a cut hears, with its context.

    Snakemake 9.27 looks again only at jobs that depend on the checkpoint themselves. So jobs have it
    as an input, too, that only read what is made of it: else they would run although that is not made
    again.
    """
    film = {"video": wildcards.video, "language": wildcards.language}
    index = Path(checkpoints.slices.get(**film).output.listing)
    part = read_slices(index, index.stat().st_mtime_ns).get(wildcards.cut, "")
    # The index where a part is missing: the job of the cut fails on it, and no other.
    return str(part if part and part.exists() else index)


@functools.cache
def read_slices(index, mtime_ns):
    """The parts of a film's speech by cut. Each cut asks for them: read once a version."""
    try:
        return slices_of(index)
    except Fault:
        return {}
