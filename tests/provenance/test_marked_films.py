"""Which files are marked, as the rules ask for them."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest

from mouthpiece.config.delivery import Delivery
from mouthpiece.config.provenance import Provenance
from places import ROOT

LIB = ROOT / "rules" / "lib"


def _rules(
    kinds: dict[str, str], picture: str, mark: Literal["made", "all", "off"] = "made"
) -> dict[str, Any]:
    """The functions of the rules, for the dubs of one video."""
    dubs = {("talk", key): SimpleNamespace(kind=kind) for key, kind in kinds.items()}
    settings = SimpleNamespace(
        provenance=Provenance(mark=mark), delivery=Delivery(multilingual_picture=picture)
    )
    known: dict[str, Any] = {
        "PROJECT": SimpleNamespace(dubs=dubs, settings=settings),
        "Path": Path,
        "NAMED_CONFIGS": (),
        "config_files": lambda named: (),
        "is_made": lambda film: dubs[film.video, film.language].kind == "made",
        "film_dub": lambda film: dubs[film.video, film.language],
        "language_tag": lambda film: film.language,
        "each_drafted": lambda name: lambda film: [f"{film.language}/{name}"],
        "unless_damaged": lambda function: function,
        "table_path": lambda *_: Path(),
    }
    for name in ("provenance", "delivery"):
        source = (LIB / f"{name}.smk").read_text()
        source = source.replace("from mouthpiece.project.config_file import table_path\n", "")
        exec(compile(source, name, "exec"), known)
    return known


VIDEO = SimpleNamespace(video="talk")


@pytest.mark.parametrize("picture", ["original", "de", "pt"])
def test_a_file_with_a_made_dub_is_marked_whatever_picture_it_has(picture: str) -> None:
    rules = _rules({"de": "mix", "pt": "made"}, picture)
    assert rules["marks_of_video"](VIDEO)["sign"] == "test"
    assert rules["of_all_films"](rules["marked_takes"])(VIDEO) == ["results/talk/pt/takes.json"]


def test_the_cuts_that_are_named_are_those_of_the_picture() -> None:
    rules = _rules({"de": "mix", "pt": "made"}, "de")
    of_marking_film = rules["of_marking_film"]
    assert of_marking_film(rules["marked_drafts"])(VIDEO) == ["de/draft.json"]
    assert of_marking_film(rules["marked_delivery"])(VIDEO) == "results/talk/de/delivery.tsv"
    assert of_marking_film(rules["marked_takes"])(VIDEO) == []


@pytest.mark.parametrize(("kinds", "mark"), [({"de": "mix"}, "made"), ({"de": "made"}, "off")])
def test_a_file_without_a_marked_film_has_no_marks(
    kinds: dict[str, str], mark: Literal["made", "off"]
) -> None:
    rules = _rules(kinds, "original", mark)
    assert rules["marks_of_video"](VIDEO) == {}
    assert rules["of_marking_film"](rules["marked_delivery"])(VIDEO) == []


def test_a_given_dub_stays_unmarked_beside_one_that_is_made() -> None:
    rules = _rules({"de": "mix", "pt": "made"}, "de")
    assert rules["marking"](SimpleNamespace(video="talk", language="de")) == {}
