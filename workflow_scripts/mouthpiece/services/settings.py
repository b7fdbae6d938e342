"""Where a hosted service is, what it is asked with, and what it costs."""

import ipaddress
import os
import re
from typing import Annotated, ClassVar, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, model_validator

from ..config.section import Section

VARIABLE = re.compile("[A-Z_][A-Z0-9_]{0,99}")
"""The name of an environment variable. Keys have small letters, so a key is not taken for one."""


class EndpointSettings(Section):
    """An OpenAI-compatible endpoint. Nothing is sent unless `base_url` and `model` are set."""

    runtime_options: ClassVar[frozenset[str]] = frozenset(
        {"key_variable", "proxy", "timeout_s", "attempts", "longest_wait_s"}
    )
    """The keys that change no answer."""

    base_url: str = ""
    """The service's address without the last part, such as https://api.openai.com/v1. It is https,
    but for this machine (http://localhost:8000/v1)."""
    model: str = ""
    """The model, as the service names it."""
    key_variable: str = "OPENAI_API_KEY"
    """The environment variable that holds the key: its name, not the key. Empty: no key is sent."""
    proxy: str = ""
    """A proxy, such as http://proxy.example:3128. Those of the environment are not used."""
    timeout_s: Annotated[float, Field(gt=0, le=3600)] = 120.0
    """How long an answer may take, in seconds."""
    attempts: Annotated[int, Field(ge=1, le=10)] = 4
    """How often a request is sent while the service is busy, fails or does not answer."""
    longest_wait_s: Annotated[float, Field(ge=0, le=3600)] = 60.0
    """The longest wait before an attempt, in seconds. If a service asks for more, the job ends."""

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        """Refuse an address that is not safe, without showing what may hold a key."""
        if self.key_variable and not VARIABLE.fullmatch(self.key_variable):
            raise ValueError(
                "key_variable: write the name of an environment variable there, such as "
                "OPENAI_API_KEY, and never the key itself"
            )
        if self.base_url and (problem := address_problem(self.base_url)):
            raise ValueError(f"base_url: {problem}")
        if self.proxy and not re.fullmatch(r"https?://[A-Za-z0-9.\[\]:-]+/?", self.proxy):
            raise ValueError("proxy: is not an address such as http://proxy.example:3128")
        return self

    @property
    def host(self) -> str:
        """The host that is asked, for messages."""
        return urlsplit(self.base_url).netloc

    def problem(self) -> str:
        """Look for what is missing before the service can be asked.

        Returns:
            A phrase that names the key of the config or the variable; empty: nothing is missing.
        """
        for key in ("base_url", "model"):
            if not getattr(self, key):
                return f"its {key} is not set in the config"
        if self.key_variable and not os.environ.get(self.key_variable, "").strip():
            return f"the environment variable {self.key_variable}, which holds its key, is not set"
        return ""


def address_problem(address: str) -> str:
    """Look for what is wrong with the address of a service.

    Args:
        address: The address.

    Returns:
        A phrase without the address, which may hold a password; empty: nothing is.
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "is not an address"
    if not host or parts.scheme not in ("http", "https") or not address.isprintable():
        return "is not an address such as https://api.example.com/v1"
    if parts.username or parts.password or parts.query or parts.fragment:
        return "may have no user, password or query: a key goes into an environment variable"
    if parts.scheme == "http" and not is_local(parts):
        return f"{host} is asked with https only, so that nobody on the way can read along"
    return ""


def is_local(parts: SplitResult) -> bool:
    """Tell whether an address is on this machine.

    Args:
        parts: The address.

    Returns:
        Whether its host is.
    """
    host = parts.hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
