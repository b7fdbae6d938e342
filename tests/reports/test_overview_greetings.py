"""The overview of many greetings: whatever lists films has one line of them, which opens."""

from pathlib import Path

import pytest
from test_lines import COLUMNS, LINES
from test_overview import GPUS, ROWS, Project, refusal, row

from browsing import Reviewer
from mouthpiece.config.overview import Overview
from mouthpiece.core.cuts import Cut, write_boundaries
from mouthpiece.core.files import write_json
from mouthpiece.core.plain_table import write_plain
from mouthpiece.project.gate import Gate
from mouthpiece.reports.overview import interim
from mouthpiece.review.unmatched import rows_on_cuts

GREETINGS = 100


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A talk, and greetings with all that a dub may have: lines, finals, purchases and notes."""
    project = Project(tmp_path)
    project.film("talk", "de", ROWS)
    bought = row(0, engine="preview", final="musetalk", price_usd="0.25")
    for number in range(GREETINGS):
        name = f"en_guest{number}"
        project.film("hello", name, [bought])
        folder = tmp_path / "results" / "hello" / name
        write_plain(COLUMNS, LINES, folder / "lines.tsv")
        notes = [{"code": "starts_late", "ms": number}]
        write_json(folder / "dub.json", {"kind": "made", "notes": notes})
    return project


def test_each_list_of_films_has_one_line_of_them_that_opens(
    project: Project, reviewer: Reviewer
) -> None:
    project.render()
    reviewer.visit(project.page.as_uri())
    height_px = reviewer.page.evaluate("document.documentElement.scrollHeight")
    assert height_px < 4000, "not a row for each"
    folded = reviewer.page.locator("details.folded > summary")
    assert [" ".join(text.split()) for text in folded.all_inner_texts()] == [
        "hello 100 dubs in 1 language, 100 cuts, 100 % lip-synced, 0 undecided",
        "Lines of dubs that are made here: hello "
        "400 lines, 100 Blocker, 100 Issue, 100 FYI, 100 to review",
        "Finals and purchases: hello 100 finals taken, 100 bought, 25.00 USD paid",
        "Notes on files: hello 100 notes",
    ]
    folded.nth(1).click()
    lines = reviewer.page.get_by_role("region", name="Lines of dubs that are made here: hello")
    assert lines.locator("tbody tr:visible").count() == GREETINGS
    assert reviewer.errors == []


@pytest.mark.parametrize(("number", "is_open"), [(1, True), (GREETINGS, False)])
def test_many_rows_without_a_cut_are_one_line_that_opens(
    tmp_path: Path, reviewer: Reviewer, number: int, is_open: bool
) -> None:
    project = Project(tmp_path)
    project.film("talk", "de", ROWS)
    results = tmp_path / "results"
    cuts = [Cut.of(50 * n, 50) for n in range(4)]
    write_boundaries(cuts, results / "talk" / "_shared" / "boundaries.tsv")
    interim(
        results,
        project.films,
        [],
        rows_on_cuts([refusal(f"{first:06d}-{first + 9:06d}") for first in range(number)], []),
        gpus=GPUS,
        enhance_gpus=0,
        gate=Gate(),
        settings=Overview(),
        timings=tmp_path / "timings",
    )
    reviewer.visit(project.page.as_uri())
    section = reviewer.page.get_by_role("region", name="Rows on cuts that are not there").first
    assert section.locator("summary").inner_text() == ("1 row" if is_open else f"{number} rows")
    assert section.locator("table").is_visible() == is_open
