"""What the jobs of a video need of their nodes, by its config and by the cluster's partitions."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..config.cluster import Cluster
from ..core.errors import InputError
from ..engines.settings import EngineSettings
from ..project.made_dubs import translators_in_use
from ..project.project import Project
from ..project.settings_in_use import finals_asked_for
from ..project.tables import tag_of
from ..weights.plugin_settings import PluginSettings
from .partitions import Partition, choose
from .run_file import Kind, Needs, Place, VideoWork

MB_A_CORE = 2000
"""What a job of a cut takes, with its libraries."""

LEAST_MB = 3000
"""What the largest of the jobs of a whole film takes."""

LEAST_MINUTES = 30
"""The shortest time limit: a job starts over with what it did not finish."""

UNKNOWN_MINUTES = 24 * 60
"""The time limit of a job on a film whose length is not known."""

MARGIN = 2.0
"""How many times the estimated time a job may take."""

GUARD_S, SCORE_S, ENHANCE_S, BEFORE_S, SOUND_S, FILM_S = 1.1, 1.1, 0.8, 0.6, 4.0, 0.5
"""Seconds of a core for a second of film: a cut's guard and original; a draft's score and segment;
its enhancement; all before the cuts; the sound of a dub that is made; the film with its page.
From one film of 22 s on 2 cores; a node's own speed may be half or twice that."""


@dataclass(frozen=True)
class Demand:
    """What the stages of a video's films ask for, by their settings.

    Attributes:
        mem_mb: The memory of the largest stage.
        gpus: How many GPUs a stage needs.
    """

    mem_mb: int
    gpus: int


def video_work(
    project: Project,
    video: str,
    films_s: Mapping[str, float],
    length_s: float,
    partitions: Sequence[Partition],
    cluster: Cluster,
) -> VideoWork:
    """Work out what a run has to do on a video, and what its jobs need.

    Args:
        project: The project.
        video: The video.
        films_s: How long the films are that are made, in seconds, by the keys of their dubs. One
            that loops its video is longer than that.
        length_s: The length of the video, in seconds; 0: unknown.
        partitions: Those of the cluster.
        cluster: The section `cluster`, with what the command line changes in it.

    Returns:
        The work.

    Raises:
        InputError: A job would need what its partition does not have.
    """
    drawn, sound = drawing_demand(project, video), sound_demand(project, video, films_s)
    settings = project.settings_for(video, "*", "*")
    shared_s = GUARD_S + settings.chosen_engine.shared_work_s
    language_s = SCORE_S + settings.chosen_engine.language_work_s
    language_s += ENHANCE_S if settings.enhance.applies(False) else 0.0
    finals = [one.chosen_engine for one in finals_asked_for(project, video)]
    if finals:  # all cuts count, as nobody knows yet how many will have one
        shared_s += max(final.shared_work_s for final in finals)
        language_s += SCORE_S + max(final.language_work_s for final in finals)
    cuts_s = length_s * shared_s + language_s * sum(films_s.values())
    is_short = length_s > 0 and cuts_s <= cluster.shard_minutes * 60
    before_s = length_s * (BEFORE_S + SOUND_S * len(films_s) * bool(sound.mem_mb))
    each_s = [seconds * FILM_S for seconds in films_s.values()]
    first = Demand(
        max(sound.mem_mb, drawn.mem_mb if is_short else 0), max(sound.gpus, drawn.gpus * is_short)
    )
    all_s = before_s + (cuts_s + sum(each_s) if is_short else 0.0)
    is_together = "multilingual" in project.settings.delivery.profiles
    film_s = sum(each_s) if is_together else max(each_s)
    wanted: Mapping[Kind, tuple[Demand, float]] = {
        "prepare": (first, all_s if length_s else math.inf),
        "cuts": (drawn, 60.0 * cluster.shard_minutes),
        "film": (Demand(LEAST_MB, 0), film_s if length_s else math.inf),
    }
    needs = {
        str(kind): job_needs(video, kind, demand, seconds, partitions, cluster)
        for kind, (demand, seconds) in wanted.items()
    }
    return VideoWork(list(films_s), is_short, shared_s, language_s, needs)


def job_needs(
    video: str,
    kind: Kind,
    demand: Demand,
    work_s: float,
    partitions: Sequence[Partition],
    cluster: Cluster,
) -> Needs:
    """Work out what a job needs of its node.

    Args:
        video: Its video, for messages.
        kind: What it does.
        demand: What its stages ask for.
        work_s: How much work it has, in seconds of a core; infinite: unknown.
        partitions: Those of the cluster.
        cluster: The section `cluster`.

    Returns:
        What it needs.

    Raises:
        InputError: Its partition does not have that: the job would wait for ever.
    """
    key = "cluster.gpu_partition" if demand.gpus and cluster.gpu_partition else "cluster.partition"
    named = (demand.gpus and cluster.gpu_partition) or cluster.partition
    may_hold = choose(partitions, named, key)
    what = f"the job {kind} of {video}"
    refusals = [_refusal(what, demand, cluster, one, named) for one in may_hold]
    holding = [one for one, refusal in zip(may_hold, refusals, strict=True) if not refusal]
    if not holding:
        raise InputError("; ".join(dict.fromkeys(refusals)))
    cores = min(cluster.cores, max(one.cores for one in holding))
    # Beside the job that holds the GPU, those of other cuts run.
    beside_mb = (cores - 1) * MB_A_CORE if demand.gpus else 0
    all_mb = max(demand.mem_mb + beside_mb, LEAST_MB, cores * MB_A_CORE)
    mem_mb = cluster.mem_mb or all_mb
    expected = UNKNOWN_MINUTES
    if math.isfinite(work_s):
        at_once = 1 if demand.gpus else cores  # what waits for one GPU has no use for more cores
        expected = LEAST_MINUTES + math.ceil(MARGIN * work_s / 60 / at_once)
    places = [
        Place(one.name if named else "", one.mem_mb, one.minutes)
        for one in holding
        if one.cores >= cores
    ]
    return Needs(cores, mem_mb, cluster.minutes or expected, demand.gpus, places)


def _refusal(what: str, demand: Demand, cluster: Cluster, partition: Partition, named: str) -> str:
    """Why a partition cannot hold a job, with the key to change; empty: it can."""
    where = f"the partition {partition.name}" if named else "the default partition"
    if demand.gpus > partition.gpus:
        return (
            f"{what} needs a GPU, and no node of {where} has one; set cluster.gpu_partition, or "
            "--gpu-partition"
        )
    if cluster.mem_mb > partition.mem_mb:
        return (
            f"cluster.mem_mb is {cluster.mem_mb}, and the largest node of {where} has "
            f"{partition.mem_mb} MB; set it lower, or 0, or choose another partition"
        )
    if demand.mem_mb > partition.mem_mb:
        return (
            f"{what} has a stage that needs {demand.mem_mb} MB, and the largest node of {where} "
            f"has {partition.mem_mb} MB; choose another partition"
        )
    if 0 < cluster.mem_mb < demand.mem_mb:
        return (
            f"cluster.mem_mb is {cluster.mem_mb}, and {what} has a stage that needs "
            f"{demand.mem_mb} MB; set it higher, or 0"
        )
    if cluster.minutes > partition.minutes:
        return (
            f"cluster.minutes is {cluster.minutes}, and {where} allows {partition.minutes}; set it "
            "lower, or 0"
        )
    return ""


def drawing_demand(project: Project, video: str) -> Demand:
    """Work out what the stages of a video's cuts ask for, with all overrides of its cuts.

    Args:
        project: The project.
        video: The video.

    Returns:
        The most of them.
    """
    places = {(o.language, o.cut) for o in project.overrides if o.video == video}
    settings = [project.settings_for(video, *place) for place in {("*", "*"), *places}]
    drawing = [*settings, *finals_asked_for(project, video)]
    engines = [one.chosen_engine for one in drawing]
    final = any(d.tier == "final" for (of, *_), d in project.decisions.items() if of == video)
    enhanced = [one.enhance for one in settings if one.enhance.applies(final)]
    at_once = project.settings.worker.jobs_per_gpu
    on_gpu_mb = max((one.mem_mb * at_once for one in engines if one.gpus), default=0)
    mem_mb = [one.mem_mb for one in engines] + [one.gate.limits.mem_mb for one in settings]
    mem_mb += [on_gpu_mb + _held_mb(engines)]
    gpus = [one.gpus for one in engines] + [one.gpus for one in enhanced]
    return Demand(max(mem_mb), max(gpus))


def _held_mb(engines: Iterable[EngineSettings]) -> int:
    """The memory of networks that a worker keeps outside a GPU, of all engines that it draws with.

    An engine has one set of them, whatever the settings of its cuts.
    """
    held: dict[type[EngineSettings], int] = {}
    for one in engines:
        if one.uses_worker and not one.gpus:
            held[type(one)] = max(one.mem_mb, held.get(type(one), 0))
    return sum(held.values())


def sound_demand(project: Project, video: str, languages: Iterable[str]) -> Demand:
    """Work out what the stages of dubs that are made ask for.

    Args:
        project: The project.
        video: The video.
        languages: The keys of the dubs.

    Returns:
        The most of them; nothing where all dubs are given as they are heard.
    """
    plugins = [plugin for language in languages for plugin in _plugins(project, video, language)]
    return Demand(
        max((plugin.mem_mb for plugin in plugins), default=0),
        max((getattr(plugin, "gpus", 0) for plugin in plugins), default=0),
    )


def _plugins(project: Project, video: str, language: str) -> list[PluginSettings]:
    """What makes the sound of a film."""
    dub, settings = project.dubs[video, language], project.settings_for(video, language, "*")
    if not dub.has_background:
        return []
    if dub.kind != "made":
        return [settings.separate.chosen]
    return [
        settings.separate.chosen,
        settings.transcribe.chosen,
        *translators_in_use(settings).values(),
        *settings.speak.for_film(tag_of(language), ()).values(),
    ]
