# The voices of a dub that is made here.

from dataclasses import asdict

from mouthpiece.core.files import digest


def speak_settings(wildcards):
    """The section `speak` of a film."""
    return PROJECT.settings_for(wildcards.video, wildcards.language, "*").speak


def fit_settings(wildcards):
    """A params function: how lines are fitted to the time that they have."""
    return speak_settings(wildcards).fit.model_dump()


def film_synthesizers(wildcards):
    """The settings of the synthesizers of a film, by name.

    A setting of another one speaks nothing again.
    """
    edited = [edit["voice"] for edit in line_edits(wildcards).values()]
    voices = [*chosen_voices(wildcards).values(), *edited]
    named = {voice.partition(":")[0] for voice in voices}
    return speak_settings(wildcards).for_film(language_tag(wildcards), named)


def voice_versions(wildcards):
    """A params function: all that can change the sound of a film's synthesizers, by name."""
    return {
        name: {
            "settings": chosen.model_dump(exclude=set(chosen.runtime_options)),
            "code": code_version(*chosen.modules),
            "packages": package_versions(*chosen.modules),
            "weights": chosen.weights_version(),
        }
        for name, chosen in film_synthesizers(wildcards).items()
    }


def offered_voices(wildcards):
    """A params function: a hash of the voices that a film's speakers are cast from."""
    used, language = film_synthesizers(wildcards), language_tag(wildcards)
    voices = {
        name: list(map(asdict, one.voices(language))) for name, one in used.items()
    }
    return digest(voices)[:12]


def voice_settings(wildcards, threads):
    """A params function: the settings of a film's synthesizers, by name. Not recorded."""
    used = film_synthesizers(wildcards)
    return {name: chosen.model_dump() for name, chosen in used.items()}


def recordings_of(video, language):
    """The user's own recordings of a film's lines, by line."""
    speak = PROJECT.settings_for(video, language, "*").speak
    return speak.synthesizers.of("given").recordings(video, language)


def line_recordings(wildcards, threads):
    """A params function: the user's own recordings of a film's lines, by line. Not recorded."""
    found = recordings_of(wildcards.video, wildcards.language)
    return {line: str(path) for line, path in found.items()}


def recordings_content(wildcards):
    """A params function: the fingerprints of these recordings, by line."""
    found = line_recordings(wildcards, threads=1)
    return {line: fingerprint_of(Path(path)) for line, path in found.items()}


def speaking_mem_mb(wildcards, attempt):
    """A resources function: the memory that the synthesizers of a film need."""
    used = film_synthesizers(wildcards).values()
    return max(chosen.mem_mb for chosen in used) * attempt


def made_takes(wildcards):
    """An input function: the takes of a film whose dub is made here; none of a given dub."""
    return "results/{video}/{language}/takes.json" if is_made(wildcards) else []


def made_clock(wildcards):
    """An input function: the facts of the picture that takes are laid on; none of a given dub."""
    return "results/{video}/_shared/source.json" if is_made(wildcards) else []


def dub_versions(versions):
    """A params function: `code_version` or `package_versions` of how a film's dub comes about."""

    def found(wildcards):
        return versions("stages.made_dub" if is_made(wildcards) else "stages.dub")

    return found
