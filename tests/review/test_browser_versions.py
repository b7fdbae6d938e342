"""Earlier drafts on the review page: compared with the present one, and restored."""

import json

import pytest
from test_browser import SAVED, at_size, clips  # noqa: F401
from test_browser_apply import LATE, Project, project, says  # noqa: F401

from mouthpiece.review.decisions import Table
from mouthpiece.review.versions import versions_of

OLD, OLDER = "aaaaaaaaaaaa", "bbbbbbbbbbbb"


def keep(project: Project, draft: str, **score: float) -> None:  # noqa: F811
    folder = project.film / "versions" / LATE / draft
    folder.mkdir(parents=True)
    (folder / "draft.zip").touch()
    (folder / "draft.json").write_text(json.dumps({"settings": {"lip_offset_frames": 3}}))
    (folder / "score.json").write_text(json.dumps(score))
    (folder / "clip.mp4").hardlink_to(project.film / "review" / "clips" / "clip.mp4")


@pytest.fixture
def versions(project):  # noqa: F811
    keep(project, OLDER, confidence=0.12)
    keep(project, OLD, confidence=0.31, offset_frames=-4)
    return project


def visit(reviewer, project):  # noqa: F811
    reviewer.visit(project.address).wait_loaded(2)
    reviewer.wait(SAVED)
    reviewer.wait("!document.querySelector('#versions').hidden")


def sources(reviewer):
    return reviewer.page.evaluate(
        "[...document.querySelectorAll('#stage figure[data-side] video')].map(v => v.currentSrc)"
    )


def saved(project):  # noqa: F811
    said = Table(project.server.reviews.table).decisions["film", "pt-BR", LATE]
    return said.decision, said.draft


def test_an_earlier_draft_is_compared_at_the_same_frame_and_restored(reviewer, versions):
    visit(reviewer, versions)
    reviewer.press("f", "f")
    options = reviewer.page.locator("#against option").all_inner_texts()
    assert options[0] == "Original" and len(options) == 3
    assert any("0.31 · lips 4 frames early · lip offset frames 3" in name for name in options)
    reviewer.page.locator("#against").select_option(OLD)
    reviewer.wait_loaded(2)
    assert f"versions/{LATE}/{OLD}.mp4" in sources(reviewer)[0]
    assert reviewer.times == pytest.approx([2.5 / 25] * 2)
    assert reviewer.page.locator("#original-name").inner_text() == "Earlier draft"
    reviewer.press("b", "x")
    assert reviewer.page.locator("figure[data-side=original].behind").count() == 0
    reviewer.page.get_by_role("button", name="Restore this draft").click()
    reviewer.wait(SAVED)
    assert saved(versions) == ("restore", OLD)
    row = reviewer.page.locator(f"tr[data-cut='{LATE}']")
    assert row.locator(".decision").inner_text() == "earlier draft"
    assert row.locator(".outcome").inner_text() == "Draft"
    reviewer.press("Control+z")
    reviewer.wait(SAVED)
    assert Table(versions.server.reviews.table).decisions == {}


def test_keys_go_through_the_drafts_and_back_to_the_original(reviewer, versions):
    visit(reviewer, versions)
    names = []
    for _ in range(3):
        reviewer.press("e")
        names.append(reviewer.page.locator("#against").input_value())
    assert set(names[:2]) == {OLD, OLDER} and names[2] == ""
    assert reviewer.page.locator("#original-name").inner_text() == "Original"
    reviewer.press("y")
    assert reviewer.page.locator("#restore").is_hidden()
    reviewer.press("e", "y")
    reviewer.wait(SAVED)
    assert saved(versions) == ("restore", names[0])
    reviewer.press("j")
    assert reviewer.page.locator("#versions").is_hidden()
    reviewer.press("e", "y", "k")
    assert reviewer.page.locator("#original-name").inner_text() == "Original"


def test_a_note_and_a_remedy_leave_a_draft_that_is_to_be_restored(reviewer, versions):
    visit(reviewer, versions)
    reviewer.page.locator("#against").select_option(OLD)
    reviewer.page.locator("#restore").click()
    reviewer.press("n")
    reviewer.page.keyboard.type("better")
    reviewer.press("Escape", ".")
    reviewer.wait(SAVED)
    assert saved(versions) == ("restore", OLD)
    hint = reviewer.page.locator("#remedy-hint").inner_text()
    assert hint.startswith("The earlier draft is delivered as it was kept")
    row = reviewer.page.locator(f"tr[data-cut='{LATE}']")
    assert row.locator(".outcome").inner_text() == "Draft"
    reviewer.press("u")
    assert row.locator(".outcome").inner_text() == "Drawn again"


def test_a_draft_that_is_dropped_meanwhile_is_said_and_not_saved(reviewer, versions):
    visit(reviewer, versions)
    reviewer.press("e")
    chosen = reviewer.page.locator("#against").input_value()
    for one in versions_of(versions.film, LATE):
        (one.folder / "draft.zip").unlink()
    reviewer.press("y")
    reviewer.wait("/not kept any more/.test(document.querySelector('#saving').textContent)")
    assert chosen in (OLD, OLDER)
    assert "not kept any more" in reviewer.page.locator("#hint").inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_earlier_drafts(reviewer, versions, theme):
    reviewer.page.emulate_media(color_scheme=theme)
    visit(reviewer, versions)
    reviewer.press("e")
    assert reviewer.violations() == []
    reviewer.press("y")
    reviewer.wait(SAVED)
    assert reviewer.violations() == []


@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_shows_them_without_scrolling_sideways(at_size, versions, width):  # noqa: F811
    reviewer = at_size(width, 800)
    visit(reviewer, versions)
    reviewer.page.locator("#against").select_option(OLD)
    assert reviewer.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_an_earlier_draft_is_named_in_context_too(reviewer, versions):
    visit(reviewer, versions)
    name = reviewer.page.locator("#context-name")
    reviewer.press("e", "i", "x")
    name.get_by_text("In context, with the earlier draft").wait_for()
    reviewer.press("j", "k", "i", "x")
    name.get_by_text("In context, with the original").wait_for()
