# What recognizes the speech of a source.

from mouthpiece.weights.version import weights_version

SPEAKER_WEIGHTS = "speakers"


def get_recognizer(wildcards):
    """The settings of the recognizer of a source."""
    return get_settings(wildcards).transcribe.chosen


def recognizer_name(wildcards):
    """A params function: the name of the recognizer of a source."""
    return get_settings(wildcards).transcribe.recognizer


def recognizer_values(wildcards):
    """A params function: its settings, as JSON values."""
    return get_recognizer(wildcards).model_dump()


def lines_settings(wildcards):
    """A params function: the values of the section `transcribe` that are not a recognizer's."""
    section = get_settings(wildcards).transcribe
    return section.model_dump(exclude={"recognizer", "recognizers"})


def recognizing_weights(wildcards):
    """A params function: the version of the weights that a transcript depends on."""
    of_voices = (
        "" if number_of_speakers(wildcards) == 1 else weights_version([SPEAKER_WEIGHTS])
    )
    return [get_recognizer(wildcards).weights_version(), of_voices]


def recognizing_versions(versions):
    """A params function: `code_version` or `package_versions` of a transcript."""

    def found(wildcards):
        package = get_recognizer(wildcards).package()
        return versions("stages.transcribe", "audio.voiceprint", package)

    return found


def recognizing_mem_mb(wildcards, attempt):
    """A resources function: the memory of a transcript's job, with more at each attempt."""
    return get_recognizer(wildcards).mem_mb * attempt


def recognizing_gpus(wildcards):
    """A resources function: the number of GPUs that the recognizer needs."""
    return get_recognizer(wildcards).gpus
