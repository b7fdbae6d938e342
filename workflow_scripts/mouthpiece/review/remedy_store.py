"""The settings of single cuts that reviewers change, and the table that they go to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from pathlib import Path

from ..project.decision_table import STAMP, stamp_now
from .cached_table import CachedTable
from .override_table import OverrideTable
from .remedies import CutSettings, changeable, in_force, language_of, offered, parsed, problem
from .request_error import ConflictError, RequestError


@dataclass(frozen=True)
class RemedyStore:
    """The table of overrides.

    Attributes:
        table: Its path; there need be no file yet.
    """

    table: Path

    @cached_property
    def cached(self) -> CachedTable[OverrideTable]:
        """The table, which is read again only after it changed."""
        return CachedTable(self.table, OverrideTable)

    def settings(self, video: str, language: str) -> dict[str, CutSettings]:
        """Read what the table says of single cuts of a film.

        Args:
            video: The video.
            language: The key of the dub.

        Returns:
            Cut id -> its settings.

        Raises:
            InputError: The table is wrong.
        """
        table = self.cached.table()
        rows = [(*key, entry.values["value"]) for key, entry in table.entries.items()]
        of_film = _Film(table, (video, language))
        cuts = in_force(rows, video, language)
        return {cut: found for cut in cuts if (found := of_film.settings(cut))}

    def save(
        self,
        film: tuple[str, str],
        cut: str,
        engines: Sequence[str],
        values: Mapping[str, str],
        seen: str,
    ) -> CutSettings | None:
        """Save the settings of a cut; rows on other settings stay.

        Args:
            film: Video and key of the dub.
            cut: The id of the cut.
            engines: The engines that drew it.
            values: `settings`: setting -> value as JSON; a setting that is left out is taken out.
                `reviewer`: who sets them.
            seen: The `revision` of the settings that the page knew; empty: it knew none.

        Returns:
            What the table says of the cut now; None: nothing.

        Raises:
            ConflictError: The table says something else than the page knew.
            RequestError: A setting is not one that a page changes, or its value is wrong.
            InputError: The table is wrong, or would be.
        """
        wanted = parsed(values["settings"])
        if wanted is None:
            raise RequestError(HTTPStatus.UNPROCESSABLE_ENTITY, "wanted an object of settings")
        stamp = {"reviewer": values["reviewer"], "time": stamp_now()}
        with self.cached.changing() as table:
            of_film = _Film(table, film)
            now = of_film.settings(cut)
            before = dict(now.settings if now else {})
            for setting, value in wanted.items():
                is_new = before.get(setting) != value
                if is_new and (why := problem(engines, setting, value)):
                    raise RequestError(HTTPStatus.UNPROCESSABLE_ENTITY, why)
            if (now.sent["revision"] if now else "") != seen and before != wanted:
                raise ConflictError("cut", now)
            for setting in offered(engines):
                key = (film[0], language_of(setting, film[1]), cut, setting)
                entry = table.get(key)
                if setting not in wanted:
                    table.drop(key)
                elif entry is None or entry.values["value"] != wanted[setting]:
                    table.put(key, {"value": wanted[setting], **stamp})
            return of_film.settings(cut)


class _Film:
    """What a table says of the cuts of a film, each looked up alone."""

    def __init__(self, table: OverrideTable, film: tuple[str, str]) -> None:
        video, language = film
        self._table = table
        self._keys = [(video, language_of(one, language), one) for one in changeable()]

    def settings(self, cut: str) -> CutSettings | None:
        """The settings of a cut, and who set the last of them; None: it has none."""
        found = {
            setting: entry.values
            for video, language, setting in self._keys
            if (entry := self._table.get((video, language, cut, setting)))
        }
        if not found:
            return None
        last = max(found.values(), key=lambda values: values["time"])
        settings = {setting: values["value"] for setting, values in found.items()}
        return CutSettings(settings, **{name: last[name] for name in STAMP})
