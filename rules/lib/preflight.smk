# What is checked before any work on a video: see `mouthpiece.stages.preflight`.

from mouthpiece.project.required_weights import missing_for


def dubs_of(video):
    """The dubs of a video."""
    return [dub for dub in PROJECT.dubs.values() if dub.video == video]


def preflights():
    """The checks of all videos that have dubs."""
    videos = dict.fromkeys(video for video, _ in PROJECT.dubs)
    return [f"results/{video}/_shared/preflight.json" for video in videos]


def checked_footage(wildcards, threads):
    """A params function: a video's own files. Not recorded: see `checked_contents`."""
    video = PROJECT.videos[wildcards.video]
    return {
        "source": get_source(wildcards, threads),
        "problem": video.path_problem,
        "cuts": get_cut_override(wildcards, threads),
        "cuts_problem": video.cuts_problem,
    }


def checked_dubs(wildcards, threads):
    """A params function: the dubs of a video. Not recorded."""
    return [
        {
            "key": dub.key,
            "audio": str(from_here(dub.audio)),
            "problem": dub.audio_problem,
            "policy": PROJECT.length_policy(dub.video, dub.key),
        }
        for dub in dubs_of(wildcards.video)
    ]


def checked_contents(wildcards):
    """A params function: the content of all files of a video, and the problems of their cells."""
    video = PROJECT.videos[wildcards.video]
    dubs = {
        dub.key: [
            dub.audio_problem or fingerprint_of(dub.audio),
            PROJECT.length_policy(dub.video, dub.key),
        ]
        for dub in dubs_of(wildcards.video)
    }
    return {
        "source": video.path_problem or fingerprint_of(video.path),
        "cuts": video.cuts_problem or fingerprint_of(video.cuts),
        "dubs": dubs,
    }


def checked_settings(wildcards):
    """A params function: the values of the config that a check depends on."""
    return {
        "normalize": normalize_settings(wildcards),
        "delivery": film_settings(),
    }


def weights_problem(wildcards, threads):
    """A params function: which weights a video lacks. Not recorded, as weights are in no check."""
    return missing_for(PROJECT, NAMED_CONFIGS, wildcards.video)
