"""What may be saved of a cut: a decision that fits the cut, its engine and its drafts."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from ..core.cuts import CUT_PATTERN
from ..core.errors import quoted
from ..engines.registry import preset_names
from ..project.decision_table import WHO
from .refusals import REFUSAL
from .request_error import RequestError
from .versions import RESTORE, versions_of


def checked(
    rows: Mapping[str, Mapping[str, str]], cut: str, values: Mapping[str, str], film: Path
) -> dict[str, str]:
    """Check what is to be saved of a cut.

    Args:
        rows: Cut id -> its row of cuts.tsv.
        cut: The id of the cut.
        values: The columns of `decisions.VALUES`.
        film: The folder of the film.

    Returns:
        The values to write; empty where they say nothing.

    Raises:
        RequestError: There is no such cut or preset, or the cut has another draft, or the draft to
            restore is not kept.
    """
    row = rows.get(cut)
    is_refusal = values["decision"] == REFUSAL
    if row is None:
        if is_refusal and re.fullmatch(CUT_PATTERN, cut):
            return {**values, "preset": "", "tier": ""}
        raise RequestError(HTTPStatus.NOT_FOUND, f"there is no cut {quoted(cut)} in this film")
    if values["decision"] == RESTORE:
        if values["draft"] not in {one.draft for one in versions_of(film, cut)}:
            raise RequestError(HTTPStatus.CONFLICT, "that draft is not kept any more")
    elif values["draft"] != row["draft"] and not is_refusal:
        raise RequestError(HTTPStatus.CONFLICT, "the cut has another draft by now; reload the page")
    if values["preset"] and values["preset"] not in preset_names(row["engine"]):
        raise RequestError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"the engine {row['engine']} has no preset {quoted(values['preset'])}",
        )
    unsaid = ("draft", "frame", *WHO)
    return dict(values) if any(values[name] for name in values if name not in unsaid) else {}
