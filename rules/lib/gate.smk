# The gate: the scorer and its limits, and what happens to drafts that do not pass.

from mouthpiece.weights.version import weights_version

SCORER = PROJECT.settings.gate.scorer
LIMITS = PROJECT.settings.gate.limits
SCORER_CODE = LIMITS.package()
HEARING = LIMITS.hearing()
DRAFT_LIMITS = PROJECT.settings.gate.draft_limits.model_dump()


def guard_packages():
    """The versions of the packages that guard a cut; those of the encoder, if it is asked."""
    counted = package_versions("stages.guard", SCORER_CODE)
    unused = {"ctranslate2"} if HEARING == "bands" else set()
    return {name: value for name, value in counted.items() if name not in unused}


def retried_presets(wildcards):
    """The presets by which a draft is drawn again: `retry.presets` are those of the drafts' engine."""
    return () if "tier" in wildcards.keys() else PROJECT.settings.retry.presets


def retries(wildcards):
    """Whether a draft that the gate would not pass is retried. What was bought is not bought again."""
    if get_engine(wildcards).purchases:
        return False
    return bool(retried_presets(wildcards)) or PROJECT.settings.retry.correct_offset


def retry_policy(wildcards):
    """A params function: how drafts are retried; None if they are not."""
    if not retries(wildcards):
        return None
    retry, chosen = PROJECT.settings.retry, get_engine(wildcards)
    return {
        "presets": [
            chosen.with_preset(preset).model_dump(exclude=set(chosen.runtime_options))
            for preset in retried_presets(wildcards)
        ],
        "correct_offset": retry.correct_offset,
        "scorer": SCORER,
        "limits": DRAFT_LIMITS,
    }


def drafting_stages(wildcards):
    """The modules that a draft depends on, apart from the engine's."""
    return (
        ("stages.draft", "stages.retry", SCORER_CODE)
        if retries(wildcards)
        else ("stages.draft",)
    )


def drafting_code(wildcards):
    """A params function: the code version of a draft."""
    return engine_versions(code_version, *drafting_stages(wildcards))(wildcards)


def drafting_packages(wildcards):
    """A params function: the packages that draw a draft."""
    return engine_packages(*drafting_stages(wildcards))(wildcards)


def retry_weights(wildcards):
    """A params function: the version of the scorer's weights, if drafts are retried; else empty."""
    return LIMITS.weights_version() if retries(wildcards) else ""


def source_score(wildcards):
    """An input function: the source's own score, if drafts are judged by it."""
    if LIMITS.min_source_share:
        return of_source_cut("results/{video}/_shared/cuts/{cut}/guard.json")(wildcards)
    return []


def retry_source(wildcards):
    """An input function: the source's own score, if retries are judged by it."""
    return source_score(wildcards) if retries(wildcards) else []


def is_final(wildcards):
    """A params function: whether a reviewer marked a cut for the final tier."""
    return PROJECT.is_final(wildcards.video, wildcards.language, wildcards.cut)


def restorer_weights(wildcards):
    """A params function: the version of the restorer's weights; empty if faces are not restored."""
    chosen = get_settings(wildcards).enhance
    return weights_version(("gfpgan",)) if chosen.restore != "off" else ""


def restorer_stages(wildcards):
    """The modules of the steps of enhancing."""
    restores = get_settings(wildcards).enhance.restore != "off"
    steps = ("patches.deflicker", "patches.restore")
    return (*steps, "networks.restorer") if restores else steps


def enhancing_code(wildcards):
    """A params function: the code version of the steps of enhancing."""
    return code_version(*restorer_stages(wildcards))


def enhancing_packages(wildcards):
    """A params function: the packages that enhance a draft and score it."""
    return package_versions("stages.enhance", SCORER_CODE, *restorer_stages(wildcards))


def enhancing_gpus(wildcards):
    """A resources function: the number of GPUs that enhancing a draft needs."""
    return get_settings(wildcards).enhance.gpus


def enhancing_cores(wildcards):
    """A threads function: the number of cores that enhancing a draft uses."""
    return get_settings(wildcards).enhance.cores


def enhancing_worker(wildcards):
    """A resources function: the kind of worker that enhances a draft."""
    return "device" if enhancing_gpus(wildcards) else "cpu"
