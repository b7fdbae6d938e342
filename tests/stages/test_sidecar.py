"""The sidecar says how a film was made, and names nobody."""

from pathlib import Path

import pytest

from mouthpiece.core.delivery_table import DeliveredCut, write_delivery
from mouthpiece.core.files import read_json, sha256, write_json
from mouthpiece.provenance.statement import COMPOSITE, FilmFacts, read_statement
from mouthpiece.stages.sidecar import sidecar
from mouthpiece.voices.takes import Take, Takes, write_takes
from places import ROOT

DRAFT = {
    "engine": "preview",
    "settings": {"preset": "standard"},
    "weights": "245479c07a9c",
    "code": "c2169617b09b",
    "packages": {"av": "18"},
    "facts": {},
}


@pytest.fixture
def facts(tmp_path: Path) -> FilmFacts:
    """A film of three cuts, shorter than its source: mouths are redrawn in the first and third."""
    actions = ["lipsync", "passthrough", "lipsync"]
    cuts = [
        DeliveredCut(f"c{n}", 50 * n, 50, action == "lipsync", action)
        for n, action in enumerate(actions)
    ]
    write_delivery(cuts, tmp_path / "delivery.tsv")
    drafts = [tmp_path / f"{n}.json" for n in (0, 2)]
    for draft in drafts:
        write_json(draft, DRAFT)
    voices = ["kokoro:pf_dora", "kokoro:pm_alex", "kokoro:pf_dora", "given"]
    takes = [
        Take(str(n), "Erika", voice, synthesizer=voice.partition(":")[0], take=f"key{n}")
        for n, voice in enumerate(voices)
    ]
    silent = Take("9", "Erika", "kokoro:pf_dora")
    write_takes(Takes(24_000, (*takes, silent)), tmp_path / "takes.json")
    translated = {"source": "en", "target": "pt-BR", "translator": "bergamot"}
    write_json(tmp_path / "translation.json", translated)
    write_json(tmp_path / "source.json", {"rate": "24000/1001"})
    write_json(tmp_path / "film.json", {"frames": 120})
    return FilmFacts(
        delivery=tmp_path / "delivery.tsv",
        drafts=drafts,
        source=tmp_path / "source.json",
        film=tmp_path / "film.json",
        takes=tmp_path / "takes.json",
        translation=tmp_path / "translation.json",
    )


def written(facts: FilmFacts, folder: Path) -> dict:
    (folder / "talk.pt-BR.mp4").write_bytes(b"film")
    sidecar(
        video="talk",
        language="pt-BR",
        deliverables=[folder / "talk.pt-BR.mp4"],
        facts=facts,
        source_sha256="ab",
        kind="made",
        sign="test",
        models={"speak": {"kokoro": "123"}},
        settings={"mix": {"target_lufs": -23}},
        path=folder / "talk.pt-BR.json",
    )
    return read_json(folder / "talk.pt-BR.json")


def test_a_statement_ends_with_the_film(facts: FilmFacts) -> None:
    said = read_statement(facts, title="talk.mp4", source=Path("talk.mkv"), language="pt-BR")
    assert [one.spans for one in said.redrawn] == [((0, 49), (100, 119))]
    assert said.redrawn[0].preset == "standard"
    assert [(voice.voice, voice.lines) for voice in said.voices] == [("pf_dora", 2), ("pm_alex", 1)]
    assert (said.source_language, said.translator) == ("en", "bergamot")


def test_the_sidecar_has_cuts_engines_voices_and_hashes(facts: FilmFacts, tmp_path: Path) -> None:
    found = written(facts, tmp_path)
    assert found["digital_source_type"] == COMPOSITE
    assert [(cut["last_frame"], cut["engine"]) for cut in found["cuts"]] == [
        (49, 0),
        (99, None),
        (119, 0),
    ]
    assert [engine["weights"] for engine in found["engines"]] == ["245479c07a9c"]
    assert found["voices"][0] == {"synthesizer": "kokoro", "voice": "pf_dora", "lines": 2}
    assert found["film"]["rate"] == "24000/1001"
    delivered = found["deliverables"]
    assert delivered == [
        {"file": "talk.pt-BR.mp4", "bytes": 4, "sha256": sha256(tmp_path / "talk.pt-BR.mp4")}
    ]


def test_it_names_no_speaker_and_no_path(facts: FilmFacts, tmp_path: Path) -> None:
    written(facts, tmp_path)
    text = (tmp_path / "talk.pt-BR.json").read_text()
    assert "Erika" not in text
    assert str(tmp_path) not in text


def test_every_key_is_documented(facts: FilmFacts, tmp_path: Path) -> None:
    docs = (ROOT / "docs" / "provenance.md").read_text(encoding="utf-8")
    assert [key for key in written(facts, tmp_path) if f"`{key}`" not in docs] == []
