"""fal.ai's queue.

Its contract, as its documentation has it: a submit answers with the addresses at which state and
result are asked; they are not built here, as they lack parts of the model's name. A request that
ended has the state COMPLETED, whether or not it succeeded; its result is kept for an hour, or six
minutes where it is long. There is no idempotency key; a lost request is found in the list of the
account's requests by the address of its clip, which no other has.
"""

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import Field, TypeAdapter, ValidationError

from ...core.errors import Fault
from ...services.attempt import Attempt
from .contract import Accepted, BusyError, ForgedError, Order, Progress, Report, Uploads
from .http_service import HttpService
from .models import FAL
from .signatures import check_time, header
from .wire import OF_THE_KEY, Client, json_bytes, said_of_error
from .words import RequestId, Url, Wire, parsed, parsed_report, shown, unknown_state

QUEUE, FILES, PLATFORM = "https://queue.fal.run", "https://rest.fal.ai", "https://api.fal.ai"

INVALID = (400, 422)
"""The statuses of a request whose files or parameters the model does not take."""

REPORTED = ("OK", "ERROR")
"""What a webhook says became of a request."""

MOST_PAGES = 5

EARLIER_S = 600.0
"""How much before the submit the list is read: clocks differ."""

KEYS_S = 3600.0
"""For how long the keys that sign webhooks are kept."""


class _Upload(Wire):
    upload_url: Url
    file_url: Url


class _Submitted(Wire):
    request_id: RequestId
    status_url: Url
    response_url: Url


class _Status(Wire):
    status: str
    error: Any = None
    error_type: Any = None


class _File(Wire):
    url: Url


class _Result(Wire):
    video: _File


class _RequestError(Wire):
    error_type: Annotated[str, Field(min_length=1)]


class _ModelError(Wire):
    class _Detail(Wire):
        type: Annotated[str, Field(min_length=1)]

    detail: Annotated[list[_Detail], Field(min_length=1)]


_ERROR: TypeAdapter[_RequestError | _ModelError] = TypeAdapter(_RequestError | _ModelError)
"""What says that a request failed. Another error may be one of asking for its result."""


class _Item(Wire):
    request_id: RequestId
    json_input: dict[str, Any] | None = None


class _List(Wire):
    items: list[_Item]
    next_cursor: str | None = None
    has_more: bool = False


class _Jwk(Wire):
    x: str


class _Jwks(Wire):
    keys: list[_Jwk]


class _Webhook(Wire):
    request_id: RequestId
    status: str


class Fal(HttpService):
    """See `Service`."""

    name = "fal"
    repeats_safely = False

    def __init__(self, client: Client, base_url: str = "", webhook_url: str = "") -> None:
        """See `HttpService.__init__`; the keys that its webhooks are signed with are public."""
        super().__init__(client, base_url, webhook_url)
        self._queue, self._files, self._platform = (
            self._base_url or host for host in (QUEUE, FILES, PLATFORM)
        )
        self._keys: tuple[float, tuple[Ed25519PublicKey, ...]] = (0.0, ())

    def upload(self, order: Order) -> Uploads:
        """See `Service.upload`."""
        return Uploads(
            self._put(order.clip.read_bytes(), "clip.mp4", "video/mp4"),
            self._put(order.sound.read_bytes(), "sound.wav", "audio/wav"),
        )

    def _put(self, content: bytes, name: str, media_type: str) -> str:
        asked = json_bytes({"content_type": media_type, "file_name": name})
        url = f"{self._files}/storage/upload/initiate?storage_type=fal-cdn-v3"
        headers = {"Content-Type": "application/json"}
        found = parsed(_Upload, self._client.body("POST", url, asked, headers), self.host)
        self._client.put(found.upload_url, content, media_type)
        return found.file_url

    def submit(self, order: Order, uploads: Uploads, token: str) -> Accepted:
        """See `Service.submit`."""
        url = f"{self._queue}/{quote(order.model)}"
        if report_url := self.report_url(order):
            url += "?" + urlencode({"fal_webhook": report_url})
        model = FAL[order.model]
        body = dict(order.parameters) | {model.clip: uploads.clip, model.sound: uploads.sound}
        headers = {"Content-Type": "application/json"}
        found = parsed(_Submitted, self._client.buy(url, json_bytes(body), headers), self.host)
        urls = {"status": found.status_url, "response": found.response_url}
        for one in urls.values():
            self._client.check_origin(one)
        return Accepted(found.request_id, urls)

    def find(self, order: Order, uploads: Uploads, since: float) -> Accepted | None:
        """See `Service.find`."""
        start = datetime.fromtimestamp(since - EARLIER_S, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        asked = {"endpoint_id": order.model, "start": start, "limit": "100", "expand": "payloads"}
        for _ in range(MOST_PAGES):
            url = f"{self._platform}/v1/models/requests/by-endpoint?{urlencode(asked)}"
            page = self._client.read(_List, url)
            for item in page.items:
                if item.json_input and uploads.clip in item.json_input.values():
                    return self.named(order.model, item.request_id)
            if not (page.has_more and page.next_cursor):
                break
            asked["cursor"] = page.next_cursor
        return None

    def named(self, model: str, request_id: str) -> Accepted:
        """See `Service.named`: the addresses have owner and app of the model, and no path."""
        app = "/".join(model.split("/")[:2])
        base = f"{self._queue}/{quote(app)}/requests/{request_id}"
        return Accepted(request_id, {"status": f"{base}/status", "response": base})

    def poll(self, request: Accepted) -> Progress:
        """See `Service.poll`."""
        found = self._client.read(_Status, request.urls["status"])
        if found.status in ("IN_QUEUE", "IN_PROGRESS"):
            return Progress("waiting", found.status)
        if found.status != "COMPLETED":
            raise unknown_state(self.host, found.status)
        if found.error or found.error_type:
            return Progress("failed", f"COMPLETED: {shown(found.error_type or found.error)}")
        return self._result(request.urls["response"])

    def _result(self, url: str) -> Progress:
        """The result of a request that ended: the film, or the status and the words of an error."""
        answer = self._client.send("GET", url)
        if answer.status == 200:
            return Progress(
                "succeeded", "COMPLETED", parsed(_Result, answer.body, self.host).video.url
            )
        if answer.status == 404:
            raise Fault(f"{self.host}: no longer has the result of this request")
        if not _failed(answer):
            raise self._client.error(answer)
        return Progress("failed", f"COMPLETED: HTTP {answer.status} {said_of_error(answer.body)}")

    def check_webhooks(self, now: float) -> None:
        """See `Service.check_webhooks`."""
        try:
            self._signers(now)
        except Fault as error:
            raise Fault(
                f"{error}: the keys that its webhooks are signed with cannot be read"
            ) from None

    def read_webhook(self, headers: Mapping[str, str], body: bytes, now: float) -> Report:
        """See `Service.read_webhook`: Ed25519 over request, user, time and the body's SHA-256."""
        names = ("x-fal-webhook-request-id", "x-fal-webhook-user-id", "x-fal-webhook-timestamp")
        values = [header(headers, name) for name in names]
        check_time(values[2], now)
        message = "\n".join([*values, hashlib.sha256(body).hexdigest()]).encode()
        try:
            signature = bytes.fromhex(header(headers, "x-fal-webhook-signature"))
        except ValueError:
            raise ForgedError("its signature is not hexadecimal") from None
        if not any(_verifies(key, signature, message) for key in self._signers(now)):
            raise ForgedError("its signature is wrong")
        found = parsed_report(_Webhook, body, self.host)
        strange = "" if found.status in REPORTED else shown(found.status)
        return Report(f"{values[0]}:{shown(found.status)}", found.request_id, strange)

    def _signers(self, now: float) -> tuple[Ed25519PublicKey, ...]:
        fetched, keys = self._keys
        if not keys or now - fetched > KEYS_S:
            url = f"{self._files}/.well-known/jwks.json"
            answer = self._client.ask("GET", url, b"", {}, 1 << 16)
            if answer.status != 200:
                raise BusyError(self._client.problem(answer), answer.retry_after_s)
            keys = tuple(_key(one.x) for one in parsed(_Jwks, answer.body, self.host).keys)
            self._keys = now, keys
        return keys


def _failed(answer: Attempt) -> bool:
    """Whether an error is of the request itself, and not one of asking for its result."""
    if answer.status in INVALID:
        return bool(said_of_error(answer.body))
    if answer.status in (0, 429, *OF_THE_KEY):
        return False
    try:
        _ERROR.validate_json(answer.body)
    except ValidationError:
        return False
    return True


def _key(text: str) -> Ed25519PublicKey:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError:
        raise Fault("fal.ai: a key that signs webhooks cannot be read") from None


def _verifies(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
