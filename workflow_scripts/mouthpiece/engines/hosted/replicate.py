"""Replicate's predictions.

Its contract, as its documentation has it: a model is run by version, and says itself what it takes.
Files are sent before, and kept for a day. The film is deleted after an hour. There is no
idempotency key; a lost request is found in the list of the account's predictions by the address of
its clip, which no other has.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ...core.errors import Fault, InputError
from .contract import Accepted, Order, Progress, Report, Uploads
from .http_service import HttpService
from .model_schema import ModelSchema
from .signatures import check_any, check_time, header, hmac_sha256
from .wire import Client, json_bytes, multipart, secret
from .words import RequestId, Url, Wire, parsed, parsed_report, shown, unknown_state

API = "https://api.replicate.com"

MOST_PAGES = 10

WAITING = ("starting", "processing")
FAILED = ("failed", "canceled", "aborted")
DONE = "succeeded"


class _File(Wire):
    class _Urls(Wire):
        get: Url

    urls: _Urls


class _Prediction(Wire):
    id: RequestId
    status: str
    output: Any = None
    error: Any = None
    data_removed: bool | None = None


class _Listed(Wire):
    id: RequestId
    input: Any = None


class _Page(Wire):
    results: list[_Listed]
    next: Url | None = None


class Replicate(HttpService):
    """See `Service`."""

    name = "replicate"
    repeats_safely = False

    def __init__(
        self, client: Client, base_url: str = "", webhook_url: str = "", variable: str = ""
    ) -> None:
        """See `HttpService.__init__`."""
        super().__init__(client, base_url, webhook_url, variable)
        self._api = (self._base_url or API) + "/v1"
        self._schemas: dict[str, ModelSchema] = {}

    def check_model(self, model: str, parameters: Mapping[str, Any]) -> None:
        """See `Service.check_model`: the model's own schema says what it takes."""
        found = self._schema(model)
        clip, sound = self._names(model)
        known = found.properties
        if unknown := [name for name in parameters if name not in known]:
            raise InputError(
                f"engines.hosted.parameters: {model.partition(':')[0]} takes no "
                f"{unknown[0]!r}; it takes {', '.join(sorted(known))}"
            )
        if taken := {clip, sound} & parameters.keys():
            raise InputError(f"engines.hosted.parameters: {min(taken)} is set by the engine")
        for name, value in parameters.items():
            if problem := found.problem(name, value):
                raise InputError(f"engines.hosted.parameters: {name} is to be {problem}")
        lacking = [n for n in found.required if n not in {clip, sound, *parameters}]
        if lacking:
            raise InputError(f"engines.hosted.parameters: the model needs {', '.join(lacking)}")

    def _schema(self, model: str) -> ModelSchema:
        if model not in self._schemas:
            name, _, version = model.partition(":")
            url = f"{self._api}/models/{quote(name)}/versions/{version}"
            answer = self._client.send("GET", url)
            if answer.status == 404:
                raise InputError(
                    f"engines.hosted.model: {self.host} has no {name}:{version[:12]}..."
                )
            if answer.status != 200:
                raise self._client.error(answer)
            self._schemas[model] = ModelSchema(answer.body, self.host)
        return self._schemas[model]

    def _names(self, model: str) -> tuple[str, str]:
        """How a model calls its clip and its sound."""
        files = {k for k, v in self._schema(model).properties.items() if v.format == "uri"}
        clips = sorted(n for n in files if re.search("video|face|clip", n.lower()))
        sounds = sorted(n for n in files if re.search("audio|speech|sound|voice", n.lower()))
        if len(clips) != 1 or len(sounds) != 1:
            raise InputError(
                f"engines.hosted.model: {model.partition(':')[0]} is no lip sync that is "
                f"understood here: of its files ({', '.join(sorted(files)) or 'none'}) one must be "
                "a video and one a sound"
            )
        return clips[0], sounds[0]

    def upload(self, order: Order) -> Uploads:
        """See `Service.upload`."""
        return Uploads(
            self._put(order.clip.read_bytes(), "clip.mp4", "video/mp4", order.key),
            self._put(order.sound.read_bytes(), "sound.wav", "audio/wav", order.key),
        )

    def _put(self, content: bytes, name: str, media_type: str, key: str) -> str:
        form, headers = multipart({}, {"content": (name, content, media_type)}, key)
        answer = self._client.body("POST", f"{self._api}/files", form, headers)
        return parsed(_File, answer, self.host).urls.get

    def submit(self, order: Order, uploads: Uploads, token: str) -> Accepted:
        """See `Service.submit`."""
        clip, sound = self._names(order.model)
        body: dict[str, Any] = {
            "version": order.model.partition(":")[2],
            "input": dict(order.parameters) | {clip: uploads.clip, sound: uploads.sound},
        }
        if report_url := self.report_url(order):
            body["webhook"] = report_url
            body["webhook_events_filter"] = ["completed"]
        headers = {"Content-Type": "application/json"}
        answer = self._client.buy(f"{self._api}/predictions", json_bytes(body), headers)
        return Accepted(parsed(_Prediction, answer, self.host).id)

    def find(self, order: Order, uploads: Uploads, since: float) -> Accepted | None:
        """See `Service.find`."""
        url: str | None = f"{self._api}/predictions"
        for _ in range(MOST_PAGES):
            if not url:
                break
            page = self._client.read(_Page, url)
            for one in page.results:
                if isinstance(one.input, dict) and uploads.clip in one.input.values():
                    return Accepted(one.id)
            url = page.next
        return None

    def poll(self, request: Accepted) -> Progress:
        """See `Service.poll`."""
        found = self._client.read(_Prediction, f"{self._api}/predictions/{request.request_id}")
        if found.status in WAITING:
            return Progress("waiting", found.status)
        if found.status in FAILED:
            said = f": {shown(found.error)}" if found.error else ""
            return Progress("failed", f"{found.status}{said}")
        if found.status != DONE:
            raise unknown_state(self.host, found.status)
        if found.data_removed:
            raise Fault(f"{self.host}: has removed the film of this request, as it does in an hour")
        return Progress("succeeded", found.status, _film(found.output, self.host))

    def check_webhooks(self, now: float) -> None:
        """See `Service.check_webhooks`."""
        self._signer()

    def read_webhook(self, headers: Mapping[str, str], body: bytes, now: float) -> Report:
        """See `Service.read_webhook`: HMAC-SHA256 over name, time and body."""
        event, sent = header(headers, "webhook-id"), header(headers, "webhook-timestamp")
        check_time(sent, now)
        code = base64.b64encode(
            hmac_sha256(self._signer(), event.encode(), sent.encode(), body)
        ).decode()
        given = header(headers, "webhook-signature").split(" ")
        check_any(code, [one.removeprefix("v1,") for one in given if one.startswith("v1,")])
        found = parsed_report(_Prediction, body, self.host)
        strange = "" if found.status in (*WAITING, *FAILED, DONE) else shown(found.status)
        return Report(event, found.id, strange)

    def _signer(self) -> bytes:
        try:
            return base64.b64decode(secret(self._variable).removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError):
            raise InputError(
                f"the environment variable {self._variable} holds no key such as whsec_..."
            ) from None


def _film(output: object, host: str) -> str:
    """The address of the film in an output: a text, a list of one, or an object of one."""
    found = output
    if isinstance(found, dict):
        found = list(found.values())
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if not isinstance(found, str):
        raise Fault(f"{host}: the model's output is not one film")
    return parsed(_Output, json_bytes({"url": found}), host).url


class _Output(Wire):
    url: Url
