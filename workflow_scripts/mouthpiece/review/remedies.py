"""Remedies: settings of a single cut that a reviewer changes; rows of overrides.tsv."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from ..core.files import digest
from ..engines.dials import dials_of, is_shared
from ..engines.registry import engine_settings, read_settings

ALL = "*"
"""The language of rows on what all languages share."""

SHARED: Mapping[str, tuple[str, ...]] = {
    "guard.face": ("left", "right", "largest"),
    "speaker.mode": ("off", "not_speaking"),
}
"""The settings that all languages share -> the values that a reviewer may give them."""

CHOICES: Mapping[str, tuple[str, ...]] = {**SHARED, "final.of": ("all", "off")}
"""The same of all settings but those of engines: whether the cut gets a final, too."""


@dataclass(frozen=True)
class CutSettings:
    """The settings that the table has for a cut alone.

    Attributes:
        settings: Setting -> value.
        reviewer: Who set the last of them.
        time: When, in UTC.
    """

    settings: Mapping[str, str]
    reviewer: str = ""
    time: str = ""

    @property
    def sent(self) -> dict[str, str]:
        """What a page is told: settings as JSON, a name that changes with them, who, when."""
        text = json.dumps(dict(sorted(self.settings.items())))
        revision = digest(text)[:12] if self.settings else ""
        return {
            "settings": text,
            "revision": revision,
            "reviewer": self.reviewer,
            "time": self.time,
        }


@dataclass(frozen=True)
class PageRemedies:
    """What the page of a film offers.

    Attributes:
        dials: Engine -> what it offers; see `engines.dials.dials_of`.
        in_force: Cut id -> setting -> value, as the run knew them.
        cuts: The cuts that rows of overrides.tsv may be about: a looped film shows others.
        final_engine: The engine that draws finals; empty: there are none.
        set_elsewhere: Cut id -> the settings that rows of other languages give it, too.
    """

    dials: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    in_force: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    cuts: Sequence[str] = ()
    final_engine: str = ""
    set_elsewhere: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def data(self) -> dict[str, Any]:
        """The same as JSON values, for the page's script."""
        return {
            "dials": dict(self.dials),
            "in_force": {cut: dict(found) for cut, found in self.in_force.items()},
            "cuts": list(self.cuts),
            "final_engine": self.final_engine,
            "set_elsewhere": {cut: list(found) for cut, found in self.set_elsewhere.items()},
        }


def language_of(setting: str, language: str) -> str:
    """Tell which language a row on a setting has.

    Args:
        setting: The setting.
        language: The key of the dub.

    Returns:
        The key, or "*" where languages share the setting.
    """
    return ALL if setting in SHARED or is_shared(setting) else language


def offered(engines: Iterable[str]) -> list[str]:
    """List the settings that a reviewer may change on a cut.

    Args:
        engines: The engines that drew the cut.

    Returns:
        The settings.
    """
    dials = (dial["setting"] for engine in engines for dial in dials_of(engine))
    return [*dict.fromkeys(dials), *CHOICES]


def changeable() -> list[str]:
    """List the settings that a page may change on any cut.

    Returns:
        Those that are offered by one of the engines.
    """
    return offered(engine_settings())


def problem(engines: Iterable[str], setting: str, value: str) -> str:
    """Say what is wrong with a value.

    Args:
        engines: The engines that drew the cut.
        setting: The setting.
        value: The value.

    Returns:
        What is wrong; empty: nothing.
    """
    if setting not in offered(engines):
        return f"the setting {setting[:80]!r} is not one that a page changes"
    if setting in CHOICES:
        return "" if value in CHOICES[setting] else f"{setting}: {value[:80]!r} is not allowed"
    _, engine, key = setting.split(".")
    try:
        read_settings(engine, {key: value})
    except ValidationError as error:
        return f"{setting}: {error.errors()[0]['msg']}"
    return ""


def in_force(rows: Iterable[Sequence[str]], video: str, language: str) -> dict[str, dict[str, str]]:
    """Pick the rows of overrides.tsv on single cuts of a film that a page may change.

    Args:
        rows: Video, language, cut, setting and value of each row.
        video: The video.
        language: The key of the dub.

    Returns:
        Cut id -> setting -> value.
    """
    languages = {setting: language_of(setting, language) for setting in changeable()}
    found: dict[str, dict[str, str]] = {}
    for of_video, of_language, cut, setting, value in rows:
        is_ours = of_video == video and of_language == languages.get(setting)
        if is_ours and cut != ALL:
            found.setdefault(cut, {})[setting] = value
    return found


def set_elsewhere(rows: Iterable[Sequence[str]], video: str, language: str) -> dict[str, list[str]]:
    """Pick the settings of single cuts that rows give which the page of a film does not change.

    Args:
        rows: As for `in_force`.
        video: The video.
        language: The key of the dub.

    Returns:
        Cut id -> settings that it would have by another row, were its own taken out.
    """
    languages = {setting: language_of(setting, language) for setting in changeable()}
    found: dict[str, list[str]] = {}
    for of_video, of_language, cut, setting, _ in rows:
        if of_video == video and cut != ALL and of_language != languages.get(setting, of_language):
            found.setdefault(cut, []).append(setting)
    return found


def parsed(text: str) -> dict[str, str] | None:
    """Read the settings that a page sends.

    Args:
        text: A JSON object of texts.

    Returns:
        Setting -> value; None: it is something else.
    """
    try:
        values: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or len(values) > len(SHARED) + 8:
        return None
    if not all(isinstance(value, str) and len(value) <= 40 for value in values.values()):
        return None
    return values
