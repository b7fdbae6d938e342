"""Section `engines.hosted`."""

import os
import re
from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from ...services.settings import VARIABLE, address_problem
from ..settings import EngineSettings
from .models import model_problem

Scalar = bool | int | float | str
ParameterName = Annotated[str, Field(pattern="^[A-Za-z_][A-Za-z0-9_]{0,63}$")]
Usd = Annotated[float, Field(ge=0, le=100_000)]

KEYS = {"fal": "FAL_KEY", "replicate": "REPLICATE_API_TOKEN", "sync": "SYNC_API_KEY"}
"""The environment variables in which the services' own programs look for the key."""


class HostedSettings(EngineSettings):
    """Mouths drawn by a hosted service: see docs/hosted.md. Nothing is sent unless `service`,
    `model`, a price and a budget are set, and videos.tsv says `may_leave`.
    """

    implementation: ClassVar[str] = "mouthpiece.engines.hosted.engine:HostedEngine"
    baked: ClassVar[frozenset[str]] = frozenset({"sends", "crf"})
    runtime_options: ClassVar[frozenset[str]] = frozenset(
        {
            *("key_variable", "base_url", "proxy", "timeout_s", "deadline_s", "poll_s"),
            *("price_per_run_usd", "price_per_minute_usd", "budget_usd", "at_once"),
            *("webhook_url", "webhook_variable", "download_mb"),
        }
    )
    sends_pictures: ClassVar[bool] = True
    purchases: ClassVar[str] = "mouthpiece.engines.hosted.shop:Shop"

    service: Literal["fal", "replicate", "sync", ""] = ""
    """Who draws: fal.ai, Replicate or sync.so."""
    model: str = ""
    """The model, as the service names it: `fal-ai/latentsync`, `OWNER/NAME:VERSION` of Replicate,
    `lipsync-2`."""
    parameters: dict[ParameterName, Scalar] = Field({}, max_length=100)
    """The model's own parameters, such as `{guidance_scale: 1.5}`."""
    price_per_run_usd: Usd = 0.0
    """What the service asks for each cut, in US dollars."""
    price_per_minute_usd: Usd = 0.0
    """What it asks for each minute of a cut, in US dollars."""
    budget_usd: Usd = 0.0
    """What one run of the workflow may spend, in US dollars. It is never exceeded, if the prices
    are right."""
    at_once: Annotated[int, Field(ge=1, le=1000)] = 4
    """How many requests may be at work at once, over all runs in the folder. One whose fate is not
    known counts for half an hour."""
    sends: Literal["face", "frame"] = "face"
    """What the service gets to see: the face with its surroundings, or whole frames."""
    crf: Annotated[int, Field(ge=0, le=30)] = 12
    """The quality of the clip that is sent, as x264 counts it; 0 is lossless."""
    key_variable: str = ""
    """The environment variable that holds the key: its name, not the key. Empty: FAL_KEY,
    REPLICATE_API_TOKEN or SYNC_API_KEY."""
    base_url: str = ""
    """Another address of the service, such as a proxy of your own; https, but for this machine."""
    proxy: str = ""
    """A proxy, such as http://proxy.example:3128. Those of the environment are not used."""
    timeout_s: Annotated[float, Field(gt=0, le=3600)] = 120.0
    """How long one request may take, in seconds; a download, too."""
    deadline_s: Annotated[float, Field(gt=0, le=86400)] = 3600.0
    """How long a cut may take, in seconds. What is bought then is waited for by the next run."""
    poll_s: Annotated[float, Field(ge=1, le=600)] = 15.0
    """The longest wait between two looks at a request, in seconds."""
    download_mb: Annotated[int, Field(ge=1, le=100_000)] = 2000
    """The largest film that is taken, in MB."""
    webhook_url: str = ""
    """The public https address of `mouthpiece hosted serve`. Empty: the service is asked."""
    webhook_variable: str = "MOUTHPIECE_WEBHOOK_SECRET"
    """The environment variable that holds the secret which Replicate or sync.so sign webhooks
    with."""

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        """Refuse an address that is not safe, without showing what may hold a key."""
        for name in ("key_variable", "webhook_variable"):
            value = getattr(self, name)
            if value and not VARIABLE.fullmatch(value):
                raise ValueError(
                    f"{name}: write the name of an environment variable there, and never a key"
                )
        for name in ("base_url", "webhook_url"):
            value = getattr(self, name)
            if value and (problem := address_problem(value)):
                raise ValueError(f"{name}: {problem}")
        if self.proxy and not re.fullmatch(r"https?://[A-Za-z0-9.\[\]:-]+/?", self.proxy):
            raise ValueError("proxy: is not an address such as http://proxy.example:3128")
        return self

    @model_validator(mode="after")
    def _knows_model(self) -> Self:
        """Refuse a model that is not known, or what it does not take, before anything is done."""
        if problem := model_problem(self.service, self.model, self.parameters):
            raise ValueError(problem)
        return self

    def __hash__(self) -> int:
        return hash(self.model_dump_json())  # the parameters are a mapping, which has none

    @property
    def key_name(self) -> str:
        """The environment variable that holds the key."""
        return self.key_variable or KEYS.get(self.service, "")

    @property
    def webhook_address(self) -> str:
        """Where the service reports, without a slash at its end."""
        return self.webhook_url.rstrip("/")

    @property
    def is_local(self) -> bool:
        """Whether the service is on this machine, as tests have it."""
        return urlsplit(self.base_url).scheme == "http"

    def problem(self) -> str:
        """See `EngineSettings.problem`."""
        for key in ("service", "model"):
            if not getattr(self, key):
                return f"{key} is not set; see docs/hosted.md"
        if not self.price_per_run_usd and not self.price_per_minute_usd:
            return "set price_per_run_usd or price_per_minute_usd, by the service's own price list"
        if not self.budget_usd:
            return "budget_usd is not set: what may one run spend?"
        if not os.environ.get(self.key_name, "").strip():
            return f"the environment variable {self.key_name}, which holds the key, is not set"
        return ""
