"""`mouthpiece talk`: which avatars it offers."""

from pathlib import Path

import pytest

from mouthpiece.cli.talk import _project

CONFIG = "videos: videos.tsv\ndubs: dubs.tsv\n"


@pytest.mark.parametrize("rows, videos", [("", None), ("v\tv.mp4\tby letter\n", ["v"])])
def test_a_project_without_videos_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: str, videos: list[str] | None
) -> None:
    """As the checkout's own, in whose folder README's command is run: the demo's man is there."""
    monkeypatch.chdir(tmp_path)
    Path("config.yaml").write_text(CONFIG)
    Path("videos.tsv").write_text(f"video\tpath\tconsent\n{rows}")
    Path("dubs.tsv").write_text("video\tlanguage\taudio\n")
    Path("v.mp4").touch()
    settings, project = _project([Path("config.yaml")])
    assert settings is not None
    assert (list(project.videos) if project else None) == videos
