# The tab "Script" of the review page of a film whose dub is made here.


def if_made(pattern):
    """An input function: a file of a film whose dub is made here; none of a given dub."""

    def file(wildcards):
        return pattern.format(**wildcards) if is_made(wildcards) else []

    return file


def voices_on_offer(wildcards):
    """A params function: the voices that a reviewer may choose for a line; none of a given dub."""
    if not is_made(wildcards):
        return []
    language = language_tag(wildcards)
    usable = speak_settings(wildcards).usable
    return [
        {"voice": f"{name}:{voice.name}", "sex": voice.sex, "is_guest": voice.is_guest}
        for name, chosen in usable.items()
        for voice in chosen.voices(language)
    ]


def edits_in_force(wildcards):
    """A params function: rows of edits.tsv on a film's lines, by line; none of a given dub."""
    if not is_made(wildcards):
        return {}
    edits = PROJECT.edits_for(wildcards.video, wildcards.language)
    return {line: edit.values for line, edit in edits.items()}


def fit_of_made(wildcards):
    """A params function: how lines are fitted to their time; nothing of a given dub."""
    return fit_settings(wildcards) if is_made(wildcards) else {}
