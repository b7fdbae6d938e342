"""No likeness leaves the machine unless videos.tsv says so; what lacks is said before any work."""

from pathlib import Path

import pytest

from mouthpiece.core.errors import InputError
from mouthpiece.engines.leaving import check_leaving
from mouthpiece.project.config_file import read_config
from mouthpiece.project.engine_problems import engine_problem
from mouthpiece.project.project import Project
from mouthpiece.stages.draft import draft
from mouthpiece.stages.requests import DraftRequest

CONFIG = """
videos: videos.tsv
dubs: dubs.tsv
engine: {engine}
engines:
  hosted: {{service: sync, model: lipsync-2, price_per_run_usd: 0.1, budget_usd: {budget}}}
"""


def project(folder: Path, leave: str, engine: str = "hosted", budget: str = "5") -> Project:
    (folder / "v.mp4").touch()
    (folder / "job.yaml").write_text(CONFIG.format(engine=engine, budget=budget))
    (folder / "videos.tsv").write_text(
        f"video\tpath\tconsent\tmay_leave\nv\tv.mp4\tme, here\t{leave}\n"
    )
    (folder / "dubs.tsv").write_text("video\tlanguage\taudio\nv\tde\tv.mp4\n")
    return Project.open(read_config([folder / "job.yaml"]), [folder / "job.yaml"])


def problem(made: Project) -> str:
    return engine_problem(made, made.dubs["v", "de"])


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNC_API_KEY", "k")


def test_a_likeness_that_may_leave(tmp_path: Path) -> None:
    assert problem(project(tmp_path, "yes")) == ""
    assert problem(project(tmp_path, "", engine="preview")) == ""


@pytest.mark.parametrize("leave", ["", "no"])
def test_a_likeness_that_may_not_leave(leave: str, tmp_path: Path) -> None:
    assert "column may_leave" in problem(project(tmp_path, leave))


def test_one_cut_that_another_engine_draws(tmp_path: Path) -> None:
    (tmp_path / "overrides.tsv").write_text(
        "video\tlanguage\tcut\tsetting\tvalue\nv\t*\t000000-000009\tengine\thosted\n"
    )
    assert "column may_leave" in problem(project(tmp_path, "no", engine="preview"))


@pytest.mark.parametrize(("of", "refused"), [("approved", True), ("off", False)])
def test_finals_of_another_engine(tmp_path: Path, of: str, refused: bool) -> None:
    made = project(tmp_path, "no", engine=f"preview\nfinal: {{engine: hosted, of: {of}}}")
    assert ("column may_leave" in problem(made)) == refused


@pytest.mark.parametrize("leave", ["perhaps", "YES", "1"])
def test_another_word_is_refused(leave: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="column may_leave"):
        project(tmp_path, leave)


def test_what_lacks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "budget_usd is not set" in problem(project(tmp_path, "yes", budget="0"))
    monkeypatch.delenv("SYNC_API_KEY")
    assert "SYNC_API_KEY, which holds the key, is not set" in problem(project(tmp_path, "yes"))


def test_the_job_itself_refuses(tmp_path: Path) -> None:
    paths = {name: tmp_path / name for name in ("mezzanine", "track", "avatar", "speech")}
    request = DraftRequest(
        **paths,
        cut="000000-000009",
        video="v",
        engine="hosted",
        settings={},
        runtime_options={},
        baked={},
        weights="",
        code="",
        patches=tmp_path / "draft.zip",
        row=tmp_path / "draft.json",
    )
    with pytest.raises(InputError, match="nothing was sent"):
        draft(request)
    assert not request.row.exists()
    check_leaving("preview", "v", False)
