"""What the review server answers of earlier drafts, and what it saves of them."""

import json
from pathlib import Path

import pytest
from test_server import CUT, Client, client, results  # noqa: F401

from mouthpiece.review.decisions import Table

OLD = "aaaaaaaaaaaa"


@pytest.fixture
def kept(results: Path) -> Path:  # noqa: F811
    folder = results / "v" / "pt-BR" / "versions" / CUT / OLD
    folder.mkdir(parents=True)
    for name in ("draft.zip", "clip.mp4"):
        (folder / name).write_bytes(b"0123456789")
    (folder / "draft.json").write_text('{"engine": "preview", "settings": {"preset": "standard"}}')
    (folder / "score.json").write_text('{"confidence": 0.3, "offset_frames": 2}')
    return folder


def test_earlier_drafts_and_their_clips_are_served(client: Client, kept: Path) -> None:  # noqa: F811
    (found,) = json.loads(client.get("/v/pt-BR/versions").body)["versions"][CUT]
    assert (found["draft"], found["confidence"]) == (OLD, 0.3)
    clip = client.get(f"/v/pt-BR/{found['clip']}", Range="bytes=2-4")
    assert (clip.status, clip.body, clip.headers["Content-Type"]) == (206, b"234", "video/mp4")
    kept.joinpath("draft.zip").unlink()
    assert json.loads(client.get("/v/pt-BR/versions").body) == {"versions": {}}


@pytest.mark.parametrize(
    "path",
    [
        f"versions/{CUT}/{OLD}.json",
        f"versions/{CUT}/../../../secret.mp4",
        f"versions/{CUT}/%2e%2e%2f{OLD}.mp4",
        f"versions/{CUT}/bbbbbbbbbbbb.mp4",
        "versions/000050-000099/aaaaaaaaaaaa.mp4",
        "versions/",
    ],
)
def test_nothing_else_is_served(client: Client, kept: Path, path: str) -> None:  # noqa: F811
    assert kept.is_dir()
    assert client.get(f"/v/pt-BR/{path}").status == 404
    assert client.get("/other/de/versions").status == 404


def test_only_a_draft_that_is_kept_is_restored(client: Client, kept: Path, tmp_path: Path) -> None:  # noqa: F811
    assert client.post({"decision": "restore", "draft": OLD}).status == 200
    said = Table(tmp_path / "decisions.tsv").decisions["v", "pt-BR", CUT]
    assert (said.decision, said.draft) == ("restore", OLD)
    assert client.server.reviews.state("v", "pt-BR")["decided"] == 1
    for draft in ("bbbbbbbbbbbb", "", "../x"):
        refused = client.post({"decision": "restore", "draft": draft})
        assert refused.status == 409 and b"not kept any more" in refused.body
    assert kept.is_dir()
