"""A link to a cut and a frame, and a page that is open, outlive their server, in a real browser."""

import contextlib
import threading
from collections.abc import Iterator

import pytest
from samples import segment
from test_browser import FRAMES, ROWS, SAVED, write

from mouthpiece.review.decisions import Table
from mouthpiece.review.secret_file import SecretFile
from mouthpiece.review.server import Server
from mouthpiece.review.store import ReviewStore
from ports import free_port

LATE, FRAME = "000150-000199", 160


@pytest.fixture
def store(tmp_path, monkeypatch) -> ReviewStore:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    film = tmp_path / "results" / "film" / "pt-BR"
    (film / "review").mkdir(parents=True)
    write(film / "review", segment(tmp_path / "clip.mp4", FRAMES, size=(160, 128)), ROWS)
    lines = ["\t".join(ROWS[0]), *("\t".join(row.values()) for row in ROWS)]
    (film / "cuts.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ReviewStore(tmp_path / "results", tmp_path / "decisions.tsv")


@contextlib.contextmanager
def started(store: ReviewStore, port: int = 0) -> Iterator[Server]:
    """The server of a project, as the command starts it."""
    with Server(store, port, secret=SecretFile.of(store.results).kept()) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def decided(store: ReviewStore) -> dict[str, str]:
    return {key[2]: said.decision for key, said in Table(store.table).decisions.items()}


def test_a_link_opens_and_an_open_page_saves_after_the_next_start(reviewer, store):
    port = free_port()
    with started(store, port) as server:
        reviewer.visit(f"{server.address}film/pt-BR/#{LATE}@{FRAME}").wait_loaded(2)
        reviewer.press("a")
        reviewer.wait(SAVED)
        link = reviewer.page.url
    with started(store, port):
        reviewer.press("p")
        reviewer.until(lambda: decided(store) == {LATE: "passthrough"}, "saved by the new server")
        reviewer.wait(SAVED)
        reviewer.visit("about:blank").visit(link).wait_loaded(2)
        assert reviewer.chosen == LATE
        assert reviewer.times == pytest.approx([(FRAME - 150 + 0.5) / 25] * 2)


def test_a_link_to_a_cut_that_is_gone_shows_its_frame_and_says_so(reviewer, store):
    astray = reviewer.page.locator("#astray")
    with started(store) as server:
        reviewer.visit(f"{server.address}film/pt-BR/#000140-000219@{FRAME}").wait_loaded(2)
        assert reviewer.chosen == LATE
        assert reviewer.times == pytest.approx([(FRAME - 150 + 0.5) / 25] * 2)
        said = f"This film has no cut 000140-000219: {LATE} shows its frame {FRAME}."
        assert astray.inner_text() == said
        assert reviewer.violations() == []
        reviewer.press("j")
        reviewer.until(astray.is_hidden, "gone with the cut")
        reviewer.page.evaluate("location.hash = '#000900-000999'")
        reviewer.until(astray.is_visible, "said")
        assert astray.inner_text() == "This film has no cut 000900-000999, nor its frame."
        reviewer.page.evaluate(f"location.hash = '#{LATE}'")
        reviewer.until(astray.is_hidden, "gone with an address that leads somewhere")
