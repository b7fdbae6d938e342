# What is checked before any work on a video: see `mouthpiece.stages.preflight`.

from snakemake.io import Wildcards

from mouthpiece.project.required_weights import missing_for


def checks():
    """The checks that `mouthpiece check` asks for, of all videos that have dubs."""
    videos = dict.fromkeys(video for video, _ in PROJECT.dubs)
    return [f"results/{video}/_shared/check.json" for video in videos]


def footage(wildcards, threads):
    """A params function: a video's own files. Snakemake does not record it."""
    video = PROJECT.videos[wildcards.video]
    return {
        "source": get_source(wildcards, threads),
        "problem": video.path_problem,
        "cuts": get_cut_override(wildcards, threads),
        "cuts_problem": video.cuts_problem,
    }


def given_dub(wildcards, threads):
    """A params function: the dub of a film, with the problem of its cell. Not recorded."""
    dub = PROJECT.dubs[wildcards.video, wildcards.language]
    return {
        "key": dub.key,
        "audio": str(from_here(dub.audio)),
        "problem": dub.audio_problem,
        "policy": PROJECT.length_policy(dub.video, dub.key),
    }


def given_dubs(wildcards, threads):
    """A params function: all dubs of a video. Not recorded."""
    return [
        given_dub(Wildcards(fromdict={"video": video, "language": language}), threads)
        for video, language in PROJECT.dubs
        if video == wildcards.video
    ]


def checked_delivery(wildcards, threads):
    """A params function: the section `delivery`. Not recorded: no result depends on a check."""
    return film_settings()


def weights_problem(wildcards, threads):
    """A params function: which weights a video lacks. Not recorded."""
    return missing_for(PROJECT, NAMED_CONFIGS, wildcards.video)
