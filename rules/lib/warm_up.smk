# The networks of engines with a GPU are loaded while the first stages are at work.

from mouthpiece.core.gpus import visible_gpus
from mouthpiece.project.settings_in_use import finals_asked_for
from mouthpiece.worker.warm_up import WarmUp

WARM_UP = WarmUp()

DRAWING_STAGES = ("cuts", "films")
"""The parts of a cluster's run that draw."""

BEFORE_BOTH = {"cuts", "guard", "faces", "slices"}
"""A run that has jobs of these rules to do ends up drawing, unless no cut is redrawn."""

BEFORE_DRAFTS = BEFORE_BOTH | {"bake", "draft"}
BEFORE_FINALS = BEFORE_DRAFTS | {"bake_final", "draft_final"}


def begin_warm_up():
    """Load the networks that draw first with a GPU, if this run may draw with them."""
    if PART is not None and PART.stage not in DRAWING_STAGES:
        return
    rules = {job.rule.name for job in workflow.dag.needrun_jobs()}
    if chosen := engines_to_load(rules):
        WARM_UP.begin(POOL, chosen, gpu_jobs())


def engines_to_load(rules):
    """The settings of the first engine with a GPU that draws drafts, and of the first that draws finals."""
    drafts = (PROJECT.settings_for(*film, "*") for film in PROJECT.dubs)
    finals = (
        found for video in PROJECT.videos for found in finals_asked_for(PROJECT, video)
    )
    chosen = {}
    for before, settings in ((BEFORE_DRAFTS, drafts), (BEFORE_FINALS, finals)):
        first = next((one for one in settings if one.chosen_engine.gpus), None)
        if first and rules & before:
            chosen.setdefault(first.engine, first.chosen_engine.model_dump())
    return chosen


def gpu_jobs():
    """How many jobs with a GPU this run does at once."""
    limits = workflow.global_resources
    most = limits["gpu"].value if "gpu" in limits else 1
    per_gpu = PROJECT.settings.worker.jobs_per_gpu
    return min(int(most), per_gpu * len(visible_gpus()))


def end_warm_up():
    """End what is still loading: no cut needed it."""
    WARM_UP.end()
