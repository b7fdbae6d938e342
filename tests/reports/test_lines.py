"""Lines of made dubs, counted for the summary of a run and the overview."""

import io
from pathlib import Path

from rich.console import Console

from cut_rows import row
from mouthpiece.cli.summary import lines_text, show_next, show_summary
from mouthpiece.config.picture import PictureLimits
from mouthpiece.core.cut_table import write_rows
from mouthpiece.core.files import write_json
from mouthpiece.core.plain_table import write_plain
from mouthpiece.reports.films import read_films
from mouthpiece.reports.lines import NO_LINES, line_counts
from mouthpiece.reports.overview_sections import line_rows
from mouthpiece.reports.summary import summarize
from mouthpiece.runs.process import Outcome

COLUMNS = ("line", "verdict", "severity", "reasons", "speaker", "status", "start_s")
LINES = [
    ("000000-000049", "pass", "", "", "S1", "draft", "0.000"),
    ("000050-000099", "fail", "Blocker", "overrun=0.62;fast=1.4", "S2", "draft", "62.040"),
    ("000100-000149", "review", "Issue", "fast=1.4", "S1", "approved", "70.000"),
    ("000150-000199", "pass", "FYI", "robotic", "S1", "draft", "80.000"),
]
FILM = ("talk", "pt-BR")


def made(results: Path, kind: str = "made") -> Path:
    """A film with four cuts and four lines."""
    folder = results.joinpath(*FILM)
    folder.mkdir(parents=True)
    write_rows([row(0, gate="pass", action="lipsync")], folder / "cuts.tsv")
    write_plain(COLUMNS, LINES, folder / "lines.tsv")
    write_json(folder / "dub.json", {"kind": kind, "notes": []})
    return folder


def test_lines_are_counted(tmp_path: Path) -> None:
    made(tmp_path)
    found = line_counts(tmp_path, FILM)
    assert (found.lines, found.to_review) == (4, 1), "an approved line is not to be reviewed"
    assert found.verdicts == {"fail": 1, "review": 1, "pass": 2}
    assert list(found.severities.items()) == [("Blocker", 1), ("Issue", 1), ("FYI", 1)]
    assert next(iter(found.reasons.items())) == ("fast", 2)
    assert found.blockers == ("1:02.0 S2 0.62 s too long, 1.4×",)


def test_what_an_earlier_run_left_of_a_dub_that_is_given_now_is_not_counted(tmp_path: Path) -> None:
    made(tmp_path, kind="")
    assert line_counts(tmp_path, FILM) == NO_LINES


def test_a_run_tells_the_first_blockers_and_what_is_to_be_done(tmp_path: Path) -> None:
    made(tmp_path)
    out = io.StringIO()
    console = Console(file=out, width=200)
    films = summarize(tmp_path, [FILM])
    show_summary(console, films, {}, "1 s", PictureLimits())
    show_next(console, films, Outcome(0, False), "mouthpiece run")
    assert lines_text(films[0]) == (
        "4 lines: 2 in order, 1 doubtful, 1 wrong (1 Blocker, 1 Issue, 1 FYI)"
    )
    assert lines_text(films[0]) in out.getvalue()
    assert "Blocker: 1:02.0 S2 0.62 s too long" in out.getvalue()
    assert "Next: 1 line wants a decision: mouthpiece review" in out.getvalue()


def test_a_damaged_table_is_told_and_hides_nothing(tmp_path: Path) -> None:
    folder = made(tmp_path)
    (folder / "lines.tsv").write_text("line\tverdict\nx\n")
    (film,) = summarize(tmp_path, [FILM])
    assert film.cuts == 1 and "lines.tsv: is damaged" in film.faults[0]


def test_the_overview_lists_films_with_lines(tmp_path: Path) -> None:
    folder = made(tmp_path)
    write_json(tmp_path / "source.json", {"rate": "25"})
    facts = [tmp_path / "source.json"]
    (film,) = read_films([FILM], [folder / "cuts.tsv"], facts, tmp_path)
    (cells,) = line_rows([film])
    assert cells["reasons"][0] == ("fast", 2) and cells["counts"].severities["Blocker"] == 1
