"""What a page sends to split or merge cuts, and what it is told."""

import re
from http import HTTPStatus
from typing import Any

from .cut_editor import CutEditor
from .request_error import RequestError
from .row_request import RowRequest, parsed

COLUMNS = ("frame", "is_plan", "step", "reviewer")
"""Besides the action and the revision of the cuts: which frame, whether only to say what it would
do, the step that is taken back, and who asks."""


def tell_cuts(editor: CutEditor, video: str) -> dict[str, Any]:
    """Tell a page which cuts a video has.

    Args:
        editor: Changes cuts.
        video: The video.

    Returns:
        `CutsState.sent`, or `why` there is no table.
    """
    try:
        return editor.state(video).sent
    except RequestError as error:
        return {"why": str(error)}


def change_cuts(editor: CutEditor, video: str, body: bytes) -> dict[str, Any]:
    """Split or merge cuts, say what that would do, or take it back.

    Args:
        editor: Changes cuts.
        video: The video.
        body: A JSON object of texts: `action` (`split`, `merge` or `undo`), `revision`, and the
            `COLUMNS`.

    Returns:
        `CutPlan.sent`; of what is taken back, `CutsState.sent`.

    Raises:
        RequestError: It is something else, or cannot be done.
        InputError: A table is wrong.
    """
    sent = RowRequest.of(parsed(body), "action", COLUMNS)
    if sent.item == "undo":
        return editor.undo(video, sent.values["step"]).sent
    if not re.fullmatch("[0-9]{1,9}", sent.values["frame"]):
        raise RequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "wanted the number of a frame")
    change = video, sent.item, int(sent.values["frame"])
    if sent.values["is_plan"]:
        return editor.plan(*change).sent
    return editor.change(*change, sent.revision, sent.values["reviewer"]).sent
