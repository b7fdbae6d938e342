"""sync.so's generations.

Its contract, as its documentation has it: clip and sound are parts of the request, of 20 MB at
most. A request with the same idempotency key and the same content is taken once, however often it
is sent; a key must not be renewed because an answer was lost. Whose lips are moved is told by a
box for each frame.
"""

from collections.abc import Mapping

from ...core.errors import Fault
from .contract import Accepted, Order, Progress, Report, Uploads
from .http_service import HttpService
from .models import SYNC
from .signatures import check_any, check_time, header, hmac_sha256
from .wire import json_bytes, multipart, secret
from .words import RequestId, Url, Wire, parsed, parsed_report, shown, unknown_state

API = "https://api.sync.so"

MOST_BYTES = 20 * 10**6
"""The largest upload that the service takes."""

WAITING = ("PENDING", "PROCESSING")
FAILED = ("FAILED", "REJECTED", "CANCELED")
DONE = "COMPLETED"


class _Created(Wire):
    id: RequestId


class _Generation(Wire):
    id: RequestId
    status: str
    outputUrl: Url | None = None  # noqa: N815
    error: str | None = None


class Sync(HttpService):
    """See `Service`."""

    name = "sync"
    repeats_safely = True

    @property
    def _url(self) -> str:
        return (self._base_url or API) + "/v2/generate"

    def check(self, order: Order) -> None:
        """See `Service.check`."""
        size = order.clip.stat().st_size + order.sound.stat().st_size
        if size > MOST_BYTES:
            raise Fault(
                f"{self.host}: takes {MOST_BYTES // 10**6} MB, the cut has {size / 1e6:.1f}; raise "
                "engines.hosted.crf, send the face alone (engines.hosted.sends: face), or split "
                "the cut"
            )

    def upload(self, order: Order) -> Uploads:
        """See `Service.upload`: the files are a part of the request."""
        return Uploads()

    def submit(self, order: Order, uploads: Uploads, token: str) -> Accepted:
        """See `Service.submit`."""
        options = dict(order.parameters)
        if order.boxes:
            options["active_speaker_detection"] = {"bounding_boxes": [list(b) for b in order.boxes]}
        fields = {"model": order.model, "options": json_bytes(options).decode()}
        if report_url := self.report_url(order):
            fields["webhookUrl"] = report_url
        model = SYNC[order.model]
        files = {
            model.clip: ("clip.mp4", order.clip.read_bytes(), "video/mp4"),
            model.sound: ("sound.wav", order.sound.read_bytes(), "audio/wav"),
        }
        form, headers = multipart(fields, files, token)
        answer = self._client.buy(self._url, form, headers | {"Idempotency-Key": token})
        return Accepted(parsed(_Created, answer, self.host).id)

    def find(self, order: Order, uploads: Uploads, since: float) -> Accepted | None:
        """See `Service.find`: a lost request is sent again with its token instead."""
        return None

    def poll(self, request: Accepted) -> Progress:
        """See `Service.poll`."""
        found = self._client.read(_Generation, f"{self._url}/{request.request_id}")
        if found.status in WAITING:
            return Progress("waiting", found.status)
        if found.status in FAILED:
            said = f": {shown(found.error)}" if found.error else ""
            return Progress("failed", f"{found.status}{said}")
        if found.status != DONE:
            raise unknown_state(self.host, found.status)
        if not found.outputUrl:
            raise Fault(f"{self.host}: says COMPLETED, and names no film")
        return Progress("succeeded", found.status, found.outputUrl)

    def check_webhooks(self, now: float) -> None:
        """See `Service.check_webhooks`."""
        secret(self._variable)

    def read_webhook(self, headers: Mapping[str, str], body: bytes, now: float) -> Report:
        """See `Service.read_webhook`: HMAC-SHA256 over time and body, `t=...,v1=...`."""
        pairs = [
            part.strip().partition("=") for part in header(headers, "sync-signature").split(",")
        ]
        sent = next((value for name, _, value in pairs if name == "t"), "")
        check_time(sent, now)
        code = hmac_sha256(secret(self._variable).encode(), sent.encode(), body).hex()
        check_any(code, [value for name, _, value in pairs if name == "v1"])
        found = parsed_report(_Generation, body, self.host)
        strange = "" if found.status in (*WAITING, *FAILED, DONE) else shown(found.status)
        return Report(f"{found.id}:{shown(found.status)}", found.id, strange)
