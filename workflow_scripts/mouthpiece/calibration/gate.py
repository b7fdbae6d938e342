"""The gate with other thresholds, and its verdict on labelled drafts."""

import math
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from ..core.errors import InputError
from ..project.config_file import config_files, file_of, read_config
from ..project.explain import explain
from ..project.gate import Gate
from ..scorers.verdict import judge
from .labels import Labelled


def read_gate(named: Sequence[Path]) -> Gate:
    """Read the gate's section of a run's config.

    Args:
        named: Config files, as `snakemake --configfile` takes them; `config/config.yaml` in the
            current folder is read before them, if it is there.

    Returns:
        The settings; the defaults where there is no config.

    Raises:
        InputError: If a file cannot be read, or a key or value is wrong.
    """
    files = config_files(named)

    def where(key: str) -> str:
        file = file_of(f"gate.{key}", files) or files[-1]
        return f"{file}: gate"

    try:
        return Gate.model_validate(read_config(files).get("gate") or {})
    except ValidationError as error:
        raise InputError(explain(error, where, Gate)) from None


def with_threshold(gate: Gate, scorer: str, min_confidence: float) -> Gate:
    """Change a scorer's threshold for `pass`, and the one for `fail` where it would be higher.

    Args:
        gate: The settings of a run.
        scorer: The scorer's name.
        min_confidence: The new threshold for `pass`.

    Returns:
        A changed copy.
    """
    limits = gate.scorers.of(scorer)
    changed = limits.model_copy(
        update={
            "min_confidence": min_confidence,
            "fail_confidence": min(limits.fail_confidence, min_confidence),
        }
    )
    scorers = gate.scorers.model_copy(update={scorer: changed})
    return gate.model_copy(update={"scorers": scorers})


def verdict(draft: Labelled, gate: Gate) -> str:
    """Judge a labelled draft.

    Args:
        draft: A draft with its score.
        gate: The thresholds.

    Returns:
        pass, review, fail or unjudged.
    """
    source = dict(draft.source) if draft.source else None
    return judge(dict(draft.score), gate.scorers.of(draft.score["scorer"]), source)[0]


def highest_threshold(draft: Labelled, gate: Gate) -> float | None:
    """Find the highest threshold for `pass` that a draft passes.

    Args:
        draft: A draft with its score.
        gate: The other thresholds.

    Returns:
        The draft's confidence; -inf where another rule keeps it from passing at any threshold;
        None where the gate does not judge it.
    """
    confidence = float(draft.score["confidence"])
    found = verdict(draft, with_threshold(gate, draft.score["scorer"], confidence))
    if found == "unjudged":
        return None
    return confidence if found == "pass" else -math.inf
