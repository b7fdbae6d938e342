"""What the cuts of a project would cost at a service, and from where a machine of one's own is."""

import re
from pathlib import Path

import pytest

from mouthpiece.core.errors import InputError
from mouthpiece.core.faces_table import write_faces
from mouthpiece.core.files import write_json
from mouthpiece.project.config_file import read_config
from mouthpiece.project.project import Project
from mouthpiece.reports import hosted_cost
from mouthpiece.reports.hosted_cost import cost_lines, film_cost

CUTS = ("000000-000749", "000750-001499")
CONFIG = """
videos: videos.tsv
dubs: dubs.tsv
engine: {engine}
engines:
  hosted: {{service: sync, model: lipsync-2, price_per_minute_usd: 3, budget_usd: 5}}
{more}
"""


def project(folder: Path, engine: str = "hosted", more: str = "", decisions: str = "") -> Project:
    (folder / "v.mp4").touch()
    (folder / "job.yaml").write_text(CONFIG.format(engine=engine, more=more))
    (folder / "videos.tsv").write_text("video\tpath\tconsent\tmay_leave\nv\tv.mp4\tme, here\tyes\n")
    (folder / "dubs.tsv").write_text("video\tlanguage\taudio\nv\tde\tv.mp4\n")
    if decisions:
        (folder / "decisions.tsv").write_text(decisions)
    return Project.open(read_config([folder / "job.yaml"]), [folder / "job.yaml"])


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A film of a minute, with two cuts to draw."""
    shared = tmp_path / "results" / "v" / "_shared"
    shared.mkdir(parents=True)
    write_json(shared / "preflight.json", {"source": {"frames": 1500, "rate": "25/1"}})
    write_faces(dict.fromkeys(CUTS, True) | {"001500-001599": False}, shared / "faces.tsv")
    return tmp_path / "results"


def lines(made: Project, results: Path) -> list[str]:
    return list(cost_lines(made, results))


def test_it_says_from_which_price_of_an_hour_an_own_machine_is_cheaper(
    results: Path, tmp_path: Path
) -> None:
    made = project(tmp_path)
    said = lines(made, results)
    assert said[1:3] == [
        "v de\t2\t0\t1.00\t3.000",
        "still to be bought: 1.00 minutes for 3.000 USD",
    ]
    told = {
        name: (float(work_s), unit, float(usd))
        for line in said[3:]
        for name, work_s, unit, usd in re.findall(
            r"(\w+) would take about (\d+) s of a (GPU|core) .* costs less than (.*) USD", line
        )
    }
    assert set(told) == {"musetalk", "latentsync", "wav2lip"}
    for name, (work_s, unit, usd) in told.items():
        engine = made.settings.engines.of(name)
        own_s = (engine.shared_work_s + engine.language_work_s) * 60
        assert work_s == pytest.approx(own_s, abs=0.5)
        assert usd * own_s / 3600 == pytest.approx(3.0, rel=0.01), "as much as the service"
        assert unit == ("GPU" if engine.gpus else "core")


def test_prices_of_the_overview_say_what_an_own_machine_costs(
    results: Path, tmp_path: Path
) -> None:
    overview = "overview: {gpu_price_per_hour: 36, cpu_price_per_hour: 36, currency: EUR}"
    made = project(tmp_path, more=overview)
    told = [line for line in lines(made, results) if line.startswith("by the section overview")]
    engines = [made.settings.engines.of(name) for name in ("musetalk", "latentsync", "wav2lip")]
    costs = [0.01 * 60 * (one.shared_work_s + one.language_work_s) for one in engines]
    assert told == [f"by the section overview that is {cost:.2f} EUR" for cost in costs]


def test_nothing_to_buy_has_no_break_even(results: Path, tmp_path: Path) -> None:
    made = project(tmp_path)
    engine = made.drafting_engine("v", "de", CUTS[0], CUTS[0])
    drawn = engine.model_dump(mode="json", exclude=set(engine.runtime_options))
    for cut in CUTS:
        folder = results / "v" / "de" / "cuts" / cut
        folder.mkdir(parents=True)
        write_json(folder / "draft.json", {"settings": drawn, "draft": "0123456789ab"})
    assert lines(made, results)[1:] == [
        "v de\t2\t2\t0.00\t0.000",
        "still to be bought: 0.00 minutes for 0.000 USD",
    ]


def test_a_project_that_buys_nothing_has_no_cost(results: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no cut of this project is drawn by a hosted service"):
        lines(project(tmp_path, "preview"), results)


class Shop:
    """Sells what an engine with presets draws."""

    def usd(self, length_s: float) -> float:
        return length_s


def test_a_preset_that_a_reviewer_chose_counts(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosted_cost, "purchases_of", lambda engine: Shop())
    decisions = f"video\tlanguage\tcut\tdecision\tpreset\nv\tde\t{CUTS[1]}\tretry\topens_too_much\n"
    made = project(tmp_path, "preview", decisions=decisions)
    standard = made.drafting_engine("v", "de", CUTS[0], CUTS[0])
    for cut in CUTS:
        folder = results / "v" / "de" / "cuts" / cut
        folder.mkdir(parents=True)
        drawn = standard.model_dump(mode="json", exclude=set(standard.runtime_options))
        write_json(folder / "draft.json", {"settings": drawn, "draft": "0123456789ab"})
    found = film_cost(made, results, "v", "de")
    assert (found.cuts, found.bought, found.usd) == (2, 1, 30.0)
