"""The films that a reviewer may look at, and what is said of their cuts."""

import contextlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import Any

from ..core.cut_table import read_table
from ..core.errors import InputError, quoted
from ..core.files import digest
from ..engines.registry import preset_names
from ..project.project import Project, config_files, read_config
from ..project.tables import LANGUAGE_PATTERN, VIDEO_PATTERN, Decision
from .decisions import CachedTable, locked
from .verdicts import REVIEWED, VERDICTS, verdict

INDEX = "index.html"

FILM = f"/(?P<video>{VIDEO_PATTERN})/(?P<language>{LANGUAGE_PATTERN})"


class RequestError(Exception):
    """A request that is not answered as it wishes: the status, and why."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status


class ConflictError(RequestError):
    """What is to be saved was said without knowing what somebody else has said meanwhile."""

    def __init__(self, now: Decision | None) -> None:
        super().__init__(HTTPStatus.CONFLICT, "somebody else has decided on this cut meanwhile")
        self.now = now


@dataclass(frozen=True)
class ReviewStore:
    """The films of a results folder, and the table that the decisions on them go to."""

    results: Path
    table: Path
    known: Collection[tuple[str, str]] | None = None
    """The videos and languages that the project's tables have; None: whatever was made."""

    def films(self) -> list[tuple[str, str]]:
        """The videos and languages that have been made, by name."""
        found = (path.parent for path in self.results.glob("*/*/cuts.tsv"))
        films = ((folder.parent.name, folder.name) for folder in found)
        return sorted(f for f in films if re.fullmatch(FILM, "/{}/{}".format(*f)) and self._has(f))

    def _has(self, film: tuple[str, str]) -> bool:
        return self.known is None or film in self.known

    def rows(self, video: str, language: str) -> dict[str, dict[str, str]]:
        """The rows of a film's cuts.tsv, by cut. Raises Refused where there are none."""
        folder = self.results / video / language
        if not self._has((video, language)) or not folder.is_dir():
            raise RequestError(HTTPStatus.NOT_FOUND, f"there is no film {video} in {language}")
        try:
            return {row["cut"]: row for row in read_table(folder / "cuts.tsv")}
        except FileNotFoundError:
            raise RequestError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"snakemake is making {video} in {language} anew; once it has, what you say is "
                "saved",
            ) from None

    def file(self, video: str, language: str, name: str) -> Path:
        """A file of a film's review folder. Raises Refused for what lies elsewhere."""
        folder = self.results.resolve() / video / language / "review"
        path = (folder / name).resolve()
        if not self._has((video, language)) or not path.is_relative_to(folder):
            raise RequestError(HTTPStatus.NOT_FOUND, "there is no such file")
        if not path.is_file():
            if name == INDEX and folder.parent.is_dir():
                raise RequestError(
                    HTTPStatus.SERVICE_UNAVAILABLE,
                    f"the page of {video} in {language} is not there: snakemake makes it at the "
                    "end of its run; load it again then",
                )
            raise RequestError(HTTPStatus.NOT_FOUND, "there is no such file")
        return path

    @cached_property
    def _kept(self) -> CachedTable:
        return CachedTable(self.table)

    def said(self, video: str, language: str) -> dict[str, Decision]:
        """What the table says of a film's cuts. Raises InputError."""
        return self._kept.table().film(video, language)

    def save(
        self, video: str, language: str, cut: str, said: Mapping[str, str], seen: str
    ) -> Decision | None:
        """Write what was said of a cut to the table; nothing said takes its row out.

        seen: the `revision` of what the table said of the cut as far as who speaks knows. Raises
        Changed where it says something else by now, Refused or InputError.
        """
        row = self.rows(video, language).get(cut)
        if row is None:
            raise RequestError(HTTPStatus.NOT_FOUND, f"there is no cut {quoted(cut)} in this film")
        if said["draft"] != row["draft"]:
            raise RequestError(
                HTTPStatus.CONFLICT, "the cut has another draft by now; reload the page"
            )
        if said["preset"] and said["preset"] not in preset_names(row["engine"]):
            raise RequestError(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"the engine {row['engine']} has no preset {quoted(said['preset'])}",
            )
        key = (video, language, cut)
        wanted = dict(said) if any(said[name] for name in said if name != "draft") else {}
        with locked(self.table):
            table = self._kept.table().copy()
            now = table.get(key)
            if revision(now) != seen and (now.values if now else {}) != wanted:
                raise ConflictError(now)
            if wanted:
                table.put(key, wanted)
            else:
                table.drop(key)
            self._kept.write(table)
            return table.get(key)

    def states(self) -> list[dict[str, Any]]:
        """What the index shows of each film, but of those that snakemake takes away meanwhile."""
        states = []
        for film in self.films():
            with contextlib.suppress(RequestError):
                states.append(self.state(*film))
        return states

    def state(self, video: str, language: str) -> dict[str, Any]:
        """What the index shows of a film."""
        rows = self.rows(video, language)
        doubtful = {cut: row["draft"] for cut, row in rows.items() if verdict(row) in REVIEWED}
        table = self._kept.table()
        return {
            "video": video,
            "language": language,
            "page": (self.results / video / language / "review" / INDEX).is_file(),
            "cuts": len(rows),
            "lipsynced": sum(row["action"] == "lipsync" for row in rows.values()),
            "verdicts": {v: sum(verdict(row) == v for row in rows.values()) for v in VERDICTS},
            "doubtful": len(doubtful),
            "decided": sum(
                is_decided(table.get((video, language, cut)), draft)
                for cut, draft in doubtful.items()
            ),
        }


def revision(said: Decision | None) -> str:
    """A name for what is said of a cut; empty where nothing is."""
    return digest([said.values])[:12] if said else ""


def is_decided(said: Decision | None, draft: str) -> bool:
    """Whether a person's word settles a cut whose draft is `draft`, or asks for another one."""
    if said is None or not said.decision:
        return False
    return said.draft == draft or (not said.draft and said.decision != "retry")


def open_reviews(results: Path, table: Path | None, named: Sequence[Path]) -> ReviewStore:
    """The reviews of a folder; the table is the project's where none is named.

    named: config files. Raises InputError.
    """
    if not results.is_dir():
        raise InputError(f"{results}: there is no such folder; run snakemake first, or name yours")
    if table is not None:
        return ReviewStore(results, table)
    files = config_files(named)
    if not files:
        raise InputError(
            "there is no config/config.yaml here; name your config: --config job.yaml, or the "
            "table to save to: --decisions decisions.tsv"
        )
    project = Project.open(read_config(files), files)
    return ReviewStore(results, project.decisions_table, set(project.dubs))
