"""The review server: what it answers, what it refuses, and what it writes."""

import contextlib
import http.client
import json
import logging
import re
import shutil
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from samples import cut_row

from mouthpiece.config.guard import Guard
from mouthpiece.core.cut_table import CutRow, write_rows
from mouthpiece.project.gate import Gate
from mouthpiece.review import decisions, local_handler
from mouthpiece.review.cut_decision import revision
from mouthpiece.review.decisions import VALUES, Table
from mouthpiece.review.film_index import film_index
from mouthpiece.review.local_handler import MAX_BODY
from mouthpiece.review.page import Film, write_page
from mouthpiece.review.server import Server
from mouthpiece.review.store import ReviewStore, open_reviews
from mouthpiece.review.thresholds import Thresholds
from ports import free_port
from waiting import LIMIT_S, wait_until

DRAFT = "0123456789ab"
CUT = "000000-000049"
BLANK = {**dict.fromkeys(VALUES, ""), "draft": DRAFT}
CLIP = bytes(range(256)) * 4


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A film with two cuts, its page and a clip; and a secret beside them."""
    film = tmp_path / "results" / "v" / "pt-BR"
    (film / "review" / "clips").mkdir(parents=True)
    rows = [cut_row(0, 50, "fail", engine="musetalk"), cut_row(50, 50, "pass", action="lipsync")]
    typed = [{**r, "first_frame": int(r["first_frame"]), "frames": int(r["frames"])} for r in rows]
    write_rows([CutRow(**row) for row in typed], film / "cuts.tsv")
    thresholds = Thresholds.of(Guard(), Gate())
    write_page(film / "review", Film("v", "pt-BR", Fraction(25)), rows, thresholds, {})
    (film / "review" / "clips" / "a b.mp4").write_bytes(CLIP)
    (tmp_path / "results" / "secret.mp4").write_text("secret")
    return tmp_path / "results"


@dataclass
class Reply:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def answer_to_one(reply: Reply) -> Reply:
    """The answer to the only row of a request, as if it were one by itself."""
    if reply.status != 200:
        return reply
    (answer,) = json.loads(reply.body)
    return Reply(answer.pop("status"), json.dumps(answer).encode(), reply.headers)


class Client:
    """Speaks to a server as a browser would, or as none would."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.root = f"/{server.secret}"
        self.own = {
            "Origin": f"http://{server.netloc}",
            "X-Mouthpiece-Token": server.write_token,
            "Content-Type": "application/json",
        }

    def ask(self, method: str, path: str, body=None, headers=None) -> Reply:
        connection = http.client.HTTPConnection(*self.server.server_address, timeout=LIMIT_S)
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        reply = Reply(response.status, response.read(), dict(response.getheaders()))
        connection.close()
        return reply

    def get(self, path: str, **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("GET", self.root + path, headers=named)

    def known(self, cut: str = CUT) -> dict[str, str]:
        """What is to be sent along of a cut by who has just looked at it."""
        return {
            "cut": cut,
            "revision": revision(self.server.reviews.decisions("v", "pt-BR").get(cut)),
        }

    def post(self, said=None, path: str = "/v/pt-BR/decisions", **changed: str | None) -> Reply:
        """Say something of a cut; a header changed to None is not sent."""
        named = {name.replace("_", "-"): value for name, value in changed.items()}
        headers = {
            name: value for name, value in {**self.own, **named}.items() if value is not None
        }
        path = self.root + path
        if isinstance(said, bytes):
            return self.ask("POST", path, said, headers)
        said = said or {}
        seen = {} if "revision" in said else self.known(said.get("cut", CUT))
        row = {"cut": CUT, **seen, **BLANK, **said}
        return answer_to_one(self.ask("POST", path, json.dumps([row]), headers))


@pytest.fixture
def client(results: Path, tmp_path: Path):
    server = Server(ReviewStore(results, tmp_path / "decisions.tsv"))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Client(server)
    server.shutdown()
    server.server_close()
    thread.join()


def said(tmp_path: Path) -> dict[str, dict[str, str]]:
    decisions = Table(tmp_path / "decisions.tsv").decisions
    return {cut: timeless(d.values) for (_, _, cut), d in decisions.items()}


def timeless(values: dict[str, str]) -> dict[str, str]:
    """What was said, without when, which the server writes."""
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", values["time"])
    return {name: value for name, value in values.items() if name != "time"}


def test_it_listens_on_this_machine_only(client: Client) -> None:
    assert client.server.server_address[0] == "127.0.0.1"
    assert client.server.socket.family == socket.AF_INET


def test_the_address_holds_the_secret_and_no_cookie_is_set(client: Client) -> None:
    server = client.server
    assert len(server.secret) >= 32 and len(server.write_token) >= 32
    assert server.secret != server.write_token
    assert server.address == f"http://{server.netloc}/{server.secret}/"
    for path in ("/", "/v/pt-BR/", "/v/pt-BR/decisions", "/v/pt-BR/clips/a%20b.mp4"):
        reply = client.get(path)
        assert reply.status == 200 and "Set-Cookie" not in reply.headers
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert reply.headers["Cache-Control"] == "no-store"
    bare = client.ask("GET", f"/{server.secret}")
    assert (bare.status, bare.headers["Location"]) == (308, f"/{server.secret}/")


def test_the_write_token_is_in_no_page_and_no_address(client: Client) -> None:
    for path in ("/", "/v/pt-BR/"):
        assert client.server.write_token.encode() not in client.get(path).body
    told = json.loads(client.get("/v/pt-BR/decisions").body)
    assert told["token"] == client.server.write_token


def test_the_index_lists_the_films(client: Client, tmp_path: Path) -> None:
    index = client.get("/").body.decode()
    assert '<a href="v/pt-BR/">v</a>' in index and "0 of 1" in index
    assert str(tmp_path / "decisions.tsv") in index
    assert client.post({"decision": "approve"}).status == 200
    assert "1 of 1" in client.get("/").body.decode()


def test_the_index_names_languages_shows_pictures_and_leads_to_the_film(
    client: Client, results: Path
) -> None:
    index = client.get("/").body.decode()
    assert "Portuguese (Brazil)" in index and "<img" not in index and "#film" not in index
    clips = results / "v" / "pt-BR" / "review" / "clips"
    clips.mkdir(exist_ok=True)
    for name in ("000050-000099.jpg", "film.mp4"):
        (clips / name).write_bytes(b"x")
    index = client.get("/").body.decode()
    assert 'src="v/pt-BR/clips/000050-000099.jpg"' in index and 'href="v/pt-BR/#film"' in index


def test_the_index_says_which_films_are_not_made_and_why(results: Path, tmp_path: Path) -> None:
    log = results.parent / "logs" / "v" / "fr" / "dub.log"
    log.parent.mkdir(parents=True)
    said = "2026-11-28 00:00:00,000 ERROR mouthpiece.core.jobs: the dub is silent\n"
    log.write_text(said, encoding="utf-8")
    known = {("v", "pt-BR"), ("v", "fr"), ("w", "de")}
    index = film_index(ReviewStore(results, tmp_path / "decisions.tsv", known))
    rows = [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in index.split("<tr>")]
    assert "v French fr the dub is silent logs/v/fr/dub.log" in rows
    assert any(row.startswith("w German de no job has failed") for row in rows)
    assert 'href="logs/v/fr/dub.log"' in index


def test_a_log_that_the_index_names_is_served_and_no_other(
    client: Client, results: Path, tmp_path: Path
) -> None:
    logs = results.parent / "logs" / "v" / "fr"
    logs.mkdir(parents=True)
    said = "2026-11-28 00:00:00,000 ERROR mouthpiece.core.jobs: the dub is silent\n"
    (logs / "dub.log").write_text(said, encoding="utf-8")
    (logs / "other.log").write_text("nothing went wrong\n", encoding="utf-8")
    client.server.reviews = replace(client.server.reviews, known={("v", "pt-BR"), ("v", "fr")})
    reply = client.get("/logs/v/fr/dub.log")
    assert (reply.status, reply.body.decode()) == (200, said)
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    for other in ("/logs/v/fr/other.log", "/logs/v/fr/../fr/dub.log", "/logs/v/fr/dub.txt"):
        assert client.get(other).status == 404, other
    elsewhere = tmp_path / "elsewhere.log"
    (logs / "dub.log").rename(elsewhere)
    (logs / "dub.log").symlink_to(elsewhere)
    assert client.get("/logs/v/fr/dub.log").status == 404, "a link out is not followed"


def test_many_dubs_of_a_video_are_one_line_of_the_index(results: Path, tmp_path: Path) -> None:
    film = results / "v" / "pt-BR"
    for number in range(9):
        shutil.copytree(film, results / "hello" / f"en_guest{number}")
    index = film_index(ReviewStore(results, tmp_path / "decisions.tsv"))
    folded = index[index.index("<details") :]
    assert " ".join(re.sub("<[^>]+>", " ", folded).split()).startswith("hello 9 dubs, ")
    assert folded.count('href="hello/en_guest') == 9
    assert "English · guest0" in folded and 'href="v/pt-BR/"' not in folded


def test_what_is_not_judged_is_not_queued(results: Path, tmp_path: Path) -> None:
    table = results / "v" / "pt-BR" / "cuts.tsv"
    table.write_text(table.read_text().replace("\tfail\t", "\tunjudged\t"))
    state = ReviewStore(results, tmp_path / "decisions.tsv").state("v", "pt-BR")
    assert state["verdicts"]["unjudged"] == 1 and state["to_review"] == 0


def test_the_table_is_parsed_once_for_all_that_is_asked(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = []
    parse = decisions.decision_rows
    monkeypatch.setattr(decisions, "decision_rows", lambda *given: reads.append(1) or parse(*given))
    for _ in range(3):
        assert client.post({"decision": "approve"}).status == 200
        assert client.post().status == 200
        assert client.get("/v/pt-BR/decisions").status == client.get("/").status == 200
    assert len(reads) == 1


def test_a_page_and_its_clips_are_served(client: Client) -> None:
    page = client.get("/v/pt-BR/")
    assert page.status == 200 and b"v \xc2\xb7 pt-BR" in page.body
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert client.get("/v/pt-BR/index.html").body == page.body
    clip = client.get("/v/pt-BR/clips/a%20b.mp4")
    assert (clip.body, clip.headers["Content-Type"]) == (CLIP, "video/mp4")
    for reply in (page, clip):
        assert "connect-src 'self'" in reply.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in reply.headers["Content-Security-Policy"]
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in reply.headers
    head = client.ask("HEAD", f"{client.root}/v/pt-BR/clips/a%20b.mp4")
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", "1024")


@pytest.mark.parametrize(
    ("asked", "status", "body", "place"),
    [
        ("bytes=0-9", 206, CLIP[:10], "bytes 0-9/1024"),
        ("bytes=1000-", 206, CLIP[1000:], "bytes 1000-1023/1024"),
        ("bytes=1000-9999", 206, CLIP[1000:], "bytes 1000-1023/1024"),
        ("bytes=-24", 206, CLIP[-24:], "bytes 1000-1023/1024"),
        ("bytes=-9999", 206, CLIP, "bytes 0-1023/1024"),
        ("bytes=1024-", 416, b"", "bytes */1024"),
        ("bytes=-0", 416, b"", "bytes */1024"),
        ("bytes=9-3", 416, b"", "bytes */1024"),
        ("bytes=-", 200, CLIP, None),
        ("bytes=0-1,5-6", 200, CLIP, None),
        ("lines=1-2", 200, CLIP, None),
    ],
)
def test_ranges(client: Client, asked: str, status: int, body: bytes, place: str | None) -> None:
    reply = client.get("/v/pt-BR/clips/a%20b.mp4", Range=asked)
    assert (reply.status, reply.body) == (status, body)
    assert reply.headers.get("Content-Range") == place


@pytest.mark.parametrize("path", ["/", "/v/pt-BR/", "/v/pt-BR/decisions", "/no", ""])
@pytest.mark.parametrize(
    "root", ["", "/wrong", "/{secret}x", "/{half}", "/x/../{secret}", "/?{secret}", "/%00"]
)
def test_who_does_not_know_the_secret_finds_nothing(client: Client, path: str, root: str) -> None:
    secret = client.server.secret
    address = root.format(secret=secret, half=secret[:20]) + path or "/"
    cookie = {"Cookie": f"mouthpiece-{client.server.server_port}={secret}; token={secret}"}
    for method, headers in (("GET", cookie), ("HEAD", {}), ("POST", client.own)):
        reply = client.ask(method, address, headers=headers)
        assert reply.status == 404, (method, address)
        assert b"pt-BR" not in reply.body
        assert secret not in str(reply.headers) + reply.body.decode()


SAME, CROSS = {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "cross-site"}
PORT = {"Sec-Fetch-Site": "same-site"}
"""What a browser says of a page of another port of this host."""


def test_a_page_elsewhere_cannot_read_even_with_the_secret(client: Client) -> None:
    link = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    frame = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
    media = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "video"}
    script = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}
    for path in ("/", "/v/pt-BR/", "/v/pt-BR/decisions", "/v/pt-BR/clips/a%20b.mp4"):
        for elsewhere in (PORT, CROSS):
            for how in ({}, frame, media, script):
                reply = client.get(path, **elsewhere, **how)
                assert reply.status == 403 and client.server.write_token.encode() not in reply.body
            assert client.get(path, **elsewhere, **link).status == 200, "a link may lead here"
        for own in (SAME, {"Sec-Fetch-Site": "none"}):
            assert client.get(path, **own).status == 200


@pytest.mark.parametrize("site", ["same-site", "cross-site", "none", "x"])
def test_a_page_elsewhere_may_not_write(client: Client, tmp_path: Path, site: str) -> None:
    link = {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    assert client.post({"decision": "approve"}, Sec_Fetch_Site=site, **link).status == 403
    assert said(tmp_path) == {}
    assert client.post({"decision": "approve"}, Sec_Fetch_Site="same-origin").status == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost:{port}", "127.0.0.1", "127.0.0.1:1"])
def test_another_host_is_refused(client: Client, host: str) -> None:
    named = {"Host": host.format(port=client.server.server_port)}
    assert client.get("/", **named).status == 403
    assert client.post({"decision": "approve"}, **named).status == 403


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:{port}", "http://127.0.0.1", None]
)
def test_another_origin_may_not_write(client: Client, tmp_path: Path, origin: str | None) -> None:
    named = origin and origin.format(port=client.server.server_port)
    assert client.post({"decision": "approve"}, Origin=named).status == 403
    assert said(tmp_path) == {}
    if named:
        assert client.get("/v/pt-BR/decisions", Origin=named).status == 403
    decisions = f"{client.root}/v/pt-BR/decisions"
    assert client.ask("OPTIONS", decisions, headers=client.own).status == 501


@pytest.mark.parametrize("token", ["wrong", "", None, "\xff", "{secret}"])
def test_a_wrong_token_may_not_write(client: Client, tmp_path: Path, token: str | None) -> None:
    token = token and token.format(secret=client.server.secret)
    reply = client.post({"decision": "approve"}, X_Mouthpiece_Token=token)
    assert reply.status == 403
    assert said(tmp_path) == {}


@pytest.mark.parametrize(
    "path",
    [
        "/v/pt-BR/../../secret.mp4",
        "/v/pt-BR/clips/../index.html",
        "/v/pt-BR/clips/..",
        "/v/pt-BR/clips/%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2fsecret.mp4",
        "/v/pt-BR/clips/..%5c..%5csecret.mp4",
        "/v/pt-BR/clips/%00",
        "/v/pt-BR/clips/",
        "/v/pt-BR/clips",
        "/v/pt-BR/cuts.tsv",
        "/v/_shared/",
        "/../results/secret.mp4",
        "//etc/passwd",
        "/v/pt-BR/clips//etc/passwd",
        "/w/pt-BR/",
        "/v/pt-BR/clips/none.mp4",
        f"/v/pt-BR/clips/{'x' * 300}.mp4",
        f"/v/pt-BR/clips/{'x' * 5000}.mp4",
        "/v/pt-BR/clips/%F0%9F%8E%AC.mp4",
    ],
)
def test_a_path_outside_is_not_there(client: Client, path: str) -> None:
    reply = client.get(path)
    assert reply.status == 404
    assert b"secret" not in reply.body


def test_a_link_out_is_not_followed(client: Client, results: Path, tmp_path: Path) -> None:
    clips = results / "v" / "pt-BR" / "review" / "clips"
    (clips / "out.mp4").symlink_to(results / "secret.mp4")
    (clips / "in.mp4").symlink_to("a b.mp4")
    assert client.get("/v/pt-BR/clips/out.mp4").status == 404
    assert client.get("/v/pt-BR/clips/in.mp4").body == CLIP
    elsewhere = tmp_path / "elsewhere"
    (results / "v" / "pt-BR" / "review").rename(elsewhere)
    (results / "v" / "pt-BR" / "review").symlink_to(elsewhere)
    assert client.get("/v/pt-BR/").status == 404
    assert client.get("/v/pt-BR/clips/a%20b.mp4").status == 404


def test_a_results_folder_may_itself_be_a_link(results: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(results)
    reviews = ReviewStore(tmp_path / "link", tmp_path / "decisions.tsv")
    assert reviews.file("v", "pt-BR", "index.html").is_file()


def test_what_is_said_is_in_the_table_and_taken_out_again(client: Client, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>\tand\n\u2028lines \ud800"
    first = {"decision": "retry", "preset": "jaw_seam", "tier": "final", "note": evil}
    reply = client.post(first)
    assert reply.status == 200
    clean = {**BLANK, **first, "note": "<script>alert(1)</script> and lines"}
    named = {**clean, "revision": client.known()["revision"]}
    assert timeless(json.loads(reply.body)["saved"]) == named
    assert said(tmp_path) == {CUT: clean}
    known = json.loads(client.get("/v/pt-BR/decisions").body)["decisions"]
    assert {cut: timeless(row) for cut, row in known.items()} == {CUT: named}
    assert client.post({"decision": "approve"}).status == 200
    assert said(tmp_path) == {CUT: {**BLANK, "decision": "approve"}}
    assert client.post().status == 200
    assert said(tmp_path) == {}


def test_a_word_said_without_knowing_anothers_is_refused(client: Client, tmp_path: Path) -> None:
    """Two reviewers have the page open; the second has not seen what the first has saved."""
    assert client.post({"decision": "approve", "note": "first", "revision": ""}).status == 200
    late = client.post({"decision": "passthrough", "revision": ""})
    assert late.status == 409
    answer = json.loads(late.body)
    assert timeless(answer["now"]) == {**BLANK, "decision": "approve", "note": "first"} | {
        "revision": client.known()["revision"]
    }
    assert "somebody else" in answer["why"]
    assert said(tmp_path)[CUT]["decision"] == "approve"

    again = client.post({"decision": "approve", "note": "first", "revision": ""})
    assert again.status == 200, "the same word is no conflict"
    seen = answer["now"]["revision"]
    assert client.post({"decision": "passthrough", "revision": seen}).status == 200
    assert said(tmp_path)[CUT]["decision"] == "passthrough"

    assert client.post({"revision": seen}).status == 409, "nor is a word taken back unseen"
    assert client.post().status == 200 and said(tmp_path) == {}
    gone = client.post({"decision": "approve", "revision": seen})
    assert gone.status == 409 and json.loads(gone.body)["now"] is None
    assert client.post({"revision": seen}).status == 200, "both say nothing"


def test_rows_of_one_request_are_saved_at_once_and_refused_one_by_one(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes = []
    write = Table.write
    monkeypatch.setattr(Table, "write", lambda table: writes.append(1) or write(table))
    other, none = "000050-000099", "000100-000149"
    assert client.post({"decision": "approve", "cut": other}).status == 200
    wanted = [
        {"cut": CUT, "decision": "passthrough"},
        {"cut": other, "decision": "passthrough"},
        {"cut": none, "decision": "approve"},
        {"cut": CUT, "decision": "maybe", "revision": "stale"},
    ]
    rows = [{"revision": "", **BLANK, **row} for row in wanted]
    reply = client.ask("POST", f"{client.root}/v/pt-BR/decisions", json.dumps(rows), client.own)
    answers = json.loads(reply.body)
    assert [answer["status"] for answer in answers] == [200, 409, 404, 409]
    assert answers[0]["saved"]["decision"] == "passthrough"
    assert answers[1]["now"]["decision"] == "approve" and "why" in answers[2]
    assert {cut: row["decision"] for cut, row in said(tmp_path).items()} == {
        CUT: "passthrough",
        other: "approve",
    }
    assert len(writes) == 2


def test_of_words_said_at_once_one_is_saved(client: Client, tmp_path: Path) -> None:
    notes = [f"reviewer {n}" for n in range(8)]
    with ThreadPoolExecutor(8) as threads:
        said_at_once = [{"note": note, "revision": ""} for note in notes]
        statuses = [reply.status for reply in threads.map(client.post, said_at_once)]
    assert sorted(statuses) == [200] + [409] * 7
    assert said(tmp_path)[CUT]["note"] == notes[statuses.index(200)]


def test_rows_of_others_stay(client: Client, tmp_path: Path) -> None:
    table = tmp_path / "decisions.tsv"
    table.write_text("# by hand\nvideo\tlanguage\tcut\tdecision\nw\tde\t000000-000009\tapprove\n")
    assert client.post({"decision": "passthrough"}).status == 200
    when = Table(table).decisions["v", "pt-BR", CUT].time
    assert table.read_text() == (
        "# by hand\n"
        "video\tlanguage\tcut\tdecision\tdraft\ttime\n"
        "w\tde\t000000-000009\tapprove\n"
        f"v\tpt-BR\t{CUT}\tpassthrough\t{DRAFT}\t{when}\n"
    )
    assert list(json.loads(client.get("/v/pt-BR/decisions").body)["decisions"]) == [CUT]


@pytest.mark.parametrize(
    ("changed", "status", "message"),
    [
        ({"cut": "000000-000050"}, 404, "there is no cut '000000-000050'"),
        ({"cut": "../x"}, 404, "there is no cut"),
        ({"decision": "approve", "draft": "ffffffffffff"}, 409, "another draft by now"),
        ({"decision": "approve", "draft": ""}, 409, "another draft by now"),
        ({"decision": "retry"}, 409, "column preset: is missing"),
        ({"decision": "maybe"}, 409, "'maybe' is not allowed"),
        ({"preset": "no_such"}, 422, "the engine musetalk has no preset 'no_such'"),
        ({"tier": "gold"}, 409, "expected final"),
        ({"note": "x" * 2001}, 409, "column note"),
        ({"video": "w"}, 422, "wanted an object of cut, decision"),
        ({"note": 7}, 422, "wanted text"),
        ({"revision": None}, 422, "wanted text"),
        ({"note": None}, 422, "wanted text"),
    ],
)
def test_what_cannot_be_is_refused(
    client: Client, tmp_path: Path, changed: dict, status: int, message: str
) -> None:
    reply = client.post(changed)
    assert (reply.status, message in reply.body.decode()) == (status, True), reply.body
    assert said(tmp_path) == {}


def test_a_refusal_does_not_repeat_all_that_was_sent(client: Client) -> None:
    for changed in ({"note": "x" * 10_240}, {"preset": "x" * 10_240}, {"cut": "x" * 10_240}):
        reply = client.post(changed)
        assert reply.status in (404, 409, 422) and len(reply.body) < 500, changed.keys()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff", b"[" * 60_000, b"{}", b"[{}]"])
def test_what_is_no_request_is_refused(client: Client, tmp_path: Path, body: bytes) -> None:
    assert client.post(body).status in (400, 422)
    assert said(tmp_path) == {}


def test_a_body_of_another_kind_or_size_is_refused(client: Client, tmp_path: Path) -> None:
    word = {"decision": "approve"}
    assert client.post(word, Content_Type="text/plain").status == 415
    assert client.post(word, Content_Type=None).status == 415
    assert client.post(word, Content_Type="application/json; charset=utf-8").status == 200
    padded = json.dumps([{**client.known(), **BLANK, "decision": "passthrough"}]).encode()
    assert client.post(padded.ljust(MAX_BODY)).status == 200
    assert client.post(padded.ljust(MAX_BODY + 1)).status == 413
    assert client.post(b"", Content_Length="99999999999").status == 413
    assert client.post(b"", Content_Length="-1").status == 411
    assert client.post(b"", Transfer_Encoding="chunked").status == 411
    assert said(tmp_path)[CUT]["decision"] == "passthrough"


def test_a_refused_body_is_not_taken_for_a_request(client: Client, tmp_path: Path) -> None:
    body = json.dumps({**client.known(), **BLANK, "decision": "approve"})
    lines = [f"{name}: {value}" for name, value in client.own.items()]
    hidden = "\r\n".join(
        [f"POST {client.root}/v/pt-BR/decisions HTTP/1.1", f"Host: {client.server.netloc}", *lines]
        + [f"Content-Length: {len(body)}", "", body]
    ).encode()
    reply = client.post(hidden, X_Mouthpiece_Token="wrong")
    assert (reply.status, reply.headers["Connection"]) == (403, "close")
    assert said(tmp_path) == {}


def test_an_address_that_is_none_is_refused(client: Client) -> None:
    named = "\r\n".join(f"{k}: {v}" for k, v in client.own.items())
    for method in ("GET", "POST"):
        request = f"{method} http://[x HTTP/1.1\r\nHost: {client.server.netloc}\r\n{named}\r\n\r\n"
        with socket.create_connection(client.server.server_address) as connection:
            connection.sendall(request.encode())
            assert connection.recv(1000).startswith(b"HTTP/1.1 404 ")


def ends_with(connection: socket.socket, answer: bytes) -> bool:
    """Send one more byte; whether the server has ended the connection, with such an answer."""
    received = b""
    try:
        connection.sendall(b"x")
        received = connection.recv(1000)
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    assert received[:13] == answer
    return True


def test_a_request_that_comes_slowly_or_not_at_all_is_ended(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A timeout that begins again with each byte would never end this one."""
    read_body = local_handler.LocalHandler.body

    def body(handler: local_handler.LocalHandler) -> bytes:
        handler._reader.allow(0.4)  # the head may have come late: this machine has other work
        return read_body(handler)

    monkeypatch.setattr(local_handler.LocalHandler, "body", body)
    head = f"POST {client.root}/v/pt-BR/decisions HTTP/1.1\r\nHost: {client.server.netloc}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in client.own.items())
    for start, answer in (
        ("", b""),
        ("GET / HT", b""),
        (head, b""),
        (f"{head}Content-Length: 60\r\n\r\n", b"HTTP/1.1 408 "),
    ):
        monkeypatch.setattr(local_handler, "REQUEST_S", LIMIT_S if answer else 0.4)
        with socket.create_connection(client.server.server_address, timeout=LIMIT_S) as connection:
            connection.sendall(start.encode())
            connection.settimeout(0.05)
            wait_until(lambda: ends_with(connection, answer))  # noqa: B023


def is_answered(client: Client) -> bool:
    """Whether a connection was free."""
    with contextlib.suppress(ConnectionError, http.client.HTTPException):
        assert client.get("/").status == 200
        return True
    return False


def test_one_connection_too_many_is_closed_and_the_others_go_on(client: Client) -> None:
    client.server._free = threading.BoundedSemaphore(4)
    address = client.server.server_address
    held = [socket.create_connection(address, timeout=LIMIT_S) for _ in range(4)]
    with socket.create_connection(address, timeout=LIMIT_S) as one_too_many:
        assert one_too_many.recv(1) == b""
    for connection in held:
        connection.close()
    wait_until(lambda: is_answered(client))


def test_an_error_of_the_server_names_neither_address_nor_film(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("v pt-BR")

    monkeypatch.setattr(ReviewStore, "decisions", fail)
    reply = client.get("/v/pt-BR/decisions")
    assert (reply.status, reply.body) == (500, b"the review server failed\n")
    assert "unexpected ValueError in test_server.py" in caplog.text
    assert "pt-BR" not in caplog.text and client.server.secret not in caplog.text


def test_a_get_with_a_body_and_two_lengths_are_refused(client: Client) -> None:
    assert client.ask("GET", f"{client.root}/", b"x").status == 400
    head = [f"POST {client.root}/v/pt-BR/decisions HTTP/1.1", f"Host: {client.server.netloc}"]
    head += [f"{name}: {value}" for name, value in client.own.items()]
    request = "\r\n".join([*head, "Content-Length: 2", "Content-Length: 3", "", "{}x"])
    with socket.create_connection(client.server.server_address, timeout=LIMIT_S) as connection:
        connection.sendall(request.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 411 ")


def test_posts_go_to_films_only(client: Client) -> None:
    word = {"decision": "approve"}
    for path in ("/", "/v/pt-BR/", "/w/pt-BR/decisions", "/v/de/decisions", "/v/pt-BR/clips/x.mp4"):
        assert client.post(word, path).status == 404
    for method in ("PUT", "DELETE", "PATCH"):
        decisions = f"{client.root}/v/pt-BR/decisions"
        assert client.ask(method, decisions, b"{}", client.own).status == 501


def test_a_film_that_is_being_made_anew_is_away_not_unknown(
    client: Client, results: Path, tmp_path: Path
) -> None:
    """Snakemake deletes a job's outputs before it runs it again."""
    table = results / "v" / "pt-BR" / "cuts.tsv"
    rows = table.read_bytes()
    table.unlink()
    word = {"decision": "approve", "revision": ""}
    for reply in (client.get("/v/pt-BR/decisions"), client.post(word)):
        assert reply.status == 503 and b"snakemake is making v in pt-BR again" in reply.body
    assert client.get("/").status == 200
    assert said(tmp_path) == {}
    table.write_bytes(rows)
    assert client.post({"decision": "approve"}).status == 200
    (results / "v" / "pt-BR" / "review" / "index.html").unlink()
    page = client.get("/v/pt-BR/")
    assert page.status == 503 and b"load it again" in page.body


def test_a_film_that_goes_while_the_index_is_made_is_left_out(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReviewStore, "films", lambda self: [("gone", "de"), ("v", "pt-BR")])
    index = client.get("/")
    assert index.status == 200 and b"v/pt-BR/" in index.body and b"gone" not in index.body


def test_a_table_broken_by_hand_is_said_and_left_alone(client: Client, tmp_path: Path) -> None:
    table = tmp_path / "decisions.tsv"
    table.write_text("video\tlanguage\tcut\tdecision\nv\tpt-BR\tseven\tapprove\n")
    before = table.read_text()
    for reply in (
        client.post({"decision": "approve", "revision": ""}),
        client.get("/v/pt-BR/decisions"),
    ):
        assert reply.status == 409
        assert b"row 2, column cut: 'seven' is not allowed" in reply.body
    assert table.read_text() == before


def test_a_table_that_cannot_be_written_is_said(client: Client, results: Path) -> None:
    client.server.reviews = ReviewStore(results, results / "secret.mp4" / "decisions.tsv")
    reply = client.post({"decision": "approve"})
    assert reply.status == 409 and b"a part of the path is a file" in reply.body
    assert b"secret.mp4" in reply.body


def test_many_reviewers_at_once(client: Client, tmp_path: Path) -> None:
    cuts = [CUT, "000050-000099"]
    threads = [
        threading.Thread(target=client.post, args=({"cut": cuts[n % 2], "decision": "approve"},))
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said(tmp_path)) == cuts


def test_the_table_is_the_project_s(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    job = tmp_path / "job"
    job.mkdir()
    (job / "v.mp4").touch()
    (job / "v.wav").touch()
    (job / "videos.tsv").write_text("video\tpath\tconsent\nv\tv.mp4\tthe speaker, by letter\n")
    (job / "dubs.tsv").write_text("video\tlanguage\taudio\nv\tpt-BR\tv.wav\n")
    config = job / "job.yaml"
    config.write_text(yaml.safe_dump({"videos": "videos.tsv", "dubs": "dubs.tsv"}))
    reviews = open_reviews(results, None, [config])
    assert reviews.table == job / "decisions.tsv"
    assert reviews.films() == [("v", "pt-BR")]
    (job / "dubs.tsv").write_text("video\tlanguage\taudio\nv\tde\tv.wav\n")
    assert open_reviews(results, None, [config]).films() == []
    assert open_reviews(results, tmp_path / "mine.tsv", []).films() == [("v", "pt-BR")]


def test_no_request_is_logged_with_its_token(client: Client, caplog) -> None:
    with caplog.at_level(logging.DEBUG):
        client.get("/v/pt-BR/")
        client.get("/no")
        client.get("/no")
    assert client.server.secret not in caplog.text


def test_the_usual_port_is_used_where_it_is_free(tmp_path: Path, monkeypatch) -> None:
    with Server(ReviewStore(tmp_path, tmp_path / "d.tsv"), free_port()) as taken:
        monkeypatch.setattr("mouthpiece.review.server.USUAL_PORT", taken.server_port)
        with Server.usual(ReviewStore(tmp_path, tmp_path / "d.tsv")) as other:
            assert other.server_port != taken.server_port
        port = taken.server_port
    with Server.usual(ReviewStore(tmp_path, tmp_path / "d.tsv")) as usual:
        assert usual.server_port == port
