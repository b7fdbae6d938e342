"""Services as their contracts describe them, without a network: a request in, an answer out.

A world counts what it was paid for: one for each request that it took, by the clip that it was
sent. The same worlds stand behind a server on this machine in the tests of the whole command.
"""

import base64
import contextlib
import hashlib
import hmac
import http.server
import itertools
import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

BASE = "https://service.test"
FILM = b"a film"
KEY = "key-2718281828"
VERSION = "0123456789abcdef" * 4
MODELS = {
    "fal": "fal-ai/latentsync",
    "replicate": f"bytedance/latentsync:{VERSION}",
    "sync": "lipsync-2",
}
WEBHOOK_SECRET = "whsec_" + base64.b64encode(b"a secret of 24 bytes ...").decode()


@dataclass
class Said:
    """An answer.

    Attributes:
        status: The HTTP status.
        body: Its body.
        headers: Additional headers.
        delay_s: How late it is said.
        lacks_bytes: How many of its last bytes are never sent.
        is_lost: Whether the connection ends in its place.
    """

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    lacks_bytes: int = 0
    is_lost: bool = False


@dataclass
class Job:
    """A request that a service has taken."""

    name: str
    clip: str
    model: str
    looks: int = 0
    listed: dict = field(default_factory=dict)
    webhook: str = ""


def said(status: int, value: object) -> Said:
    return Said(status, json.dumps(value).encode())


@dataclass
class World:
    """What all services have: files, requests, films.

    Attributes:
        base: The address of all its hosts.
        paid: How often each clip was paid for, by the SHA-256 of its bytes.
        working: How many looks find a request at work.
        end: What becomes of requests.
        film: Makes the film of a clip.
        lists: Whether the list of requests has them.
        seen: Method and path of each request.
        sent: What each request brought.
    """

    base: str = BASE
    paid: Counter = field(default_factory=Counter)
    jobs: dict[str, Job] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    working: int = 1
    end: str = "good"
    film: Callable[[bytes, bytes], bytes] = lambda clip, sound: FILM
    lists: bool = True
    seen: list[tuple[str, str]] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    _numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        """What a world has besides."""

    def handle(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Said:
        """Answer a request."""
        parts = urlsplit(url)
        headers = {name.lower(): value for name, value in headers.items()}
        self.seen.append((method, parts.path))
        self.sent.append(body)
        if parts.path.startswith("/films/"):
            return self._film(parts.path)
        return self.answer(method, parts.path, parse_qs(parts.query), headers, body)

    def answer(self, method, path, query, headers, body) -> Said:
        raise NotImplementedError

    def store(self, content: bytes) -> str:
        name = f"f{next(self._numbers)}"
        self.files[name] = content
        return f"{self.base}/stored/{name}"

    def stored(self, url: str) -> bytes:
        return self.files[url.rpartition("/")[2]]

    def take(self, clip: bytes, sound: bytes, model: str, **values) -> Job:
        digest = hashlib.sha256(clip).hexdigest()
        self.paid[digest] += 1
        job = Job(f"r{next(self._numbers)}", digest, model, **values)
        self.jobs[job.name] = job
        self.files[f"film-{job.name}"] = self.film(clip, sound)
        return job

    def look(self, job: Job) -> str:
        job.looks += 1
        return "working" if job.looks <= self.working else self.end

    def film_url(self, job: Job) -> str:
        return f"{self.base}/films/{job.name}.mp4?expires={job.looks}"

    def _film(self, path: str) -> Said:
        name = path.removeprefix("/films/").removesuffix(".mp4")
        return Said(200, self.files[f"film-{name}"]) if name in self.jobs else Said(404)


class FalWorld(World):
    """fal.ai."""

    def __post_init__(self) -> None:
        self.signer = Ed25519PrivateKey.from_private_bytes(b"k" * 32)

    def answer(self, method, path, query, headers, body) -> Said:
        if path == "/.well-known/jwks.json":
            x = base64.urlsafe_b64encode(self.signer.public_key().public_bytes_raw()).decode()
            return said(200, {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x.rstrip("=")}]})
        if method == "PUT":
            self.files[path.rpartition("/")[2]] = body
            return Said(200)
        if headers.get("authorization") != f"Key {KEY}":
            return said(401, {"detail": "Cannot access application"})
        if path == "/storage/upload/initiate":
            url = self.store(b"")
            return said(200, {"file_url": url, "upload_url": f"{url}?signature=1"})
        if path == "/v1/models/requests/by-endpoint":
            items = [
                {"request_id": j.name, "json_input": j.listed, "status_code": 200}
                for j in self.jobs.values()
                if j.model == query["endpoint_id"][0]
            ]
            return said(200, {"items": items * self.lists, "next_cursor": None, "has_more": False})
        if found := re.fullmatch(r"/(fal-ai/[^/]+)/requests/(\w+)(/status)?", path):
            return self._ask(found[2], bool(found[3]))
        model = path.removeprefix("/")
        asked = json.loads(body)
        clip = asked.get("video_url") or asked["source_video_url"]
        job = self.take(self.stored(clip), self.stored(asked["audio_url"]), model, listed=asked)
        job.webhook = query.get("fal_webhook", [""])[0]
        url = f"{self.base}/{'/'.join(model.split('/')[:2])}/requests/{job.name}"
        return said(
            200,
            {
                "status": "IN_QUEUE",
                "request_id": job.name,
                "status_url": f"{url}/status",
                "response_url": url,
                "cancel_url": f"{url}/cancel",
                "queue_position": 0,
            },
        )

    def _ask(self, name: str, is_status: bool) -> Said:
        job = self.jobs.get(name)
        if job is None:
            return said(404, {"detail": "Request not found"})
        if not is_status:
            if self.end == "bad":
                return said(422, {"detail": [{"msg": "no face found", "loc": ["body"]}]})
            return said(200, {"video": {"url": self.film_url(job), "content_type": "video/mp4"}})
        state = self.look(job)
        if state == "working":
            return said(202, {"status": "IN_QUEUE" if job.looks < 2 else "IN_PROGRESS"})
        if state == "strange":
            return said(200, {"status": "PAUSED"})
        return said(200, {"status": "COMPLETED", "metrics": {}})

    def webhook(self, job: Job, now: float, **changed) -> tuple[dict[str, str], bytes]:
        told = {"request_id": job.name, "gateway_request_id": job.name, "status": "OK"}
        body = json.dumps(told | {"payload": {}} | changed).encode()
        values = [job.name, "user", str(int(now))]
        message = "\n".join([*values, hashlib.sha256(body).hexdigest()]).encode()
        names = ("request-id", "user-id", "timestamp", "signature")
        values.append(self.signer.sign(message).hex())
        pairs = zip(names, values, strict=True)
        return {f"x-fal-webhook-{name}": value for name, value in pairs}, body


class ReplicateWorld(World):
    """Replicate."""

    def answer(self, method, path, query, headers, body) -> Said:
        if headers.get("authorization") != f"Bearer {KEY}":
            return said(401, {"title": "Unauthenticated", "status": 401})
        if path.endswith(f"/versions/{VERSION}"):
            return said(200, {"id": VERSION, "openapi_schema": self._schema()})
        if path == "/v1/files":
            return said(201, {"id": "x", "urls": {"get": self.store(part(body, "content"))}})
        if path == "/v1/predictions" and method == "GET":
            rows = [{"id": j.name, "input": j.listed} for j in self.jobs.values()]
            return said(200, {"results": rows[::-1] * self.lists, "next": None, "previous": None})
        if path == "/v1/predictions":
            asked = json.loads(body)
            given = asked["input"]
            job = self.take(
                self.stored(given["video"]),
                self.stored(given["audio"]),
                asked["version"],
                listed=given,
            )
            job.webhook = asked.get("webhook", "")
            return said(201, self._prediction(job, "starting"))
        job = self.jobs.get(path.removeprefix("/v1/predictions/"))
        if job is None:
            return said(404, {"detail": "Not found."})
        states = {
            "working": "processing",
            "good": "succeeded",
            "bad": "failed",
            "strange": "paused",
        }
        return said(200, self._prediction(job, states[self.look(job)]))

    def _prediction(self, job: Job, status: str) -> dict:
        output = self.film_url(job) if status == "succeeded" else None
        error = "no face found" if status == "failed" else None
        return {"id": job.name, "status": status, "output": output, "error": error, "logs": ""}

    def _schema(self) -> dict:
        uri = {"type": "string", "format": "uri"}
        properties = {"video": uri, "audio": uri, "guidance_scale": {"type": "number"}}
        inputs = {"properties": properties, "required": ["video", "audio"]}
        return {"components": {"schemas": {"Input": inputs}}}

    def webhook(self, job: Job, now: float, **changed) -> tuple[dict[str, str], bytes]:
        body = json.dumps(self._prediction(job, "succeeded") | changed).encode()
        event, sent = f"msg_{job.name}", str(int(now))
        key = base64.b64decode(WEBHOOK_SECRET.removeprefix("whsec_"))
        code = hmac.new(key, f"{event}.{sent}.".encode() + body, hashlib.sha256).digest()
        signature = f"v1,{base64.b64encode(code).decode()}"
        return {
            "webhook-id": event,
            "webhook-timestamp": sent,
            "webhook-signature": f"v1,AAAA {signature}",
        }, body


class SyncWorld(World):
    """sync.so."""

    def __post_init__(self) -> None:
        self.tokens: dict[str, tuple[bytes, Job]] = {}
        self.options: list[dict] = []

    def answer(self, method, path, query, headers, body) -> Said:
        if headers.get("x-api-key") != KEY:
            return said(401, {"message": "Unauthorized", "statusCode": 401})
        if method == "GET":
            job = self.jobs.get(path.removeprefix("/v2/generate/"))
            if job is None:
                return said(404, {"message": "Generation not found"})
            states = {
                "working": "PROCESSING",
                "good": "COMPLETED",
                "bad": "FAILED",
                "strange": "ASLEEP",
            }
            return said(200, self._generation(job, states[self.look(job)]))
        token = headers["idempotency-key"]
        if token in self.tokens:
            known, job = self.tokens[token]
            if known != body:
                return said(422, {"message": "the key was used for another request"})
            return said(201, self._generation(job, "PENDING"))
        self.options.append(json.loads(part(body, "options")))
        job = self.take(part(body, "video"), part(body, "audio"), part(body, "model").decode())
        if b'name="webhookUrl"' in body:
            job.webhook = part(body, "webhookUrl").decode()
        self.tokens[token] = (body, job)
        return said(201, self._generation(job, "PENDING"))

    def _generation(self, job: Job, status: str) -> dict:
        found = {"id": job.name, "status": status, "model": job.model, "input": []}
        if status == "COMPLETED":
            found["outputUrl"] = self.film_url(job)
        if status == "FAILED":
            found["error"] = "no face found"
        return found

    def webhook(self, job: Job, now: float, **changed) -> tuple[dict[str, str], bytes]:
        body = json.dumps(self._generation(job, "COMPLETED") | changed).encode()
        sent = str(int(now))
        code = hmac.new(WEBHOOK_SECRET.encode(), f"{sent}.".encode() + body, hashlib.sha256)
        return {"sync-signature": f"t={sent},v1={code.hexdigest()}"}, body


WORLDS = {"fal": FalWorld, "replicate": ReplicateWorld, "sync": SyncWorld}


@contextlib.contextmanager
def serving(world: World) -> Iterator[World]:
    """Put a world behind a server on this machine; its `base` is the address."""
    lock, ended = threading.Lock(), threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            url = world.base + self.path
            with lock:
                answer = world.handle(self.command, url, dict(self.headers.items()), body)
            ended.wait(answer.delay_s)
            if answer.is_lost:
                return
            with contextlib.suppress(OSError):
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body[: len(answer.body) - answer.lacks_bytes])

        do_GET = do_POST = do_PUT = _handle  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    world.base = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    try:
        yield world
    finally:
        ended.set()
        server.shutdown()
        server.server_close()


def part(form: bytes, name: str) -> bytes:
    """One part of a form with files."""
    boundary = form.partition(b"\r\n")[0]
    for one in form.split(boundary):
        head, _, content = one.partition(b"\r\n\r\n")
        if f'name="{name}"'.encode() in head:
            return content.removesuffix(b"\r\n")
    raise KeyError(name)
