"""Which scripts' results are kept between projects, and what of their jobs a result depends on.

What Snakemake does not record as a param of a rule changes no result: the places of files, options
of the run, and what is only checked. `tests/results_cache/test_cached.py` reads the rules and fails
where a param is missing here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

RERUN_TOKEN = "rerun_token"
"""The param that is new after a fault. It makes Snakemake run a job again; a result that is good is
as good as before."""


@dataclass(frozen=True)
class Cached:
    """A script whose results are kept.

    Attributes:
        unrecorded: The params that Snakemake does not record. Of one that is a table, the fields
            that count here all the same: a check that would fail must not be passed over.
        wildcards: The wildcards that a result depends on.
        user_file: Where the params name the user's file whose fingerprint is the param `content`.
        parts: The inputs of which one part counts, by its key in JSON; empty: nothing of it does.
        folders: The outputs beside which a folder lies with what they name.
        is_delivered: Whether its outputs are handed over, and so are no links.
    """

    unrecorded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wildcards: tuple[str, ...] = ()
    user_file: tuple[str, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    folders: Mapping[str, str] = field(default_factory=dict)
    is_delivered: bool = False

    def counts(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Choose what of a job's params a result depends on.

        Args:
            params: All params of the job, by name.

        Returns:
            Those that count.
        """
        counted = {}
        for name, value in params.items():
            if name == RERUN_TOKEN:
                continue
            if name not in self.unrecorded:
                counted[name] = value
            elif fields := self.unrecorded[name]:
                counted[name] = {key: value[key] for key in fields}
        return counted


CUT = ("cut",)
FILM = ("video", "language")

CACHED: Mapping[str, Cached] = {
    "normalize": Cached(unrecorded={"source": ()}, user_file=("source",), parts={"preflight": ""}),
    "separate": Cached(unrecorded={"given": ()}, user_file=("given",)),
    "cuts": Cached(unrecorded={"override": ()}, user_file=("override",)),
    "transcribe": Cached(unrecorded={"given_script": ()}, user_file=("given_script",)),
    "translate": Cached(
        unrecorded={"runtime_options": (), "given_script": (), "given": ("problem",)},
        user_file=("given_script",),
        folders={"translation": "translations"},
    ),
    "script": Cached(),
    "speak": Cached(unrecorded={"settings": (), "recordings": ()}, folders={"takes": "takes"}),
    "dub": Cached(
        unrecorded={
            "given": ("problem", "policy", "kind"),
            "delivery": ("length_tolerance_s", "length_limit_s", "length_limit_share"),
        },
        user_file=("given", "audio"),
        parts={"preflight": "source"},
    ),
    "speech": Cached(),
    "slices": Cached(folders={"listing": "slices"}),
    "loop": Cached(),
    "guard": Cached(wildcards=CUT),
    "faces": Cached(),
    "bake": Cached(unrecorded={"runtime_options": ()}, wildcards=CUT),
    "draft": Cached(unrecorded={"runtime_options": (), "may_leave": ()}, wildcards=CUT),
    "score": Cached(wildcards=CUT),
    "final": Cached(),
    "enhance": Cached(wildcards=CUT),
    "segment": Cached(wildcards=CUT),
    "speakers": Cached(),
    "gate": Cached(),
    "cut_table": Cached(),
    "mix": Cached(),
    "sound": Cached(),
    "heard": Cached(folders={"facts": "heard"}),
    "background_words": Cached(),
    "lines": Cached(),
    "subtitles": Cached(
        unrecorded={"given": ()}, user_file=("given",), wildcards=FILM, is_delivered=True
    ),
    "film": Cached(),
    "package": Cached(
        unrecorded={"source": (), "signing": ()}, user_file=("source",), is_delivered=True
    ),
    "deliverable": Cached(
        unrecorded={"original": (), "signing": ()},
        wildcards=("profile", "form"),
        is_delivered=True,
    ),
    "stems": Cached(unrecorded={"original": (), "signing": ()}, wildcards=FILM, is_delivered=True),
    "source_clips": Cached(is_delivered=True),
    "review": Cached(wildcards=FILM, is_delivered=True),
    "multilingual": Cached(
        unrecorded={"original": (), "signing": ()}, user_file=("original",), is_delivered=True
    ),
}
"""By the name of the script."""

NOT_KEPT = {
    "preflight": "it checks what this very user gave",
    "sidecar": "it is quick: its work is to hash what is delivered",
    "warm_up": "it has none",
    "overview": "it is the page of this project, and has its timings",
}
"""The other scripts, and why they run in each project."""

NAMED_FILES = {"takes.json": "takes", "slices.json": "slices"}
"""Inputs that name files in a folder beside them, whose content counts, too."""


def is_signed(params: Mapping[str, Any]) -> bool:
    """Tell whether a job signs what it writes: each run does so for itself.

    Args:
        params: The job's params.

    Returns:
        Whether it does.
    """
    marks = params.get("marks") or {}
    return bool(marks.get("sign", "off") != "off")
