# What is checked before any work on a video: see `mouthpiece.stages.preflight`.

from mouthpiece.project.engine_problems import engine_problem
from mouthpiece.project.made_dubs import sound_problem
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
        "script": get_source_script(wildcards, threads),
        "background": get_background(wildcards, threads),
    }


def as_given(dub):
    """A dub as its row names it, with what is wrong with its cell."""
    return {
        "key": dub.key,
        "audio": user_file(dub.audio),
        "problem": dub.audio_problem
        or sound_problem(PROJECT, NAMED_CONFIGS, dub)
        or engine_problem(PROJECT, dub)
        or signing_problem(dub.video, dub.key),
        "policy": PROJECT.length_policy(dub.video, dub.key),
        "kind": dub.kind,
        "script": user_file(dub.script),
    }


def given_dub(wildcards, threads):
    """A params function: the dub of a film. Not recorded."""
    return as_given(PROJECT.dubs[wildcards.video, wildcards.language])


def given_dubs(wildcards, threads):
    """A params function: all dubs of a video. Not recorded."""
    return [
        as_given(dub) for dub in PROJECT.dubs.values() if dub.video == wildcards.video
    ]


def checked_delivery(wildcards, threads):
    """A params function: the section `delivery`. Not recorded: no result depends on a check."""
    return PROJECT.settings.delivery.model_dump()


def weights_problem(wildcards, threads):
    """A params function: which weights a video lacks. Not recorded."""
    return missing_for(PROJECT, NAMED_CONFIGS, wildcards.video)
