import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

sys.path.insert(0, str(Path(workflow.basedir) / "workflow_scripts"))

from mouthpiece.core.codeversion import code_version
from mouthpiece.core.cuts import CUT_PATTERN, read_boundaries
from mouthpiece.engines.versions import engine_weights
from mouthpiece.core.errors import InputError
from mouthpiece.core.faults import RerunTokens, job_name
from mouthpiece.core.locks import lock_folder
from mouthpiece.audio.dub import planned_frames
from mouthpiece.core.loop import pieces
from mouthpiece.project.required_weights import check_folders, missing_weights
from mouthpiece.project.project import Project, config_files
from mouthpiece.media.still import is_still
from mouthpiece.project.settings import Engines, presets, with_preset
from mouthpiece.scorers.settings import SpeakingLimits
from mouthpiece.project.tables import LANGUAGE_PATTERN, VIDEO_PATTERN
from mouthpiece.weights.version import weights_version


def open_project():
    """The config and the tables; a wrong one stops the run with one message."""
    files = config_files(NAMED_CONFIGS)
    try:
        return Project.open(config, files)
    except InputError as error:
        raise WorkflowError(str(error)) from None


def hold_results():
    """Keep other runs out of this results folder while this one goes on."""
    global results_lock
    try:
        results_lock = lock_folder(Path("results"))
    except InputError as error:
        raise WorkflowError(str(error)) from None


def begin_attempts():
    """Tell the jobs which attempt at a cut is the last, and that it may give up."""
    passthrough = PROJECT.settings.faults.on_exhausted == "passthrough"
    attempts = 1 + workflow.execution_settings.retries
    RerunTokens().begin(attempts if passthrough else 0)


def check_weights():
    """Once, not in every job: stop for a folder that is not there, tell what is to be fetched."""
    if not workflow.is_main_process:
        return
    try:
        check_folders(PROJECT, config_files(NAMED_CONFIGS))
    except InputError as error:
        raise WorkflowError(str(error)) from None
    if missing := missing_weights(PROJECT, NAMED_CONFIGS):
        logger.warning(missing)


NAMED_CONFIGS = [Path(file) for file in workflow.overwrite_configfiles]
PROJECT = open_project()
check_weights()
MARKS = RerunTokens().read()
if not PROJECT.dubs:
    logger.warning("dubs.tsv has no rows yet: there is nothing to make.")


wildcard_constraints:
    video=VIDEO_PATTERN,
    language=LANGUAGE_PATTERN,
    cut=CUT_PATTERN,


def each_film(pattern):
    """A file of every film that the tables ask for."""
    return [
        pattern.format(video=video, language=language)
        for video, language in PROJECT.dubs
    ]


def films():
    """Every film."""
    return each_film("results/{video}/{language}/{video}.{language}.mp4")


def reviews():
    """Every film's review page."""
    return each_film("results/{video}/{language}/review")


def overviews():
    """The project's overview page, where there is a film."""
    return ["results/overview.html"] if PROJECT.dubs else []


def from_here(path):
    """A path below the working folder as relative, so that the folder may be moved."""
    here = Path.cwd().resolve()
    return path.relative_to(here) if path.is_relative_to(here) else path


def get_source(wildcards):
    """The source file of a video."""
    return from_here(PROJECT.videos[wildcards.video].path)


def get_cut_override(wildcards):
    """The cuts file of a video that has one."""
    file = PROJECT.videos[wildcards.video].cuts
    return from_here(file) if file else []


def get_dub(wildcards):
    """The dub of a film."""
    return from_here(PROJECT.dubs[wildcards.video, wildcards.language].audio)


def get_cuts(wildcards):
    """The cuts of a video, once they are found."""
    boundaries = checkpoints.cuts.get(video=wildcards.video).output.boundaries
    return read_boundaries(Path(boundaries))


def looped_frames(wildcards):
    """How many frames a looped film has; 0: it is not looped."""
    if get_policy(wildcards) != "loop":
        return 0
    checkpoints.cuts.get(video=wildcards.video)
    mezzanine = Path(f"results/{wildcards.video}/_shared/mezzanine.mp4")
    try:
        return planned_frames(mezzanine, get_dub(wildcards))
    except InputError:
        return 1  # the speech of a dub that cannot be read fails, and says why


def get_pieces(wildcards):
    """What a looped film shows at each of its cuts; empty: it is not looped."""
    frames = looped_frames(wildcards)
    return pieces(get_cuts(wildcards), frames) if frames else []


def cut_pairs(wildcards):
    """The cuts of a film in their order, by id, each with the video's cut that it shows."""
    looped = [(piece.cut.cut, piece.source_cut.cut) for piece in get_pieces(wildcards)]
    return looped or [(cut.cut, cut.cut) for cut in get_cuts(wildcards)]


def each_cut(pattern):
    """An input function: a file of each cut of a film, in the order of the cuts."""

    def files(wildcards):
        return [pattern.format(**wildcards, cut=cut) for cut, _ in cut_pairs(wildcards)]

    return files


def each_source_cut(pattern):
    """An input function: for each cut of a film, a file of the video's cut that it shows."""

    def files(wildcards):
        return [
            pattern.format(**wildcards, cut=source)
            for _, source in cut_pairs(wildcards)
        ]

    return files


def each_original(wildcards):
    """The original segment of each cut of a film."""
    shared = "results/{video}/_shared/cuts/{cut}/{way}.mp4"
    short = "results/{video}/{language}/cuts/{cut}/original.mp4"
    return [
        (
            shared.format(
                video=wildcards.video,
                cut=piece.source_cut.cut,
                way="reversed" if piece.reversed else "original",
            )
            if piece.is_whole
            else short.format(**wildcards, cut=piece.cut.cut)
        )
        for piece in get_pieces(wildcards)
    ] or each_source_cut("results/{video}/_shared/cuts/{cut}/original.mp4")(wildcards)


def drafted(name, video, language, cut, source_cut):
    """A file of a cut's draft as it is delivered: the enhanced draft's where it is enhanced."""
    folder = (
        "enhanced/" if PROJECT.is_enhanced(video, language, cut, source_cut) else ""
    )
    return f"results/{video}/{language}/cuts/{cut}/{folder}{name}"


def get_draft(wildcards):
    """The patch set of a cut that is delivered."""
    return drafted("draft.zip", **wildcards, source_cut=source_cut_id(wildcards))


def each_drafted(name):
    """An input function: a file of each cut's draft, likewise, in the order of the cuts."""

    def files(wildcards):
        film = wildcards.video, wildcards.language
        return [drafted(name, *film, *pair) for pair in cut_pairs(wildcards)]

    return files


def get_piece(wildcards):
    """What a looped film shows at a cut; None: it is not looped."""
    found = (p for p in get_pieces(wildcards) if p.cut.cut == wildcards.cut)
    return next(found, None)


def of_source_cut(pattern):
    """An input function: a file of the video's cut that a film's cut shows."""

    def file(wildcards):
        return pattern.format(video=wildcards.video, cut=source_cut_id(wildcards))

    return file


def source_cut_id(wildcards):
    """The video's cut that a film's cut shows."""
    piece = get_piece(wildcards)
    return piece.source_cut.cut if piece else wildcards.cut


def source_cut(wildcards):
    """A params function: the video's cut that a looped film's cut shows, and how."""
    piece = get_piece(wildcards)
    return (
        {"source_cut": piece.source_cut.cut, "reversed": piece.reversed}
        if piece
        else {}
    )


def reversed_source_cut(wildcards):
    """A params function: a cut of the video, reversed."""
    return {"source_cut": wildcards.cut, "reversed": True}


def get_settings(wildcards):
    """The settings of a cut, or of a video, with the overrides that apply."""
    language, cut = wildcards.get("language", "*"), wildcards.get("cut", "*")
    if language != "*" and cut != "*":
        cut = source_cut_id(wildcards)
    return PROJECT.settings_for(wildcards.video, language, cut)


def section(name):
    """A params function: one section of the config, as JSON values."""

    def values(wildcards):
        return getattr(get_settings(wildcards), name).model_dump()

    return values


def get_engine(wildcards):
    """The settings of the engine of a cut; of a draft, with the preset that a person chose."""
    settings = get_settings(wildcards)
    chosen = settings.engines.of(settings.engine)
    if "language" in wildcards.keys():
        preset = PROJECT.preset_for(wildcards.video, wildcards.language, wildcards.cut)
        if preset:
            values = with_preset(settings.engine, chosen.model_dump(), preset)
            chosen = type(chosen).model_validate(values)
    return chosen


def engine(wildcards):
    """A params function: the engine's name, and the settings and weights that a draft depends on."""
    name, chosen = get_settings(wildcards).engine, get_engine(wildcards)
    values = chosen.model_dump(exclude=set(chosen.neutral))
    weights = engine_weights(name, chosen.model_dump(), "draft")
    return {"engine": name, "settings": values, "weights": weights}


def baked_engine(wildcards):
    """A params function: the engine, with what an avatar depends on of its settings and weights.

    An avatar serves all drafts of a cut, whatever preset a person chose for one of them.
    """
    settings = get_settings(wildcards)
    name, chosen = settings.engine, settings.engines.of(settings.engine)
    values = chosen.model_dump(include=set(chosen.baked))
    weights = engine_weights(name, chosen.model_dump(), "bake")
    return {"engine": name, "settings": values, "weights": weights}


def neutral(wildcards, threads):
    """A params function: the engine's settings that change no result.

    As it takes `threads`, of which it uses nothing, Snakemake does not remember what it returns.
    """
    chosen = get_engine(wildcards)
    return chosen.model_dump(include=set(chosen.neutral))


def second_chances():
    """Second chances, with the gate that gives them; None where they are off."""
    retry, gate = PROJECT.settings.retry, PROJECT.settings.gate
    if not (retry.presets or retry.correct_offset):
        return None
    versions = (
        weights_version(gate.scorer),
        code_version("stages.retry", f"scorers.{gate.scorer}"),
    )
    return {
        "retry": retry.model_dump(),
        "gate": gate.model_dump(),
        "versions": versions,
    }


def is_final(wildcards):
    """A params function: whether a person marked a cut for the final tier."""
    return PROJECT.is_final(wildcards.video, wildcards.language, wildcards.cut)


def judge():
    """The part of the gate's settings that says how a draft is judged."""
    gate = PROJECT.settings.gate
    return {"scorer": gate.scorer, "scorers": {gate.scorer: gate.limits.model_dump()}}


def restorer_weights(wildcards):
    """A params function: the version of the weights that restore faces; empty: none do."""
    chosen = get_settings(wildcards).enhance
    return weights_version("gfpgan") if chosen.restore != "off" else ""


def enhancing_gpus(wildcards):
    """A resources function: the GPUs that enhancing a draft wants."""
    return get_settings(wildcards).enhance.gpus


def source_score(wildcards):
    """An input function: the source's own score, where drafts are judged by it."""
    if PROJECT.settings.gate.limits.min_source_share:
        return of_source_cut("results/{video}/_shared/cuts/{cut}/speaker.json")(
            wildcards
        )
    return []


def chances_source(wildcards):
    """An input function: the source's own score, where second chances are judged by it."""
    return source_score(wildcards) if second_chances() else []


def mark(stage):
    """A params function: new after each fault for which a job of a cut gave up."""

    def value(wildcards):
        return MARKS.get(job_name(stage, wildcards), "")

    return value


def number_of_attempt(wildcards, attempt):
    """A resources function: a resource changes no result, and is not remembered."""
    return attempt


def gpus(wildcards):
    """A resources function: the GPUs that the engine wants."""
    return get_engine(wildcards).gpus


def baking_cores(wildcards):
    """A threads function: the cores that the engine's bake keeps busy."""
    return get_engine(wildcards).cores


def engine_mem_mb(wildcards, attempt):
    """A resources function: the memory that the engine wants, more of it at each attempt."""
    return get_engine(wildcards).mem_mb * attempt


def gpus_of_engines():
    """How many GPUs a job of each engine holds."""
    engines = PROJECT.settings.engines
    return {name: engines.of(name).gpus for name in Engines.model_fields}


def worker_idle_s(wildcards):
    """A resources function: how long a worker waits for the next cut; 0: there is none.

    No params, since no result depends on it.
    """
    worker = get_settings(wildcards).worker
    return worker.idle_s if get_engine(wildcards).warm and worker.mode == "auto" else 0


def engine_code(stage):
    """A params function: the code version of a stage and of the engine it runs."""

    def version(wildcards):
        return code_version(stage, f"engines.{get_settings(wildcards).engine}")

    return version


def speaking_limits():
    """The part of the scorer's limits that says who speaks."""
    limits = PROJECT.settings.gate.limits
    return {key: getattr(limits, key) for key in SpeakingLimits.model_fields}


def get_policy(wildcards):
    """The length policy of a film: its row's, else the config's; a still picture loops."""
    named = PROJECT.dubs[wildcards.video, wildcards.language].length_policy
    if not named and is_still(PROJECT.videos[wildcards.video].path):
        return "loop"
    return named or PROJECT.settings.delivery.length_policy


def get_decisions(wildcards):
    """The decisions on a film's cuts."""
    return PROJECT.decisions_for(wildcards.video, wildcards.language)


def encoding():
    """The part of the delivery settings that a segment depends on."""
    delivery = PROJECT.settings.delivery
    return {key: getattr(delivery, key) for key in ("crf", "preset", "pixel_format")}
