"""The overview page of a small project, and the side files it reads and keeps."""

import base64
import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from test_lines import COLUMNS, LINES

from browsing import REFUSE_STORAGE, Reviewer
from mouthpiece.config.overview import Overview
from mouthpiece.core.cut_table import CutRow
from mouthpiece.core.cuts import Cut, write_boundaries
from mouthpiece.core.errors import Fault
from mouthpiece.core.files import write_json
from mouthpiece.core.loop import pieces, write_loop
from mouthpiece.core.plain_table import write_plain
from mouthpiece.project.decision_table import Decision
from mouthpiece.project.gate import Gate
from mouthpiece.project.overrides import Override
from mouthpiece.project.rows import Row
from mouthpiece.reports.cost import Cost, cost_of
from mouthpiece.reports.films import OUTCOMES, read_films
from mouthpiece.reports.history import read_history, record
from mouthpiece.reports.overview import interim, write_overview
from mouthpiece.reports.run_summary import (
    FailedJob,
    Unmade,
    unmade_films,
    unmatched_rows,
)
from mouthpiece.reports.summary import faulty_cuts
from mouthpiece.reports.timings import Timing, TimingFolder, by_stage, read_timings, total
from mouthpiece.review.folded_films import FOLDED_DUBS
from mouthpiece.review.unmatched import UnmatchedRow, rows_on_cuts
from mouthpiece.stages.overview import overview

GPUS = {"preview": 0, "musetalk": 1}


def row(first: int, gate: str = "pass", **changed: str) -> dict[str, str]:
    """A row of cuts.tsv of 50 frames."""
    values = dict.fromkeys((field.name for field in fields(CutRow)), "")
    values |= {"cut": f"{first:06d}-{first + 49:06d}", "first_frame": str(first), "frames": "50"}
    values |= {"guard": "lipsync", "engine": "musetalk", "gate": gate, "action": "passthrough"}
    if gate != "none":
        values |= {"scorer": "embedded", "confidence": "0.3", "draft": "0123456789ab"}
    return values | ({"action": "lipsync"} if gate == "pass" else {}) | changed


ROWS = [
    row(0, confidence="0.31"),
    row(50, "fail", gate_reasons="low_confidence=0.05;off_sync=9", confidence="0.05"),
    row(100, "review", gate_reasons="doubtful=0.15", decision="approve", action="lipsync"),
    row(150, "none", guard_reasons="no_face=0", reason="no_face=0"),
]


class Project:
    """A results folder with its side files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.films: list[tuple[str, str]] = []
        self.page = folder / "results" / "overview.html"
        self.enhance_gpus = 0

    def film(self, video: str, language: str, rows: list[dict[str, str]]) -> None:
        results = self.folder / "results" / video
        lines = ["\t".join(rows[0]), *("\t".join(values.values()) for values in rows)]
        (results / language).mkdir(parents=True, exist_ok=True)
        (results / language / "cuts.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        write_json(results / "_shared" / "source.json", {"rate": "25"})
        if (video, language) not in self.films:
            self.films.append((video, language))

    def timing(self, name: str, wall_s: float, cpu_s: str = "NA") -> None:
        file = self.folder / "timings" / f"{name}.tsv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"s\th:m:s\tcpu_time\n{wall_s}\t0:00:00\t{cpu_s}\n", encoding="utf-8")

    def log(self, name: str) -> None:
        """Leave the log of a job."""
        file = self.folder / "logs" / f"{name}.log"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")

    def render(
        self,
        settings: Overview | None = None,
        unmade: Sequence[Unmade] = (),
        unmatched: Sequence[UnmatchedRow] = (),
    ) -> "Page":
        results = self.folder / "results"
        write_overview(
            read_films(self.films, *self.files(), results),
            gpus=GPUS,
            enhance_gpus=self.enhance_gpus,
            gate=Gate(),
            settings=settings or Overview(),
            timings=self.folder / "timings",
            history=results / ".history",
            page=self.page,
            unmade=unmade,
            unmatched=unmatched,
        )
        return Page(self.page.read_text(encoding="utf-8"))

    def files(self) -> tuple[list[Path], list[Path]]:
        """The tables of the films, and the facts of their videos."""
        results = self.folder / "results"
        return (
            [results / video / language / "cuts.tsv" for video, language in self.films],
            [results / video / "_shared" / "source.json" for video, _ in self.films],
        )

    def history(self) -> list[str]:
        return sorted(file.name for file in (self.folder / "results" / ".history").iterdir())


class Page(HTMLParser):
    """The tables of a page as text, its tags, its addresses, its figures' names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.source = text
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.figures: list[str] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self._in_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.addresses += [v for k, v in found.items() if k in ("src", "href", "xlink:href")]
        if tag == "figure":
            assert found["role"] == "img"
            self.figures.append(found["aria-label"])
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += data
        self.text += data

    def row(self, name: str) -> list[str]:
        """The first row that a name heads."""
        return [" ".join(cell.split()) for cell in next(r for r in self.rows if r[0] == name)]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.film("talk", "de", ROWS)
    return project


def test_the_films_and_what_became_of_their_cuts(project: Project) -> None:
    project.film("talk", "pt-BR", ROWS[:1])
    page = project.render()
    assert page.row("talk")[:6] == ["talk", "German de", "0.1", "4", "50 %", "33 %"]
    # in sync, doubtful, not judged, gated out, passed through, fault; open; median
    assert page.row("talk")[6:14] == ["1", "1", "0", "1", "1", "0", "1", "0.300 embedded"]
    brazilian = "Portuguese (Brazil) pt-BR"
    assert page.row(brazilian) == [brazilian, "1", "1", "100 %", "100 %", "0"]
    assert page.row("off sync") == ["off sync", "gate", "1", "20 %"]
    assert page.row("no face") == ["no face", "guard", "1", "20 %"]
    text = " ".join(page.text.split())
    assert "1 cut waits for a person's decision" in text
    assert "1 video, 2 dubs in 2 languages: 5 cuts, 0.2 minutes." in text


def test_dubs_are_counted_apart_from_languages(project: Project) -> None:
    for name in ("anna", "ben"):
        project.film("hello", f"en_{name}", ROWS[:1])
    page = project.render()
    assert page.row("hello")[1] == "English · anna en_anna"
    assert page.row("English en")[1:3] == ["2", "2"]
    assert "2 videos, 3 dubs in 2 languages" in " ".join(page.text.split())


def test_a_thousand_greetings_are_one_line_that_opens(project: Project, reviewer: Reviewer) -> None:
    for number in range(1000):
        project.film("hello", f"en_guest{number}", ROWS[:1])
    page = project.render()
    assert len([row for row in page.rows if row[0] == "hello"]) == 1000
    reviewer.visit(project.page.as_uri())
    line = reviewer.page.locator("details.folded > summary")
    said = "hello 1000 dubs in 1 language, 1000 cuts, 100 % lip-synced, 0 undecided"
    assert " ".join(line.inner_text().split()) == said
    shown = reviewer.page.locator("table.films tbody tr:visible")
    assert shown.count() == 1, "the other film"
    line.click()
    assert shown.count() == 1001
    assert reviewer.errors == []


def test_a_film_has_a_picture_of_itself(project: Project, reviewer: Reviewer) -> None:
    clips = project.folder / "results" / "talk" / "de" / "review" / "clips"
    clips.mkdir(parents=True)
    assert "img" not in project.render().tags
    for first in (0, 50):
        (clips / f"{first:06d}-{first + 49:06d}.jpg").touch()
    project.film("talk", "de", [ROWS[1], ROWS[0]])
    project.render()
    reviewer.visit(project.page.as_uri())
    picture = reviewer.page.locator("table.films img").get_attribute("src")
    assert picture == "talk/de/review/clips/000000-000049.jpg", "lip-synced"


def test_in_a_report_links_lead_to_what_is_in_it(project: Project, reviewer: Reviewer) -> None:
    """`snakemake --report report.zip` keeps each result in a folder of its own."""
    film = project.folder / "results" / "talk" / "de"
    (film / "review" / "clips").mkdir(parents=True)
    (film / "review" / "clips" / "000000-000049.jpg").touch()
    (film / "talk.de.mp4").touch()
    (film / "subtitles").mkdir()
    written = project.render().addresses
    assert not [address for address in written if address.endswith(".jpg")], "it would be asked for"
    raw = project.folder / "report" / "data" / "raw"
    there = raw / "0123456789abcdef" / "overview.html"
    there.parent.mkdir(parents=True)
    shutil.copy(project.page, there)
    film_read = read_films(project.films, *project.files())[0]
    page = raw / film_read.report / "index.html"
    page.parent.mkdir()
    page.write_text("<title>the review page</title>", encoding="utf-8")
    reviewer.visit(there.as_uri())
    row = reviewer.page.locator("table.films tbody tr")
    assert row.locator("td").last.inner_text() == "MP4, subtitles (not in this report)"
    picture = row.locator("img").get_attribute("src")
    assert picture == f"../{page.parent.name}/clips/000000-000049.jpg"
    row.get_by_role("link", name="MP4").click()
    reviewer.wait("document.title === 'the review page'")
    assert reviewer.page.url == f"{page.as_uri()}#film"
    reviewer.visit(there.as_uri())
    reviewer.page.get_by_role("link", name="talk").click()
    reviewer.wait("document.title === 'the review page'")


def test_in_a_report_of_one_file_no_link_leads_nowhere(
    project: Project, reviewer: Reviewer
) -> None:
    encoded = base64.b64encode(project.render().source.encode()).decode()
    frame = project.folder / "report.html"
    frame.write_text(f'<iframe src="data:text/html;base64,{encoded}"></iframe>', encoding="utf-8")
    reviewer.visit(frame.as_uri())
    shown = reviewer.page.frame_locator("iframe")
    shown.get_by_text("talk (not in this report)").first.wait_for()
    assert shown.locator("a[href]").count() == 0


def test_notes_on_a_source_are_told_once_for_all_its_languages(project: Project) -> None:
    project.film("talk", "pt-BR", ROWS[:1])
    results = project.folder / "results" / "talk"
    assert "Notes on files" not in project.render().text
    repaired = [{"code": "clock_repaired", "jumps": 2}]
    write_json(results / "_shared" / "source.json", {"rate": "25", "notes": repaired})
    write_json(results / "de" / "dub.json", {"notes": [{"code": "new_code", "ms": 90}]})
    rows = project.render().rows
    assert [row[1:] for row in rows if row[0] == "talk" and len(row) == 4] == [
        ["de, pt-BR", "Source", "Its clock jumps. The jumps are closed; how many there are: 2."],
        ["de", "Dub", "new code: ms 90"],
    ]


def test_only_a_decision_in_force_closes_a_cut(project: Project) -> None:
    said = ("", "approve", "passthrough", "stale approve", "done retry", "moot approve")
    said += ("carried passthrough",)
    cuts = [row(50 * n, "fail", decision=word) for n, word in enumerate(said)]
    cuts += [row(350, "unjudged"), row(400, "none", decision="stale approve")]
    project.film("talk", "de", cuts)
    assert project.render().row("talk")[12] == "4"


def test_faults_are_told_from_what_is_passed_through(project: Project) -> None:
    fault = row(200, "none", reason="fault", fault="bake: Fault: out of memory: all of it")
    project.film("talk", "de", [*ROWS, fault])
    page = project.render()
    assert page.row("talk")[3:6] == ["5", "40 %", "33 %"]
    assert page.row("talk")[6:12] == ["1", "1", "0", "1", "1", "1"]
    assert page.row("bake: Fault") == ["bake: Fault", "fault", "1", "20 %"]
    assert "1 cut is delivered as the original because the machine failed" in page.text
    results = project.folder / "results"
    assert faulty_cuts(results, [*project.films, ("none", "de")]) == [
        "talk de 000200-000249: bake: Fault: out of memory: all of it"
    ]


def test_films_that_were_not_made_stand_in_the_page(project: Project) -> None:
    results = project.folder / "results"
    (results / "talk" / "de" / "talk.de.mp4").touch()
    failed = [
        FailedJob("bake", "news", "", "000000-000049", "logs/news/000000-000049/bake.log"),
        FailedJob("gate", "news", "fr", "", "logs/news/fr/gate.log"),
    ]
    films = [("talk", "de"), ("news", "de"), ("late", "de")]
    unmade = unmade_films(results, films, [], failed)
    assert unmade == [
        Unmade("news", "de", (failed[0],), False),
        Unmade("late", "de", (), False),
    ]
    assert unmade_films(results, films[:1], [("talk", "de")], failed) == [
        Unmade("talk", "de", (), True)
    ]
    page = project.render(unmade=unmade)
    assert page.row("news") == ["news", "German de", "bake of 000000-000049", failed[0].log]
    assert "../logs/news/000000-000049/bake.log" in page.addresses
    assert page.row("late")[2] == "nothing failed; the run ended before it was done"
    assert page.row("talk")[3] == "4"
    assert "2 films were not made" in page.text
    assert not (results / ".history").exists()
    table = results / "talk" / "de" / "cuts.tsv"
    assert project.page.stat().st_mtime < table.stat().st_mtime
    project.render()
    assert project.page.stat().st_mtime >= table.stat().st_mtime


def test_a_film_that_was_not_made_says_why(project: Project) -> None:
    log = project.folder / "logs" / "news" / "fr" / "dub.log"
    log.parent.mkdir(parents=True)
    said = "2026-11-28 00:00:00,000 ERROR mouthpiece.core.jobs: the dub is silent: fr.wav\n"
    log.write_text(said, encoding="utf-8")
    failed = [FailedJob("dub", "news", "fr", "", "logs/news/fr/dub.log")]
    unmade = unmade_films(project.folder / "results", [("news", "fr")], [], failed)
    page = project.render(unmade=unmade)
    assert page.row("news")[2:] == ["dub: the dub is silent: fr.wav", "logs/news/fr/dub.log"]


OVERRIDE = Override(
    Row(Path("overrides.tsv"), 2, {}), "talk", "*", "000240-000300", "guard.min_frames", "9"
)


def refusal(cut: str) -> Decision:
    values = {"video": "talk", "language": "de", "cut": cut}
    return Decision(Row(Path("decisions.tsv"), 3, values), "passthrough")


def test_rows_on_cuts_that_are_not_there_are_named(project: Project) -> None:
    rows = rows_on_cuts([refusal("000000-000099"), refusal("000150-000199")], [OVERRIDE])
    results = project.folder / "results"
    shared = results / "talk" / "_shared"
    write_boundaries([Cut.of(50 * n, 50) for n in range(4)], shared / "boundaries.tsv")
    tables, facts = project.files()
    overview(
        films=project.films,
        tables=tables,
        facts=facts,
        gpus=GPUS,
        enhance_gpus=0,
        gate=Gate(),
        settings=Overview(),
        timings=project.folder / "timings",
        history=results / ".history",
        page=project.page,
        boundaries=[shared / "boundaries.tsv"],
        rows_on_cuts=rows,
    )
    page = Page(project.page.read_text(encoding="utf-8"))
    assert page.row("decisions.tsv")[1:] == [
        *("3", "talk", "de", "000000-000099", "passthrough", "000000-000049"),
        "000000-000049, 000050-000099",
    ]
    assert page.row("overrides.tsv")[1:] == [
        *("2", "talk", "*", "000240-000300", "guard.min_frames", "000150-000199", "–"),
    ]
    films = [*project.films, ("late", "de")]
    lines = [str(found) for found in unmatched_rows(results, films, rows)]
    assert [line.partition(":")[0] for line in lines] == [
        "decisions.tsv, row 3",
        "overrides.tsv, row 2",
    ]
    assert unmatched_rows(results, films, []) == []


def test_the_page_after_a_failed_run_names_such_rows_too(project: Project) -> None:
    results = project.folder / "results"
    shared = results / "talk" / "_shared"
    write_boundaries([Cut.of(50 * n, 50) for n in range(4)], shared / "boundaries.tsv")
    interim(
        results,
        [*project.films, ("late", "de")],
        [Unmade("late", "de", (), False)],
        rows_on_cuts([], [OVERRIDE]),
        gpus=GPUS,
        enhance_gpus=0,
        gate=Gate(),
        settings=Overview(),
        timings=project.folder / "timings",
    )
    page = Page(project.page.read_text(encoding="utf-8"))
    assert page.row("late")[1] == "German de" and page.row("overrides.tsv")[1] == "2"


@pytest.fixture
def full(project: Project) -> Project:
    """A page with all that one may have."""
    results = project.folder / "results"
    made = results / "talk" / "de"
    (made / "subtitles").mkdir()
    (made / "talk.de.mp4").touch()
    write_plain(COLUMNS, LINES, made / "lines.tsv")
    write_json(made / "dub.json", {"kind": "made", "notes": [{"code": "new_code", "ms": 90}]})
    bought = row(0, engine="preview", final="musetalk", price_usd="0.25")
    project.film("A film with a long name and nothing shorter", "pt-BR", [bought, *ROWS[1:]])
    for number in range(FOLDED_DUBS + 1):
        project.film("hello", f"en_guest-number-{number}", ROWS)
    for name in ("normalize", "000000-000049/bake", "de/000000-000049/draft", "de/film"):
        project.timing(f"talk/{name}", 3600)
    shared = results / "talk" / "_shared"
    write_boundaries([Cut.of(50 * n, 50) for n in range(4)], shared / "boundaries.tsv")
    log = "logs/news/pt-BR/000000-000049/draft.log"
    failed = [FailedJob("draft", "news", "pt-BR", "000000-000049", log)]
    unmade = [Unmade("news", "pt-BR", tuple(failed), True), Unmade("late", "de", (), False)]
    rows = rows_on_cuts([refusal("000000-000099")], [OVERRIDE])
    prices = Overview(gpu_price_per_hour=2, hosted_price_per_minute=5, hosted_price_per_run=1.5)
    project.render(prices)  # a run that made all films, so that there is one to compare with
    project.film("talk", "de", ROWS[:3])
    project.render(prices)
    project.render(prices, unmade, unmatched_rows(results, project.films, rows))
    return project


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_it(full: Project, reviewer: Reviewer, theme: str) -> None:
    """With all that can be opened opened, and nothing cut off."""
    reviewer.page.emulate_media(color_scheme=theme)
    reviewer.visit(full.page.as_uri())
    for name in ("Not made", "Rows on cuts that are not there", "Finals and purchases"):
        assert reviewer.page.get_by_text(name, exact=True).first.is_visible()
    assert reviewer.page.locator("details.folded").count() == 1
    reviewer.open_all()
    assert reviewer.violations_at_widths() == []


PLOTTED_WORDS = """[...document.querySelectorAll("figure svg text")].map((word) => {
  const box = word.getBoundingClientRect(), room = word.closest("svg").getBoundingClientRect();
  const isIn = box.left >= room.left - 0.5 && box.right <= room.right + 0.5;
  const {a, b} = word.getScreenCTM(); // a word may be turned
  const size = parseFloat(getComputedStyle(word).fontSize) * Math.hypot(a, b);
  return [word.textContent, isIn ? size : 0];
})"""
"""The words of all plots, with their sizes in px; 0: a part of it is out of sight."""


@pytest.mark.parametrize("width", [1440, 320])
def test_the_words_of_plots_are_read_on_a_phone(
    full: Project, reviewer: Reviewer, width: int
) -> None:
    reviewer.page.set_viewport_size({"width": width, "height": 800})
    reviewer.visit(full.page.as_uri())
    reviewer.open_all()
    words = reviewer.page.evaluate(PLOTTED_WORDS)
    assert len(words) > 10
    assert [word for word in words if not 11 <= word[1] <= 18] == []


def test_short_words_beside_notes_stay_whole(full: Project, reviewer: Reviewer) -> None:
    write_json(
        full.folder / "results/talk/de/dub.json",
        {"kind": "made", "notes": [{"code": "new_code", "what": "so much of it " * 30}]},
    )
    full.render()
    reviewer.visit(full.page.as_uri())
    heads = reviewer.page.get_by_role("region", name="Notes on files").locator("thead th")
    assert [head.strip() for head in heads.all_inner_texts()] == ["Film", "Dubs", "About", "Note"]
    line_px, high_px = (
        heads.evaluate_all(f"heads => Math.max(...heads.map((head) => {measure}))")
        for measure in ("parseFloat(getComputedStyle(head).lineHeight)", "head.clientHeight")
    )
    assert high_px < 2 * line_px, "each is one line"


def test_the_theme_is_chosen_as_on_the_review_pages(project: Project, reviewer: Reviewer) -> None:
    project.render()
    reviewer.page.emulate_media(color_scheme="dark")
    reviewer.visit(project.page.as_uri())
    dark = reviewer.background
    reviewer.exchange_themes()
    light = reviewer.background
    assert light != dark
    reviewer.reload()
    assert reviewer.background == light
    reviewer.exchange_themes()
    assert reviewer.background == dark
    reviewer.page.emulate_media(media="print")
    assert reviewer.background == light, "paper is light"
    assert reviewer.errors == []


@pytest.mark.parametrize("is_kept", [True, False])
def test_the_theme_is_exchanged_in_an_unpacked_report(
    project: Project, reviewer: Reviewer, is_kept: bool
) -> None:
    """Pages from disk, whose browser may keep nothing for them."""
    project.render()
    there = project.folder / "report" / "data" / "raw" / "0123456789abcdef" / "overview.html"
    there.parent.mkdir(parents=True)
    shutil.copy(project.page, there)
    if not is_kept:
        reviewer.page.add_init_script(REFUSE_STORAGE)
    reviewer.page.emulate_media(color_scheme="light")
    reviewer.visit(there.as_uri())
    reviewer.exchanges_themes_without_a_flash(there.as_uri(), is_kept)
    assert reviewer.errors == []


def test_a_page_of_no_film(tmp_path: Path) -> None:
    page = Project(tmp_path).render(unmade=[Unmade("talk", "de", (), False)])
    assert page.row("talk")[:2] == ["talk", "German de"]


def test_the_page_stands_alone_and_says_its_plots_in_words(project: Project) -> None:
    project.timing("talk/000000-000049/guard", 1)
    project.render()
    project.film("talk", "de", ROWS[:3])
    page = project.render()
    assert {"link", "img", "iframe"} & set(page.tags) == set()
    links = [a for a in page.addresses if not a.startswith("#")]
    assert links == ["talk/de/review/index.html"]
    assert len(page.figures) == 5 and page.tags.count("svg") == 2
    assert all(len(name) > 40 for name in page.figures)
    ids = re.findall(r' id="([^"]+)"', page.source)
    assert len(ids) == len(set(ids))
    assert "#fe01" not in page.source


def test_names_with_html_in_them_show_as_text(project: Project) -> None:
    reason, name = "<b>&amp$x_2$", "<i>&lt$x_2$"
    project.film(name, "de", [row(0, "fail", gate_reasons=f"{reason}=1")])
    page = project.render()
    assert page.row(reason.replace("_", " "))[1] == "gate"
    assert page.row(name)[1] == "German de"
    assert "&lt;i&gt;&amp;lt$x_2$ · de</span>" in page.source
    assert {"b", "i"} & set(page.tags) == set()


def test_the_same_files_are_the_same_page(project: Project) -> None:
    project.timing("talk/de/film", 2)
    project.render()
    first = project.page.read_bytes()
    project.render()
    assert project.page.read_bytes() == first


def test_a_run_that_changes_nothing_adds_nothing_to_the_history(project: Project) -> None:
    project.render()
    project.timing("talk/de/film", 2)
    project.render()
    assert project.history() == ["000001.json"]
    project.film("talk", "de", [ROWS[0], *ROWS[2:]])
    project.render()
    project.film("talk", "de", ROWS)
    page = project.render()
    assert project.history() == ["000001.json", "000002.json", "000003.json"]
    assert [page.row(run)[3] for run in ("3", "2", "1")] == ["4", "3", "4"]


def test_what_is_delivered_is_counted_with_who_decided(project: Project) -> None:
    cuts = [
        row(0, gate="pass", action="lipsync"),
        row(50, gate="review", action="lipsync"),
        row(100, gate="fail", action="lipsync", decision="approve"),
        row(150, gate="pass", action="passthrough", decision="passthrough"),
        row(200, gate="fail", action="passthrough"),
        row(250, gate="none", action="passthrough"),
        row(300, gate="none", action="passthrough", fault="bake: Fault: no memory"),
    ]
    project.film("talk", "de", cuts)
    page = project.render()
    found = {title: page.row(title)[1] for title in OUTCOMES.values()}
    assert found == dict.fromkeys(OUTCOMES.values(), "1")


def test_missing_timings_are_shown_as_missing(project: Project) -> None:
    assert "No timings are there" in project.render().text
    project.timing("talk/normalize", 8)
    project.timing("talk/de/000000-000049/draft", 6)
    for first in (50, 100):
        project.log(f"talk/de/{first:06d}-{first + 49:06d}/draft")
    page = project.render(Overview(gpu_price_per_hour=1))
    assert page.row("draft") == ["draft", "3", "1", "6.0", "1.50", "6.0"], "one is passed through"
    assert page.row("normalize") == ["normalize", "1", "1", "8.0", "2.00", "0.0"]
    assert page.text.count("2 jobs have no timing") == 2
    assert page.row("talk")[-3:] == ["1.5 2 untimed", "1.5", "–"]


def test_a_stage_that_not_all_cuts_ask_for_misses_no_timings(project: Project) -> None:
    project.timing("talk/de/000000-000049/enhance", 6)
    page = project.render(Overview(gpu_price_per_hour=1))
    assert page.row("enhance")[:4] == ["enhance", "1", "1", "6.0"]
    assert "no timing" not in page.text and "untimed" not in page.text


def test_a_dub_that_is_given_misses_no_timings_of_one_that_is_made(project: Project) -> None:
    """The overview once said that 12 jobs of the demo's given dub had no timing."""
    project.film("talk", "fr", ROWS)
    for stage in ("speak", "heard", "mix", "film"):
        project.timing(f"talk/de/{stage}", 2)
        project.log(f"talk/de/{stage}")
    project.timing("talk/fr/film", 2)
    page = project.render()
    assert page.row("speak")[:3] == ["speak", "1", "1"]
    assert "no timing" not in page.text and "untimed" not in page.text


def test_what_a_looped_film_shows_again_was_done_on_the_cuts_of_its_video(
    project: Project,
) -> None:
    """Its cuts have names of their own; jobs on the video's were not counted at all."""
    source = Cut.of(0, 50)
    results = project.folder / "results" / "hello"
    project.film("hello", "en", [row(50 * n) for n in range(3)])
    write_boundaries([source, Cut.of(50, 50)], results / "_shared" / "boundaries.tsv")
    write_loop(pieces([source], 150), results / "en" / "loop.tsv")
    project.timing("hello/000000-000049/guard", 3)
    project.timing("hello/000050-000099/guard", 3)  # of a cut that the film does not show
    project.timing("hello/000000-000049/bake", 4)
    for first in (0, 50, 100):
        project.timing(f"hello/en/{first:06d}-{first + 49:06d}/draft", 2)
    page = project.render()
    assert page.row("guard")[1:4] == ["2", "2", "6.0"]
    assert page.row("bake")[1:] == ["1", "1", "4.0", "0.57", "4.0"], "seven cuts; one GPU"
    assert page.row("draft")[1:4] == ["3", "3", "6.0"]
    assert "untimed" not in page.text


@pytest.mark.parametrize(
    ("engine", "held", "gpu_s"), [("preview", 1, "6.0"), ("musetalk", 0, "0.0")]
)
def test_an_enhancement_holds_its_own_gpus(
    project: Project, engine: str, held: int, gpu_s: str
) -> None:
    project.film("talk", "de", [row(0, engine=engine)])
    project.timing("talk/de/000000-000049/enhance", 6)
    project.enhance_gpus = held
    assert project.render().row("enhance")[5] == gpu_s


def test_finals_and_purchases_are_counted(project: Project) -> None:
    assert "Finals and purchases" not in project.render().text
    taken = row(0, engine="preview", final="musetalk", price_usd="0.25")
    worse = row(50, engine="preview", final="reverted musetalk")
    project.film("talk", "de", [taken, worse])
    project.timing("talk/000000-000049/bake_final", 4)
    project.timing("talk/de/000000-000049/draft_final", 6)
    page = project.render()
    assert "Finals and purchases" in page.text
    assert ["talk", "German de", "1", "1", "0", "1", "0.25"] in page.rows
    assert page.row("draft_final")[5] == "6.0", "of the final engine's GPU"
    assert page.row("bake_final")[5] == "4.0"


def test_the_break_even(project: Project) -> None:
    assert "are not configured" in project.render().text
    project.timing("talk/000000-000049/bake", 3600)
    for at in (0, 50, 100, 150):
        project.timing(f"talk/de/{at:06d}-{at + 49:06d}/draft", 36)
    prices = Overview(gpu_price_per_hour=2, hosted_price_per_minute=5, currency="$")
    page = project.render(prices)
    assert page.row("What all languages share, paid once")[1] == "2.00 $"
    assert page.row("The languages' own")[1] == "0.08 $"
    # 2 $ once; a minute of film is 7.5 times these 8 s, so adds 0.60 $ and saves 4.40 $
    assert "from 0.5 finished minutes on" in " ".join(page.text.split())
    dear = prices.model_copy(update={"hosted_price_per_minute": 0.5})
    assert "there is no break-even" in project.render(dear).text


def test_the_break_even_by_the_run(project: Project) -> None:
    project.film("talk", "fr", ROWS)
    project.timing("talk/000000-000049/bake", 3600)
    for at in (0, 50, 100, 150):
        for language in ("de", "fr"):
            project.timing(f"talk/{language}/{at:06d}-{at + 49:06d}/draft", 450)
    prices = Overview(gpu_price_per_hour=2, hosted_price_per_run=1.5, currency="$")
    page = project.render(prices)
    text = " ".join(page.text.split())
    # 2 $ once; a film in a language adds 4 times 0.25 $, and saves 0.50 $
    assert "cheaper from 4 runs on; 2 are finished" in text
    assert "minutes on" not in text
    assert page.row("A run: a film in a language")[1] == "2.00 $"
    assert page.row("A run of the hosted service")[1] == "1.50 $"
    assert page.row("As many runs, there")[1] == "3.00 $"
    cheap = prices.model_copy(update={"hosted_price_per_run": 1})
    assert "by the run, there is no break-even" in " ".join(project.render(cheap).text.split())


def test_no_two_regions_bear_one_name(project: Project) -> None:
    project.film("talk", "fr", ROWS)
    project.render()  # a run that made all films, so that there is one to compare with
    page = project.render(Overview(gpu_price_per_hour=1), [Unmade("news", "de", (), False)])
    titles = dict(re.findall(r'<h2 id="([^"]+)">([^<]+)</h2>', page.source))
    named = re.findall(r"<(?:section|div)\b[^>]*\baria-label(ledby)?=\"([^\"]+)\"", page.source)
    names = [titles[name] if by else name for by, name in named]
    assert len(names) == len(set(names)) == 13, sorted(names)


def test_many_films_leave_the_page_readable(project: Project) -> None:
    for number in range(40):
        project.film(f"film{number}", "de", ROWS)
    page = project.render()
    assert len([r for r in page.rows if r[0].startswith("film")]) == 40
    assert "The 30 films with the smallest share" in page.text


def test_timings_by_place_and_stage(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.timing("v/cuts", 3, "5.5")
    project.timing("v/000000-000009/bake", 4, "9")
    project.timing("v/000010-000019/guard", 1, "0.5")
    (tmp_path / "timings/v/000000-000009/guard.tsv").write_text("s\n")
    project.timing("v/999999-999999/guard", 100)  # of a cut that is no more
    project.log("v/000010-000019/bake")
    places = [
        TimingFolder("v", "", ""),
        *(TimingFolder("v", "", c, 2) for c in ("000000-000009", "000010-000019")),
    ]
    timed = read_timings(tmp_path / "timings", places)
    assert by_stage(timed) == {
        "cuts": Timing(1, 1, 3, 5.5, 0),
        "bake": Timing(2, 1, 4, 0, 8),
        "guard": Timing(2, 1, 1, 1, 0),
    }
    assert total(timed) == Timing(5, 3, 8, 6.5, 8)
    assert read_timings(tmp_path / "nowhere", places) == {}


def test_jobs_that_measured_themselves(project: Project) -> None:
    header = "s\tcpu_time\tmax_rss\tgpu_s\tcache\tworker\toutcome\n"
    folder = project.folder / "timings" / "talk" / "de" / "000000-000049"
    folder.mkdir(parents=True)
    (folder / "draft.tsv").write_text(f"{header}2.0\t1.0\t9.0\t4.0\tmiss\tvm-1\tdone\n")
    (folder / "score.tsv").write_text(f"{header}0.5\t0.1\t9.0\t0.0\thit\tvm-1\tdone\n")
    place = TimingFolder("talk", "de", "000000-000049", gpus=1)
    timed = by_stage(read_timings(project.folder / "timings", [place]))
    assert timed == {
        "draft": Timing(1, 1, 2.0, 0, 4.0, misses=1),
        "score": Timing(1, 1, 0.5, 0.5, 0, hits=1),
    }
    assert "1 of 2 results that may be in the cache came from it" in project.render().text


def test_what_it_costs() -> None:
    prices = Overview(
        gpu_price_per_hour=3.6,
        cpu_price_per_hour=0.36,
        hosted_price_per_minute=4,
        hosted_price_per_run=0.7,
    )
    cost = cost_of(
        Timing(1, 1, core_s=10_000),
        Timing(1, 1, core_s=1000, gpu_s=1900),
        minutes=2,
        runs=4,
        prices=prices,
    )
    assert cost == Cost(pytest.approx(1), pytest.approx(2), 2, 4, 4, 0.7)
    assert (cost.per_run, cost.hosted_runs, cost.break_even_runs) == pytest.approx((0.75, 2.8, 5))
    assert (cost.total, cost.per_minute, cost.hosted) == pytest.approx((3, 1.5, 8))
    assert cost.break_even_minutes == pytest.approx(1 / 3)
    # At the break-even both cost the same.
    at = cost.break_even_minutes
    assert cost.shared + cost.language / cost.minutes * at == pytest.approx(4 * at)
    dear, none = Cost(1, 8, 2, 4, 4, 2), Cost(1, 0, 0, 0, 4, 4)
    assert dear.break_even_minutes is dear.break_even_runs is None
    assert none.break_even_minutes is none.break_even_runs is None
    assert (none.per_minute, none.per_run) == (0, 0)
    assert cost_of(Timing(), Timing(), 2, 1, Overview(hosted_price_per_minute=4)) is None


def test_the_history_is_only_added_to(tmp_path: Path) -> None:
    def at(hour: int) -> datetime:
        return datetime(2026, 7, 1, hour, tzinfo=UTC)

    assert read_history(tmp_path / "none") == []
    record(tmp_path, "a", {"cuts": 1}, lambda: at(9))
    before = (tmp_path / "000001.json").read_bytes()
    entries = record(tmp_path, "a", {"cuts": 2}, lambda: at(10))
    assert [e["values"] for e in entries] == [{"cuts": 1}]
    entries = record(tmp_path, "b", {"cuts": 3}, lambda: at(11))
    assert [(e["at"][:13], e["key"]) for e in entries] == [
        ("2026-07-01T09", "a"),
        ("2026-07-01T11", "b"),
    ]
    assert (tmp_path / "000001.json").read_bytes() == before
    assert entries == read_history(tmp_path)
    (tmp_path / ".000003.abc.json").write_text("left by a run that was killed")
    (tmp_path / "000003.json").write_text(json.dumps(["?"]))
    with pytest.raises(Fault, match=r"000003\.json: is not an entry of the history; remove it"):
        read_history(tmp_path)
