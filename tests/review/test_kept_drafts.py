"""Earlier drafts: which are kept, for how long, and what is told of them."""

import json
import os
from pathlib import Path

import pytest
from samples import cut_row

from mouthpiece.core.files import write_json
from mouthpiece.review.versions import (
    FOLDER,
    Version,
    keep_versions,
    version_of,
    version_views,
    versions_of,
)

CUT = "000000-000049"


class Film:
    """The folder of a film, whose cut is drawn again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seen_s = 1_000_000

    def make(self, draft: str, name: str = "", **changed: str) -> dict[str, str]:
        """Make the film with a draft, as a run does; returns the row of the cut."""
        row = cut_row(0, 50, "pass", **{"draft": draft, **changed})
        place = self.folder / "cuts" / CUT / name
        place.mkdir(parents=True, exist_ok=True)
        files = {"draft.zip": draft, "draft.json": json.dumps({"draft": draft, "settings": {}})}
        files["score.json"] = json.dumps({"confidence": 0.5, "offset_frames": 2})
        for file, text in files.items():
            (place / file).unlink(missing_ok=True)
            (place / file).write_text(text)
        clip = self.folder / "review" / "clips" / f"{CUT}.draft.mp4"
        clip.parent.mkdir(parents=True, exist_ok=True)
        clip.unlink(missing_ok=True)
        clip.write_text(f"clip of {draft}")
        table = "\n".join(["\t".join(row), "\t".join(row.values())]) + "\n"
        (self.folder / "cuts.tsv").write_text(table)
        return row

    def begin(self, most: int = 2, *restored: str) -> None:
        """Begin a run."""
        keep_versions(self.folder, most, [(CUT, draft) for draft in restored])
        self.seen_s += 10
        for one in versions_of(self.folder, CUT):
            if one.seen_s > 2_000_000:
                os.utime(one.folder, (self.seen_s, self.seen_s))

    @property
    def kept(self) -> list[str]:
        return [one.draft for one in versions_of(self.folder, CUT)]


def key(number: int) -> str:
    return f"{number:012x}"


@pytest.fixture
def film(tmp_path: Path) -> Film:
    return Film(tmp_path / "v" / "de")


def test_the_draft_before_each_run_is_kept_and_the_oldest_is_dropped(film: Film) -> None:
    film.begin()
    assert film.kept == []
    for number in range(5):
        film.make(key(number))
        film.begin()
    assert film.kept == [key(4), key(3), key(2)]
    kept = version_of(film.folder, CUT, key(3))
    assert (kept.folder / "draft.zip").read_text() == key(3)
    assert (kept.folder / "clip.mp4").read_text() == f"clip of {key(3)}"


def test_it_costs_no_disk_until_it_is_drawn_again(film: Film) -> None:
    film.make(key(1))
    film.begin()
    kept, drawn = (
        place / "draft.zip"
        for place in (version_of(film.folder, CUT, key(1)).folder, film.folder / "cuts" / CUT)
    )
    assert kept.samefile(drawn)
    times = kept.stat().st_mtime_ns
    film.begin()
    assert drawn.stat().st_mtime_ns == times


def test_what_a_cache_linked_is_linked_too(film: Film, tmp_path: Path) -> None:
    film.make(key(1))
    drawn = film.folder / "cuts" / CUT / "draft.zip"
    hidden = drawn.with_name(".0123.linked")
    drawn.rename(hidden)
    drawn.symlink_to(hidden.name)
    film.begin()
    kept = version_of(film.folder, CUT, key(1)).folder / "draft.zip"
    assert not kept.is_symlink() and kept.samefile(hidden)


def test_an_enhanced_draft_is_kept_as_it_is_delivered(film: Film) -> None:
    film.make(key(1))
    film.make(key(2), "enhanced")
    film.begin()
    assert film.kept == [key(2)]


def test_a_draft_that_no_page_has_shown_is_not_kept(film: Film) -> None:
    film.make(key(1))
    write_json(film.folder / "cuts" / CUT / "draft.json", {"draft": key(2)})
    film.begin()
    assert film.kept == []
    film.make(key(1))
    (film.folder / "review" / "clips" / f"{CUT}.draft.mp4").unlink()
    film.begin()
    assert film.kept == []


def test_none_are_kept_but_what_a_row_restores(film: Film) -> None:
    for number in range(3):
        film.make(key(number))
        film.begin()
    film.begin(0, key(1))
    assert film.kept == [key(1)]
    film.begin(0)
    assert film.kept == [] and not (film.folder / FOLDER / CUT).exists()


def test_a_restored_draft_is_kept_however_old(film: Film) -> None:
    for number in range(6):
        film.make(key(number))
        film.begin(1, key(0))
    assert film.kept == [key(5), key(4), key(0)]


def test_a_killed_run_leaves_what_there_was(film: Film) -> None:
    film.make(key(1))
    film.begin()
    kept = version_of(film.folder, CUT, key(1)).folder
    (film.folder / "cuts.tsv").unlink()
    film.begin()
    assert film.kept == [key(1)]
    film.make(key(1))
    (kept / "score.json").unlink()
    film.begin()
    assert film.kept == [key(1)], "a version that lacks a file is kept again"


def test_versions_of_cuts_that_are_gone_are_removed(film: Film) -> None:
    film.make(key(1))
    film.begin()
    film.make(key(2), cut="000000-000099")
    film.begin()
    assert film.kept == []


def test_what_a_page_is_told(film: Film) -> None:
    film.make(key(1))
    film.begin()
    row = film.make(key(2))
    told = version_views(film.folder, {CUT: row})
    (found,) = told[CUT]
    assert (found["draft"], found["confidence"], found["offset"]) == (key(1), 0.5, 2)
    assert found["clip"] == f"versions/{CUT}/{key(1)}.mp4"
    assert version_views(film.folder, {CUT: row | {"draft": key(1)}}) == {}
    (version_of(film.folder, CUT, key(1)).folder / "score.json").write_text("{")
    assert version_views(film.folder, {CUT: row})[CUT][0]["confidence"] is None


def test_a_version_that_lacks_a_file_is_none(tmp_path: Path) -> None:
    assert not Version(CUT, key(1), tmp_path).is_whole
    assert versions_of(tmp_path, CUT) == []
