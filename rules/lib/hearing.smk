# The sound gate: what hears takes and backgrounds, and which films have lines.


def hearing_settings(wildcards):
    """The settings of the recognizer that hears."""
    return PROJECT.settings_for(wildcards.video, "*", "*").transcribe.chosen


def hearing_recognizer(wildcards):
    """A params function: the recognizer that hears, and its settings."""
    section = PROJECT.settings_for(wildcards.video, "*", "*").transcribe
    return {"name": section.recognizer, "settings": section.chosen.model_dump()}


def hearing_version(wildcards):
    """A params function: all that can change what the recognizer hears."""
    chosen = hearing_settings(wildcards)
    return {
        "recognizer": hearing_recognizer(wildcards),
        "code": code_version(chosen.package()),
        "packages": package_versions(chosen.package()),
        "weights": chosen.weights_version(),
    }


def hearing_mem_mb(wildcards, attempt):
    """A resources function: the memory that the recognizer needs, with more at each attempt."""
    return hearing_settings(wildcards).mem_mb * attempt


def hearing_gpus(wildcards):
    """A resources function: the number of GPUs that the recognizer needs."""
    return hearing_settings(wildcards).gpus


def heard_facts(wildcards):
    """An input function: what is heard of a film's takes; none where config has nothing heard."""
    heard = "results/{video}/{language}/heard.json"
    return heard if PROJECT.settings.sound_gate.hear else []


def audible_facts(wildcards):
    """An input function: what is heard of a source's background; none where nothing is heard."""
    audible = "results/{video}/_shared/background_words.json"
    return audible if PROJECT.settings.sound_gate.hear else []


def line_tables():
    """The tables of lines of the films whose dub is made here."""
    return [
        f"results/{video}/{language}/lines.tsv"
        for (video, language), dub in PROJECT.dubs.items()
        if dub.kind == "made"
    ]


def line_facts(wildcards):
    """An input function: what the sound gate found in a film; none of a dub that is given."""
    return "results/{video}/{language}/lines.json" if is_made(wildcards) else []
