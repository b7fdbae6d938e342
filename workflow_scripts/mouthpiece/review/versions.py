"""Earlier drafts of cuts: kept when a run begins, to be compared with the present one and restored.

They lie in `versions/CUT/DRAFT/` beside the film, as links to the files of the run, which cost no
disk until the draft is drawn again. No job makes them, so no result depends on them, but for that
of a cut whose row in decisions.tsv restores one.
"""

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.cut_table import read_table
from ..core.errors import Fault, InputError
from ..core.files import atomic, link_or_copy, read_json, remove
from ..core.user_files import os_error_text

if TYPE_CHECKING:  # the overview's job needs no project, which takes long to import
    from ..project.project import Project

log = logging.getLogger(__name__)

RESTORE = "restore"
"""The decision that delivers an earlier draft."""

FOLDER = "versions"

CLIP = "clip.mp4"
"""The draft with its dub, as browsers play it: the clip of the review page."""

DRAFT_FILES = ("draft.zip", "draft.json", "score.json")

Restored = Iterable[tuple[str, str]]
"""Cut and draft of the rows that restore one."""


@dataclass(frozen=True)
class Version:
    """A draft that is kept.

    Attributes:
        cut: The id of the cut.
        draft: The key of the draft.
        folder: Where its files are.
    """

    cut: str
    draft: str
    folder: Path

    @property
    def is_whole(self) -> bool:
        """Whether it can be delivered."""
        return all((self.folder / name).is_file() for name in DRAFT_FILES)

    @property
    def seen_s(self) -> float:
        """When a run last found it as the present draft, in seconds since 1970."""
        return self.folder.stat().st_mtime


def version_of(film: Path, cut: str, draft: str) -> Version:
    """Name an earlier draft, which need not be there.

    Args:
        film: The folder of the film.
        cut: The id of the cut.
        draft: The key of the draft.

    Returns:
        It.
    """
    return Version(cut, draft, film / FOLDER / cut / draft)


def versions_of(film: Path, cut: str) -> list[Version]:
    """List the drafts that are kept of a cut.

    Args:
        film: The folder of the film.
        cut: The id of the cut.

    Returns:
        Those that can be delivered, the newest first; the present one may be among them.
    """
    try:
        found = [version_of(film, cut, name) for name in os.listdir(film / FOLDER / cut)]  # noqa: PTH208
    except OSError:
        return []
    whole = [one for one in found if not one.draft.startswith(".") and one.is_whole]
    return sorted(whole, key=lambda one: one.seen_s, reverse=True)


def keep_project(results: Path, project: "Project") -> None:
    """Keep the drafts of all films of a project, before a run draws them again.

    What cannot be kept is a warning: a run does not fail for it.

    Args:
        results: The results folder.
        project: The project.
    """
    most = project.settings.review.versions
    for video, language in project.dubs:
        rows = project.decisions_for(video, language).items()
        restored = [(cut, row["draft"]) for cut, row in rows if row["decision"] == RESTORE]
        film = results / video / language
        try:
            keep_versions(film, most, restored)
        except OSError as error:
            log.warning("%s: earlier drafts are not kept (%s)", film, os_error_text(error))


def keep_versions(film: Path, most: int, restored: Restored = ()) -> None:
    """Keep the drafts of a film that its review page shows.

    A draft that no page has shown is not kept. What is killed here leaves whole versions, and
    temporary names that the next run removes.

    Args:
        film: The folder of the film.
        most: How many earlier drafts of each cut are kept.
        restored: Those that a row restores, which are kept in any case.

    Raises:
        OSError: The folder cannot be written.
    """
    try:
        rows = read_table(film / "cuts.tsv") if most else []
    except (FileNotFoundError, Fault, InputError):
        return  # a run was killed before it wrote the table: the versions stay as they are
    wanted = {version_of(film, *named).folder for named in restored}
    shown = {row["cut"]: row["draft"] for row in rows if row["draft"]}
    for cut, draft in shown.items():
        _keep(film, version_of(film, cut, draft))
    for folder in _cuts(film):
        kept = versions_of(film, folder.name)
        present = shown.get(folder.name)
        earlier = [one.folder for one in kept if one.draft != present][:most]
        now = [one.folder for one in kept if one.draft == present]
        wanted.update(earlier + now if present else ())
        for path in folder.iterdir():
            if path not in wanted and not path.name.startswith("."):
                remove(path)
        if not any(folder.iterdir()):
            folder.rmdir()


def _cuts(film: Path) -> Sequence[Path]:
    """The folders of the cuts of which drafts are kept."""
    folder = film / FOLDER
    return list(folder.iterdir()) if folder.is_dir() else []


def _keep(film: Path, kept: Version) -> None:
    """Keep a draft, where its files are there and are those that the page shows."""
    if kept.is_whole:
        os.utime(kept.folder)
        return
    clip = film / "review" / "clips" / f"{kept.cut}.draft.mp4"
    folder = film / "cuts" / kept.cut
    sources = [folder / "enhanced", folder / "final", folder]
    found = next((source for source in sources if _key(source) == kept.draft), None)
    if found is None or not clip.is_file():
        return
    files = {name: found / name for name in DRAFT_FILES} | {CLIP: clip}
    if not all(file.is_file() for file in files.values()):
        return
    remove(kept.folder)
    with atomic(kept.folder) as temporary:
        temporary.mkdir()
        for name, file in files.items():
            link_or_copy(file.resolve(), temporary / name)


def _key(folder: Path) -> str:
    """The key of the draft in a folder; empty: there is none."""
    return str(_read(folder / "draft.json").get("draft", ""))


def version_views(film: Path, rows: Mapping[str, Mapping[str, str]]) -> dict[str, list[Any]]:
    """Describe the earlier drafts of a film, for its page.

    Args:
        film: The folder of the film.
        rows: Cut id -> its row of cuts.tsv.

    Returns:
        Cut id -> the earlier drafts as JSON values, the newest first; cuts without any are left
        out.
    """
    views = {}
    for folder in _cuts(film):
        row = rows.get(folder.name)
        kept = versions_of(film, folder.name) if row else []
        found = [_view(one) for one in kept if row and one.draft != row["draft"]]
        if found:
            views[folder.name] = found
    return views


def _view(one: Version) -> dict[str, Any]:
    draft, score = (_read(one.folder / name) for name in DRAFT_FILES[1:])
    return {
        "draft": one.draft,
        "seen_s": round(one.seen_s),
        "engine": draft.get("engine", ""),
        "settings": draft.get("settings", {}),
        "confidence": score.get("confidence"),
        "offset": score.get("offset_frames"),
        "clip": f"{FOLDER}/{one.cut}/{one.draft}.mp4",
    }


def _read(path: Path) -> dict[str, Any]:
    """A JSON object; empty where the file is damaged, of which only a restored draft takes harm."""
    try:
        found = read_json(path)
    except (OSError, Fault):
        return {}
    return found if isinstance(found, dict) else {}
