# The subtitles of a film: what they are made of, and which films have them.

from types import SimpleNamespace


def has_subtitles(wildcards):
    """Whether a film gets subtitles."""
    known = is_made(wildcards) or film_dub(wildcards).script
    return PROJECT.settings.subtitles.mode != "off" and bool(known)


def of_made(pattern):
    """An input function: a file of a film whose dub is made here; none of others."""

    def file(wildcards):
        return pattern if is_made(wildcards) else []

    return file


spoken_script = of_made("results/{video}/{language}/spoken.tsv")
spoken_takes = of_made("results/{video}/{language}/takes.json")


def subtitled_transcript(wildcards):
    """An input function: the transcript of a source that gets subtitles, too."""
    if PROJECT.settings.subtitles.source and is_made(wildcards):
        return "results/{video}/_shared/transcript.json"
    return []


def subtitled_dub_script(wildcards, threads):
    """A params function: what a given dub says, as the user gave it; or empty. Not recorded."""
    return "" if is_made(wildcards) else get_dub_script(wildcards, threads)


def subtitle_facts(wildcards):
    """An input function: what is known of a film's subtitles; none where it gets none."""
    facts = "results/{video}/{language}/subtitles.json"
    return [facts] if has_subtitles(wildcards) else []


def soft_tracks(wildcards):
    """An input function: the subtitles that a film gets as tracks; none where it gets none."""
    return subtitle_facts(wildcards) if PROJECT.settings.subtitles.soft_tracks else []


def subtitle_folders():
    """The folders of subtitles of all films that get them."""
    return [
        f"results/{video}/{language}/subtitles"
        for video, language in PROJECT.dubs
        if has_subtitles(SimpleNamespace(video=video, language=language))
    ]
