# What recognizes the speech of a source.

from mouthpiece.project import made_dubs
from mouthpiece.project.sound_weights import SPEAKER_WEIGHTS
from mouthpiece.weights.version import weights_version


def get_recognizer(wildcards):
    """The settings of the recognizer of a source."""
    return get_settings(wildcards).transcribe.chosen


def is_recognized(wildcards):
    """Whether a recognizer hears a source."""
    return made_dubs.is_recognized(PROJECT.videos[wildcards.video])


def recognizer_name(wildcards):
    """A params function: the name of the recognizer of a source; empty where none hears it."""
    name = get_settings(wildcards).transcribe.recognizer
    return name if is_recognized(wildcards) else ""


def recognizer_values(wildcards):
    """A params function: its settings, as JSON values."""
    return get_recognizer(wildcards).model_dump() if is_recognized(wildcards) else {}


def lines_settings(wildcards):
    """A params function: the values of the section `transcribe` that are not a recognizer's."""
    section = get_settings(wildcards).transcribe
    return section.model_dump(exclude={"recognizer", "recognizers"})


def recognizing_weights(wildcards):
    """A params function: the version of the weights that a transcript depends on."""
    of_voices = (
        "" if number_of_speakers(wildcards) == 1 else weights_version([SPEAKER_WEIGHTS])
    )
    heard = is_recognized(wildcards)
    return [get_recognizer(wildcards).weights_version() if heard else "", of_voices]


def recognizing_versions(versions):
    """A params function: `code_version` or `package_versions` of a transcript."""

    def found(wildcards):
        heard = is_recognized(wildcards)
        packages = [get_recognizer(wildcards).package()] if heard else []
        return versions("stages.transcribe", "audio.voiceprint", *packages)

    return found


def recognizing_mem_mb(wildcards, attempt):
    """A resources function: the memory of a transcript's job, with more at each attempt."""
    return get_recognizer(wildcards).mem_mb * attempt


def recognizing_gpus(wildcards):
    """A resources function: the number of GPUs that the recognizer needs."""
    return get_recognizer(wildcards).gpus if is_recognized(wildcards) else 0
