"""What is said of a file that holds several dubs."""

from pathlib import Path

from mouthpiece.core.delivery_table import write_delivery
from mouthpiece.core.files import write_json
from mouthpiece.provenance.statement import FilmFacts, Voice, read_statement


def takes(path: Path, *voices: str) -> Path:
    write_json(
        path, {"takes": [{"take": "k", "synthesizer": "kokoro", "voice": v} for v in voices]}
    )
    return path


def test_the_voices_of_all_dubs_are_named_once(tmp_path: Path) -> None:
    write_delivery([], tmp_path / "delivery.tsv")
    write_json(tmp_path / "film.json", {"frames": 50})
    write_json(tmp_path / "source.json", {"rate": "25"})
    first = takes(tmp_path / "pt.json", "pf_dora", "pf_dora")
    facts = FilmFacts(
        tmp_path / "delivery.tsv", [], tmp_path / "source.json", tmp_path / "film.json", first,
        further_takes=[first, takes(tmp_path / "fr.json", "ff_siwis")],
    )  # fmt: skip
    statement = read_statement(facts, title="talk", source=tmp_path, language="pt-BR")
    assert statement.voices == (Voice("kokoro", "pf_dora", 2), Voice("kokoro", "ff_siwis", 1))
