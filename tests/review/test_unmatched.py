"""Rows of the user's tables on cuts that do not exist are named, with the nearest cut."""

from pathlib import Path
from typing import Any

import pytest

from mouthpiece.project.decision_table import Decision
from mouthpiece.project.overrides import Override
from mouthpiece.project.rows import Row
from mouthpiece.review.unmatched import FilmCuts, nearest_cut, rows_on_cuts, unmatched

CUTS = ("000000-000049", "000050-000099", "000100-000199")
FILMS = {("talk", "de_anna"): FilmCuts(CUTS, CUTS)}


def decision(cut: str, language: str = "de_anna", **values: str) -> Decision:
    row = Row(Path("decisions.tsv"), 4, {"video": "talk", "language": language, "cut": cut})
    return Decision(row, **values)


def override(cut: str, language: str = "*") -> Override:
    row = Row(Path("overrides.tsv"), 2, {})
    return Override(row, "talk", language, cut, "guard.max_yaw_deg", "20")


def texts(rows: list[dict[str, Any]], films: Any = FILMS) -> list[str]:
    return [str(found) for found in unmatched(rows, films)]


def test_a_row_on_no_cut_is_named_with_the_nearest() -> None:
    rows = rows_on_cuts(
        [decision("000040-000099", decision="approve"), decision(CUTS[0], decision="approve")],
        [override("000200-000300"), override(CUTS[1]), override("*")],
    )
    assert texts(rows) == [
        "decisions.tsv, row 4: approve on cut 000040-000099 of talk in de_anna: there is no such "
        "cut; the nearest is 000050-000099",
        "overrides.tsv, row 2: guard.max_yaw_deg on cut 000200-000300 of talk: there is no such "
        "cut; the nearest is 000100-000199",
    ]


def test_a_refusal_says_where_it_is_carried_to() -> None:
    rows = rows_on_cuts([decision("000000-000099", decision="passthrough", note="consent")], [])
    (found,) = unmatched(rows, FILMS)
    assert found.carried_to == CUTS[:2] and found.row.note == "consent"
    assert str(found).endswith(
        "there is no such cut now; the refusal is carried to 000000-000049, 000050-000099"
    )
    rows = rows_on_cuts([decision("000200-000299", decision="passthrough")], [])
    assert texts(rows)[0].endswith("there is no such cut; the nearest is 000100-000199")


def test_a_row_without_a_decision_says_what_it_holds() -> None:
    rows = rows_on_cuts([decision("000001-000002", preset="jaw_seam", note="x")], [])
    assert "row 4: preset, note on cut" in texts(rows)[0]


@pytest.mark.parametrize("language", ["*", "de", "de_anna"])
def test_an_override_is_about_the_cuts_of_the_source(language: str) -> None:
    films = {("talk", "de_anna"): FilmCuts(CUTS[:1], CUTS)}
    assert texts(rows_on_cuts([], [override(CUTS[2], language)]), films) == []
    assert len(texts(rows_on_cuts([], [override("000007-000009", language)]), films)) == 1
    assert len(texts(rows_on_cuts([decision(CUTS[2], decision="approve")], []), films)) == 1


def test_a_film_that_is_not_there_yet_says_nothing() -> None:
    rows = rows_on_cuts([decision("000001-000002", "fr", decision="approve")], [])
    assert texts(rows) == []
    assert texts(rows_on_cuts([], [override("000001-000002")]), {}) == []


def test_the_nearest_cut() -> None:
    assert nearest_cut("000045-000060", CUTS) == "000050-000099"
    assert nearest_cut("000300-000400", CUTS) == "000100-000199"
    assert nearest_cut("000000-000000", ()) == ""
