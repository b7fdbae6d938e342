"""The stages of a run as its display names them, in order, and what their jobs cost."""

STAGES = {
    "checking": ("preflight", "check"),
    "reading": ("normalize", "dub", "source_speech", "speech"),
    "separating voices": ("separate",),
    "transcribing": ("transcribe", "background_words"),
    "translating": ("translate", "script", "spoken"),
    "speaking": ("speak",),
    "mixing": ("mix", "sound", "subtitles"),
    "listening to the dub": ("heard",),
    "finding cuts": ("cuts", "loop"),
    "finding faces": ("guard", "faces"),
    "preparing": (
        "bake",
        "slices",
        "original",
        "original_reversed",
        "original_short",
        "source_clips",
    ),
    "drawing": ("draft",),
    "scoring": ("score",),
    "drawing finals": ("bake_final", "draft_final", "score_final", "final"),
    "restoring": ("enhance",),
    "encoding": ("lipsync",),
    "judging": ("gate", "cut_table", "speakers", "lines"),
    "joining": ("film", "stems", "package", "deliverable", "multilingual", "sidecar"),
    "writing the review page": ("review",),
}
"""Stage -> its rules. A film's stage is the last one of which a job has started."""

NAMES = tuple(STAGES)

COSTS = {
    "separate": 12.0,
    "transcribe": 20.0,
    "translate": 4.0,
    "speak": 20.0,
    "mix": 3.0,
    "sound": 1.5,
    "guard": 2.0,
    "bake": 4.0,
    "draft": 6.0,
    "score": 4.0,
    "bake_final": 8.0,
    "draft_final": 30.0,
    "score_final": 4.0,
    "enhance": 4.0,
    "lipsync": 1.5,
    "original": 1.0,
    "deliverable": 6.0,
    "heard": 10.0,
    "background_words": 6.0,
}
"""How long a job takes against others before one of its rule has finished: seconds on one core of a
desktop, for a cut of five seconds."""

USUAL_COST = 0.5
"""Of the rules that are not listed."""

_STAGE_OF = {rule: index for index, rules in enumerate(STAGES.values()) for rule in rules}


def stage_of(rule: str) -> int:
    """Say which stage a rule is of.

    Args:
        rule: A rule's name.

    Returns:
        Its place in `NAMES`; -1: it is of none, such as the overview of all films.
    """
    return _STAGE_OF.get(rule, -1)


def cost_of(rule: str) -> float:
    """Say what a job costs, as far as is known before any has finished.

    Args:
        rule: A rule's name.

    Returns:
        Seconds.
    """
    return COSTS.get(rule, USUAL_COST)
