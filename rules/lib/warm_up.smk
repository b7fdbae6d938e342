# The networks of an engine with a GPU are loaded while the first stages are at work.

from mouthpiece.core.gpus import visible_gpus
from mouthpiece.worker.warm_up import WarmUp

WARM_UP = WarmUp()

DRAWING_STAGES = ("cuts", "films")
"""The parts of a cluster's run that draw."""

BEFORE_DRAWING = {"cuts", "guard", "faces", "slices", "bake", "draft"}
"""A run that has jobs of these rules to do ends up drawing, unless no cut is redrawn."""


def begin_warm_up():
    """Load the networks of the first film with a GPU, if this run may draw with them."""
    if PART is not None and PART.stage not in DRAWING_STAGES:
        return
    if not {job.rule.name for job in workflow.dag.needrun_jobs()} & BEFORE_DRAWING:
        return
    for film in PROJECT.dubs:
        settings = PROJECT.settings_for(*film, "*")
        if settings.chosen_engine.gpus:
            chosen = settings.chosen_engine.model_dump()
            return WARM_UP.begin(POOL, settings.engine, chosen, gpu_jobs())


def gpu_jobs():
    """How many jobs with a GPU this run does at once."""
    limits = workflow.global_resources
    most = limits["gpu"].value if "gpu" in limits else 1
    per_gpu = PROJECT.settings.worker.jobs_per_gpu
    return min(int(most), per_gpu * len(visible_gpus()))


def end_warm_up():
    """End what is still loading: no cut needed it."""
    WARM_UP.end()
