# The engine of a cut: its settings, versions and resources.

from mouthpiece.core.errors import Fault
from mouthpiece.project.engine_problems import check_one_machine, check_purchases
from mouthpiece.engines.registry import engine_settings, preset_names
from mouthpiece.engines.dials import dials_of


def check_what_is_bought():
    """Refuse what no service sells, and a run whose jobs buy on several machines.

    However its executor was chosen: by an option, a profile or the environment.
    """
    try:
        if not workflow.local_exec:
            check_one_machine(PROJECT)
        check_purchases(PROJECT)
    except InputError as error:
        raise WorkflowError(str(error)) from None
    except Fault as error:
        logger.warning(f"{error}; each cut asks again before it is bought")


def get_settings(wildcards):
    """The settings of a cut or video, with its overrides; see also `of_final`."""
    language, cut = wildcards.get("language", "*"), wildcards.get("cut", "*")
    if language != "*" and cut != "*":
        cut = source_cut_id(wildcards)
    found = PROJECT.settings_for(wildcards.video, language, cut)
    return found.of_final if "tier" in wildcards.keys() else found


def section(name):
    """A params function: one section of the config, as JSON values."""

    def values(wildcards):
        return getattr(get_settings(wildcards), name).model_dump()

    return values


def engine_name(wildcards):
    """A params function: the name of a cut's engine."""
    return get_settings(wildcards).engine


def engines_of_cuts(wildcards):
    """A params function: the engine of a film's cuts; by cut where it is another one than of most."""
    film = wildcards.video, wildcards.language
    usual = PROJECT.settings_for(*film, "*").engine
    asked = {
        cut: PROJECT.settings_for(*film, source).engine
        for cut, source in cut_pairs(wildcards)
    }
    return {"*": usual} | {c: engine for c, engine in asked.items() if engine != usual}


def get_engine(wildcards):
    """The engine settings of a cut, decided here and not in its job; for a draft, with the preset that a reviewer chose."""
    if "language" in wildcards.keys() and "tier" not in wildcards.keys():
        cut = wildcards.video, wildcards.language, wildcards.cut
        return PROJECT.drafting_engine(*cut, source_cut_id(wildcards))
    return get_settings(wildcards).chosen_engine.resolved()


def drafted_settings(wildcards):
    """A params function: the engine's settings that a draft depends on."""
    chosen = get_engine(wildcards)
    return chosen.model_dump(exclude=set(chosen.runtime_options))


def baked_settings(wildcards):
    """A params function: the engine's settings that an avatar depends on.

    All drafts of a cut share its avatar, whatever preset a reviewer chose for one of them.
    """
    chosen = get_settings(wildcards).chosen_engine
    return chosen.model_dump(include=set(chosen.baked))


def runtime_options(wildcards, threads):
    """A params function: the engine's settings that do not change the result.

    Snakemake does not record the values of params functions that take `threads`.
    """
    chosen = get_engine(wildcards)
    return chosen.model_dump(include=set(chosen.runtime_options))


def baking_options(wildcards, threads):
    """A params function: `runtime_options`, on no more cores than the job has. Not recorded."""
    chosen = get_engine(wildcards).on_cores(threads)
    return chosen.model_dump(include=set(chosen.runtime_options))


def may_leave(wildcards, threads):
    """A params function, not recorded: whether pictures of a video may be sent to a service."""
    return PROJECT.videos[wildcards.video].may_leave


def baked_weights(wildcards):
    """A params function: the version of the weights that an avatar depends on."""
    return get_settings(wildcards).chosen_engine.weights_version("bake")


def drafted_weights(wildcards):
    """A params function: the version of the weights that a draft depends on."""
    return get_engine(wildcards).weights_version("draft")


def engine_versions(versions, *stages):
    """A params function: `code_version` or `package_versions` of stages and the cut's engine."""

    def found(wildcards):
        return versions(*stages, get_settings(wildcards).chosen_engine.package())

    return found


def engine_packages(*stages):
    """A params function: `package_versions` of stages and what the cut's engine uses."""

    def found(wildcards):
        unused = get_engine(wildcards).unused_packages
        counted = engine_versions(package_versions, *stages)(wildcards)
        return {name: value for name, value in counted.items() if name not in unused}

    return found


def gpus(wildcards):
    """A resources function: the number of GPUs that the engine needs."""
    return get_engine(wildcards).gpus


def baking_cores(wildcards):
    """A threads function: the number of cores that the engine's bake uses."""
    return get_engine(wildcards).cores


def engine_mem_mb(wildcards, attempt):
    """A resources function: the memory that the engine needs, with more at each attempt."""
    return get_engine(wildcards).mem_mb * attempt


def gpus_of_engines():
    """The number of GPUs that a job of each engine uses."""
    engines = PROJECT.settings.engines
    return {name: engines.of(name).gpus for name in engine_settings()}


def dials_of_engines(wildcards):
    """A params function: what a reviewer may turn of each engine on a single cut of a film."""
    film = PROJECT.settings_for(wildcards.video, wildcards.language, "*").engines
    return {name: dials_of(name, film.of(name)) for name in engine_settings()}


def overrides_on_cuts(wildcards):
    """A params function: the rows of overrides.tsv on single cuts of a film."""
    return [
        [row.video, row.language, row.cut, row.setting, row.value]
        for row in PROJECT.overrides
        if row.video == wildcards.video
        and row.language in ("*", wildcards.language, tag_of(wildcards.language))
        and row.cut != "*"
    ]


def remarks_on_cuts(wildcards):
    """A params function: who decided on a film's cuts, when, and how bad they found them."""
    return PROJECT.remarks_for(wildcards.video, wildcards.language)


def presets_of_engines():
    """The names of each engine's presets."""
    return {name: preset_names(name) for name in engine_settings()}
