"""What services may say, one answer at a time, and what no service may make the engine do."""

import json
import socket
from pathlib import Path

import pytest

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.engines.hosted.contract import Accepted, BusyError, LostError, RefusedError, Uploads
from mouthpiece.engines.hosted.services import make_service
from mouthpiece.services.attempt import Attempt
from service_worlds import BASE, KEY, MODELS, VERSION, ReplicateWorld

from .purchases import line_to, order, settings

UPLOADS = Uploads(f"{BASE}/clip", f"{BASE}/sound")


class Script:
    """Answers in turn, whatever is asked."""

    def __init__(self, *answers: Attempt) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, dict[str, str]]] = []

    def __call__(self, method, url, content, headers, most_bytes) -> Attempt:
        self.asked.append((method, url, dict(headers)))
        return self.answers.pop(0)


def said(values: object, status: int = 200, **more: object) -> Attempt:
    return Attempt(status, json.dumps(values).encode(), **more)


def polled(name: str, *answers: Attempt):
    urls = {"status": f"{BASE}/status", "response": f"{BASE}/response"}
    return make_service(settings(name), Script(*answers)).poll(Accepted("r1", urls))


@pytest.mark.parametrize(
    ("name", "answers", "state", "raw"),
    [
        ("fal", [said({"status": "IN_QUEUE", "queue_position": 3})], "waiting", "IN_QUEUE"),
        ("fal", [said({"status": "IN_PROGRESS"}, 202)], "waiting", "IN_PROGRESS"),
        (
            "fal",
            [said({"status": "COMPLETED", "error": "x", "error_type": "request_timeout"})],
            "failed",
            "COMPLETED: request_timeout",
        ),
        (
            "fal",
            [
                said({"status": "COMPLETED"}),
                said({"detail": "no runner", "error_type": "runner_disconnected"}, 503),
            ],
            "failed",
            "COMPLETED: HTTP 503 no runner",
        ),
        (
            "fal",
            [
                said({"status": "COMPLETED"}),
                said({"detail": [{"msg": "broke", "type": "internal_server_error"}]}, 500),
            ],
            "failed",
            "COMPLETED: HTTP 500 broke",
        ),
        (
            "fal",
            [said({"status": "COMPLETED"}), said({"detail": "no face"}, 400)],
            "failed",
            "COMPLETED: HTTP 400 no face",
        ),
        ("replicate", [said({"id": "r1", "status": "starting"})], "waiting", "starting"),
        ("replicate", [said({"id": "r1", "status": "canceled"})], "failed", "canceled"),
        ("replicate", [said({"id": "r1", "status": "aborted"})], "failed", "aborted"),
        ("sync", [said({"id": "r1", "status": "PENDING"})], "waiting", "PENDING"),
        ("sync", [said({"id": "r1", "status": "CANCELED"})], "failed", "CANCELED"),
        (
            "sync",
            [said({"id": "r1", "status": "REJECTED", "error": "moderation"})],
            "failed",
            "REJECTED: moderation",
        ),
    ],
)
def test_a_state(name: str, answers: list[Attempt], state: str, raw: str) -> None:
    found = polled(name, *answers)
    assert (found.state, found.raw) == (state, raw)


@pytest.mark.parametrize("output", ["{}", ["{}"], {"video": "{}"}])
def test_the_film_in_an_output_of_replicate(output: object) -> None:
    film = "https://replicate.delivery/film.mp4"
    named = json.loads(json.dumps(output).replace("{}", film))
    assert (
        polled("replicate", said({"id": "r", "status": "succeeded", "output": named})).output_url
        == film
    )


@pytest.mark.parametrize(
    ("name", "answers", "kind", "words"),
    [
        ("fal", [said({"status": "PAUSED\n\x1b[31m"})], Fault, "'PAUSED \\[31m'"),
        (
            "fal",
            [said({"status": "COMPLETED"}), said({"audio": {}})],
            Fault,
            r"contract says \(video\)",
        ),
        ("fal", [said({"status": "COMPLETED"}), said({}, 404)], Fault, "no longer has the result"),
        ("fal", [said([1])], Fault, "contract"),
        *(
            ("fal", [said({"status": "COMPLETED"}), said({"detail": "later"}, status)], *means)
            for status, means in {
                401: (InputError, "HTTP 401: is the key in MOUTHPIECE_TEST_KEY right"),
                402: (Fault, "HTTP 402"),
                403: (InputError, "HTTP 403: is the key in MOUTHPIECE_TEST_KEY right"),
                408: (BusyError, "HTTP 408"),
                429: (BusyError, "HTTP 429"),
                500: (BusyError, "HTTP 500"),
                502: (BusyError, "HTTP 502"),
            }.items()
        ),
        ("fal", [said({"status": "COMPLETED"}), Attempt(502, b"<html>")], BusyError, "HTTP 502"),
        ("replicate", [said({"id": "../x", "status": "starting"})], Fault, r"\(id\)"),
        (
            "replicate",
            [said({"id": "r", "status": "succeeded", "output": None})],
            Fault,
            "not one film",
        ),
        (
            "replicate",
            [said({"id": "r", "status": "succeeded", "output": "file:///etc/passwd"})],
            Fault,
            r"\(url\)",
        ),
        (
            "replicate",
            [said({"id": "r", "status": "succeeded", "output": None, "data_removed": True})],
            Fault,
            "has removed the film",
        ),
        ("sync", [said({"id": "r", "status": "COMPLETED"})], Fault, "names no film"),
        ("sync", [said({}, 404)], Fault, "HTTP 404"),
        (
            "sync",
            [said({"message": f"the key {KEY} is wrong"}, 401)],
            InputError,
            "HTTP 401: is the key in MOUTHPIECE_TEST_KEY right",
        ),
        ("sync", [Attempt(429, retry_after_s=9.0)], BusyError, "HTTP 429"),
        ("sync", [Attempt(503)], BusyError, "HTTP 503"),
        (
            "sync",
            [Attempt(0, failure="does not answer", may_pass=True)],
            BusyError,
            "does not answer",
        ),
        ("sync", [Attempt(302, failure="redirects to another address")], Fault, "redirects"),
    ],
)
def test_what_is_no_state(name: str, answers: list[Attempt], kind: type, words: str) -> None:
    with pytest.raises(kind, match=words) as error:
        polled(name, *answers)
    assert KEY not in str(error.value)


@pytest.mark.parametrize(
    "address",
    [
        "https://v3.fal.media/files/clip.mp4?signature=secret",
        "HTTPS://replicate.delivery/secret",
        "s3://bucket/secret/clip",
        "v3.fal.media/files/secret.mp4",
        "https://host/caf\u00e9/secret",
    ],
)
def test_no_address_that_a_service_repeats_is_shown(address: str) -> None:
    error = f"could not read '{address}', tried 3 times"
    found = polled("sync", said({"id": "r", "status": "FAILED", "error": error}))
    assert "secret" not in found.raw
    assert "clip" not in found.raw
    assert found.raw.startswith("FAILED: could not read '")
    assert found.raw.endswith("tried 3 times")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Attempt(0, failure="no connection", was_sent=False), BusyError),
        (Attempt(429), BusyError),
        (said({"detail": "no credit"}, 402), RefusedError),
        (said({"detail": "no such key"}, 401), InputError),
        (said({"detail": "not with this key"}, 403), InputError),
        (said({"detail": [{"msg": "too long"}]}, 422), RefusedError),
        (Attempt(302), LostError),
        (Attempt(0, failure="does not answer", may_pass=True), LostError),
        (Attempt(408), LostError),
        (Attempt(409), LostError),
        (Attempt(500), LostError),
        (Attempt(503, retry_after_s=3.0), LostError),
    ],
)
@pytest.mark.parametrize("name", list(MODELS))
def test_what_an_answer_to_a_purchase_means(
    name: str, answer: Attempt, kind: type, tmp_path: Path
) -> None:
    schema = said({"openapi_schema": ReplicateWorld()._schema()})
    script = Script(*([schema] if name == "replicate" else []), answer)
    with pytest.raises(kind):
        make_service(settings(name), script).submit(
            order(tmp_path, model=MODELS[name]), UPLOADS, "token"
        )
    assert sum(method == "POST" for method, _, _ in script.asked) == 1


def test_a_key_goes_to_its_own_service_alone(tmp_path: Path) -> None:
    stolen = {"request_id": "r", "status_url": "https://evil.test/s", "response_url": f"{BASE}/r"}
    script = Script(said(stolen))
    with pytest.raises(Fault, match=r"another host, 'evil.test'"):
        make_service(settings("fal"), script).submit(
            order(tmp_path, model=MODELS["fal"]), UPLOADS, "token"
        )
    assert len(script.asked) == 1
    upload = said({"file_url": f"{BASE}/f", "upload_url": "https://cdn.test/put?signature=1"})
    script = Script(upload, Attempt(200), upload, Attempt(200))
    make_service(settings("fal"), script).upload(order(tmp_path, model=MODELS["fal"]))
    assert all(KEY not in str(headers) for method, _, headers in script.asked if method == "PUT")
    inward = said({"file_url": f"{BASE}/f", "upload_url": "http://10.0.0.1/put"})
    with pytest.raises(Fault, match="https only"):
        make_service(settings("fal"), Script(inward)).upload(order(tmp_path))


@pytest.mark.parametrize("address", ["https://127.0.0.1:8443/put", "http://localhost/put"])
def test_no_file_is_put_on_this_machine(address: str, tmp_path: Path) -> None:
    named = said({"file_url": f"{BASE}/f", "upload_url": address})
    script = Script(named)
    with pytest.raises(Fault, match="names an address for files that leads to this machine"):
        make_service(settings("fal"), script).upload(order(tmp_path))
    assert len(script.asked) == 1


def test_no_file_is_put_where_a_name_leads_into_this_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://cdn.test:{listening.getsockname()[1]}/put"
        places = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", listening.getsockname())]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: places)
        client = make_service(settings("fal"))._client
        with pytest.raises(Fault, match="leads to an address that is not public: a file was not"):
            client.put(url, b"clip", "video/mp4")


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("replicate", {"parameters": {"guidance": 1.0}}, "takes no 'guidance'; it takes audio"),
        ("replicate", {"parameters": {"guidance_scale": "high"}}, "of the type number"),
        ("replicate", {"parameters": {"audio": "x"}}, "audio is set by the engine"),
        ("replicate", {"model": f"a/b:{'0' * 64}"}, "replicate.com has no a/b:000000000000"),
    ],
)
def test_an_order_that_is_refused_here(name: str, values: dict, words: str, tmp_path: Path) -> None:
    given = {"model": MODELS[name]} | values
    made = make_service(settings(name), line_to(ReplicateWorld()))
    with pytest.raises(InputError, match=words):
        made.check(order(tmp_path, **given))


CHOICE = {"type": "string", "enum": ["pingpong", "loop"]}
LIMITS = {"type": "number", "minimum": 1, "maximum": 3}
INPUT = {
    "mode": {"allOf": [{"$ref": "#/components/schemas/mode"}], "default": "loop"},
    "direct": {"$ref": "#/components/schemas/mode"},
    "deep": {"$ref": "#/components/schemas/again"},
    "scale": LIMITS,
    "strict": {"exclusiveMinimum": 0, "exclusiveMaximum": 1},
    "steps": {"type": "integer", "enum": [10, 20]},
    "perhaps": {"anyOf": [LIMITS, {"type": "null"}]},
    "endless": {"$ref": "#/components/schemas/endless"},
    "broken": {"$ref": "#/components/schemas/broken"},
    "long": {"$ref": "#/components/schemas/0"},
}


def schema_of_a_model() -> Attempt:
    uri = {"type": "string", "format": "uri"}
    schemas = {
        "Input": {"properties": INPUT | {"video": uri, "audio": uri}},
        "mode": CHOICE,
        "again": {"allOf": [{"$ref": "#/components/schemas/mode"}]},
        "endless": {"anyOf": [{"$ref": "#/components/schemas/endless"}] * 1000},
        "broken": {"type": 3},
        **{str(n): {"$ref": f"#/components/schemas/{n + 1}"} for n in range(2000)},
        "Output": {"type": ["string", "null"]},
    }
    return said({"id": VERSION, "openapi_schema": {"components": {"schemas": schemas}}})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("mode", "bounce", "one of 'pingpong', 'loop'"),
        ("direct", "bounce", "one of 'pingpong', 'loop'"),
        ("deep", "bounce", "one of 'pingpong', 'loop'"),
        ("mode", 3, "of the type string"),
        ("scale", 0.5, "at least 1 and at most 3"),
        ("scale", 7, "at least 1 and at most 3"),
        ("scale", float("nan"), "at least 1 and at most 3"),
        ("strict", 0, "above 0 and below 1"),
        ("strict", 1.0, "above 0 and below 1"),
        ("steps", 15, "one of 10, 20"),
        ("steps", True, "of the type integer"),
        ("perhaps", 4, "at least 1 and at most 3 or of the type null"),
    ],
)
def test_what_a_model_of_replicate_does_not_take_is_told_before_it_is_bought(
    name: str, value: object, words: str, tmp_path: Path
) -> None:
    script = Script(schema_of_a_model())
    wanted = order(tmp_path, model=MODELS["replicate"], parameters={name: value})
    with pytest.raises(InputError, match=rf"parameters: {name} is to be {words}$"):
        make_service(settings("replicate"), script).check(wanted)
    assert [method for method, _, _ in script.asked] == ["GET"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("mode", "loop"), ("deep", "pingpong"), ("scale", 1), ("scale", 3.0), ("strict", 0.5)),
        *(("steps", 20), ("perhaps", 2), ("endless", 1), ("long", 1)),
    ],
)
def test_what_a_model_of_replicate_takes(name: str, value: object, tmp_path: Path) -> None:
    wanted = order(tmp_path, model=MODELS["replicate"], parameters={name: value})
    make_service(settings("replicate"), Script(schema_of_a_model())).check(wanted)


def test_a_schema_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    wanted = order(tmp_path, model=MODELS["replicate"], parameters={"broken": 1})
    made = make_service(settings("replicate"), Script(schema_of_a_model()))
    with pytest.raises(Fault, match=r"contract says \(type\)"):
        made.check(wanted)
    without = said({"id": VERSION, "openapi_schema": {"components": {"schemas": {}}}})
    with pytest.raises(Fault, match="contract says"):
        make_service(settings("replicate"), Script(without)).check(wanted)


@pytest.mark.parametrize(
    ("properties", "required", "words"),
    [
        ({"video": "uri", "image": "uri"}, [], "one must be a video and one a sound"),
        ({"video": "uri", "audio": "uri", "prompt": None}, ["prompt"], "the model needs prompt"),
    ],
)
def test_a_model_that_is_no_lip_sync(
    properties: dict, required: list, words: str, tmp_path: Path
) -> None:
    inputs = {
        "properties": {k: {"type": "string", "format": v} for k, v in properties.items()},
        "required": required,
    }
    schema = {"components": {"schemas": {"Input": inputs}}}
    made = make_service(
        settings("replicate"), Script(said({"id": VERSION, "openapi_schema": schema}))
    )
    with pytest.raises(InputError, match=words):
        made.check(order(tmp_path, model=MODELS["replicate"]))


def test_a_cut_that_is_too_large_is_not_sent(tmp_path: Path) -> None:
    wanted = order(tmp_path, model="lipsync-2")
    wanted.clip.write_bytes(bytes(20_000_001))
    with pytest.raises(Fault, match=r"takes 20 MB, the cut has 20\.0"):
        make_service(settings("sync"), Script()).check(wanted)


@pytest.mark.parametrize("key", ["", "with a \x07 in it", "schlüssel"])
def test_a_key_that_is_none(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = settings("sync")
    monkeypatch.setenv("MOUTHPIECE_TEST_KEY", key)
    with pytest.raises(InputError, match="MOUTHPIECE_TEST_KEY"):
        make_service(chosen)
