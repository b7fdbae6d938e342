"""Rows on cuts whose boundaries a reviewer changes: what is carried over, and what is not.

A refusal holds for all cuts that show a refused frame, so nothing that was refused is delivered.
What is said of a cut, and its settings, go to the cuts that show its frames now, where all that
become one agree. An approval or a retry was of a draft that there will not be any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..core.line_table import SEVERITIES
from ..project.decision_table import REMARK, STAMP, WHO, author_of
from .refusals import REFUSAL, frames_of, overlap
from .user_table import Key

Rows = Mapping[Key, Mapping[str, str]]
"""Values without the key, by key: video, language, cut, and the setting of an override."""

Said = Mapping[str, Mapping[str, str]]
"""The decisions of a film, by cut."""

MOST_NOTE = 2000
"""Characters of a note."""

MOST_NAME = 80
"""Characters of the name of who wrote it."""


@dataclass
class Carried:
    """What becomes of the rows of a table.

    Attributes:
        rows: Key -> the new values; None: the row is taken out.
        gone: What no longer matches, in words.
    """

    rows: dict[Key, dict[str, str] | None] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)


def carry_decisions(rows: Rows, old: Sequence[str], new: Sequence[str]) -> Carried:
    """Carry the decisions on some cuts over to those that show their frames now.

    Args:
        rows: The rows of decisions.tsv on the old cuts, of one video and any language.
        old: The ids of the cuts that are there no longer.
        new: Those of the cuts that are there instead.

    Returns:
        What becomes of the rows.
    """
    found = Carried(dict.fromkeys(rows))
    for video, language in dict.fromkeys(key[:2] for key in rows):
        said = {cut: rows[video, language, cut] for cut in old if (video, language, cut) in rows}
        for cut in new:
            carried = _decision(said, [one for one in old if _overlap(one, cut)], cut)
            if any(carried[name] for name in carried if name not in WHO):
                found.rows[video, language, cut] = carried
        for cut, values in said.items():
            if values["decision"] not in ("", REFUSAL):
                kept = ", its preset stays" if values["preset"] and len(old) == 1 else ""
                found.gone.append(f"{language}: {values['decision']} of {cut}{kept}")
            found.gone += [
                f"{language}: {name} {values[name]} of {cut}"
                for name in ("preset", "tier")
                if values[name] and not all(_has(said, one, name, values[name]) for one in old)
            ]
    return found


def carry_overrides(rows: Rows, old: Sequence[str], new: Sequence[str]) -> Carried:
    """Carry the overrides of some cuts over to those that show their frames now.

    Args:
        rows: The rows of overrides.tsv on the old cuts, of one video and any language.
        old: The ids of the cuts that are there no longer.
        new: Those of the cuts that are there instead.

    Returns:
        What becomes of the rows.
    """
    found = Carried(dict.fromkeys(rows))
    for key, values in rows.items():
        video, language, cut, setting = key
        others = [rows.get((video, language, one, setting)) for one in old]
        if all(other and other["value"] == values["value"] for other in others):
            for one in new:
                found.rows[video, language, one, setting] = dict(values)
        else:
            where = "" if language == "*" else f"{language}: "
            found.gone.append(f"{where}{setting} {values['value']} of {cut}")
    return found


def _decision(said: Said, parts: Sequence[str], cut: str) -> dict[str, str]:
    """What holds for a new cut that shows frames of these old ones."""
    of_parts = [said[part] for part in parts if part in said]
    is_refused = any(values["decision"] == REFUSAL for values in of_parts)
    remarked = [values for values in of_parts if _is_in(values["frame"], cut)]
    notes = [values["note"] for values in remarked if values["note"]]
    severities = [values["severity"] for values in remarked if values["severity"]]
    authors = dict.fromkeys(author_of(values) for values in remarked if any(_remark(values)))
    last: Mapping[str, str] = max(of_parts, key=lambda values: values["time"], default={})
    stamp = {name: last.get(name, "") for name in STAMP}
    noted_by = ", ".join(filter(None, authors))[:MOST_NAME]
    return {
        "decision": REFUSAL if is_refused else "",
        "draft": "",
        **{name: _agreed(said, parts, name) for name in ("preset", "tier")},
        "note": " / ".join(dict.fromkeys(notes))[:MOST_NOTE],
        "severity": max(severities, key=SEVERITIES.index, default=""),
        **{name: _first(remarked, name) for name in ("reason", "frame")},
        "noted_by": "" if noted_by == stamp["reviewer"] else noted_by,
        **stamp,
    }


def _remark(values: Mapping[str, str]) -> list[str]:
    """Note, severity and reason."""
    return [values[name] for name in REMARK[:3]]


def _agreed(said: Said, parts: Sequence[str], name: str) -> str:
    """A value that all parts have; empty: they differ."""
    values = {said[part][name] if part in said else "" for part in parts}
    return values.pop() if len(values) == 1 else ""


def _has(said: Said, cut: str, name: str, value: str) -> bool:
    return cut in said and said[cut][name] == value


def _first(values: Sequence[Mapping[str, str]], name: str) -> str:
    return next((one[name] for one in values if one[name]), "")


def _is_in(frame: str, cut: str) -> bool:
    """Whether a remark is about a cut; one without a frame is about all."""
    return not frame or int(frame) in frames_of(cut)


def _overlap(one: str, other: str) -> bool:
    return overlap(frames_of(one), frames_of(other)) > 0
