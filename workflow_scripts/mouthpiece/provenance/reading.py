"""What a file's content credentials say, and whether they hold."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import c2pa

from ..core.errors import InputError
from .manifest import media_type
from .signers import SETTINGS

UNTRUSTED = "signingCredential.untrusted"
"""The only failure of credentials whose signer is nobody that the reader trusts."""


@dataclass(frozen=True)
class Credentials:
    """The content credentials of a file.

    Attributes:
        state: `Trusted`, `Valid`: they hold, and the signer is not known; or `Invalid`.
        failures: What does not hold, codes of C2PA; without `UNTRUSTED`.
        signer: Who signed, as the certificate says.
        software: What wrote them.
        signed_at: When, by a timestamp authority; empty: it is not known.
        actions: What was done, as C2PA has it.
        parents: What is said of each parent, and the failures of its own credentials.
    """

    state: str
    failures: tuple[str, ...]
    signer: str
    software: str
    signed_at: str
    actions: tuple[Mapping[str, Any], ...]
    parents: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def hold(self) -> bool:
        """Whether the file is as it was signed."""
        return self.state in ("Valid", "Trusted") and not self.failures


def read_credentials(file: Path, anchors: str = "") -> Credentials | None:
    """Read a file's content credentials, and check them against the file.

    Args:
        file: The file.
        anchors: Certificates of authorities that are trusted, PEM; empty: none is.

    Returns:
        Them; None where it has none.

    Raises:
        InputError: They cannot be read.
    """
    settings = dict(SETTINGS)
    if anchors:
        settings["trust"] = {"trust_anchors": anchors}
    try:
        with _reader(file, settings) as reader:
            state = reader.get_validation_state() or "Invalid"
            found: dict[str, Any] = json.loads(reader.json())
    except c2pa.C2paError.ManifestNotFound:
        return None
    except c2pa.C2paError.NotSupported:
        raise InputError(f"{file}: files of this kind hold no content credentials") from None
    except c2pa.C2paError as error:
        why = str(error).partition("\n")[0]
        raise InputError(f"{file}: its content credentials cannot be read: {why}") from None
    return _credentials(state, found)


@contextmanager
def _reader(file: Path, settings: Mapping[str, Any]) -> Iterator[c2pa.Reader]:
    with (
        c2pa.Context.from_dict(dict(settings)) as context,
        file.open("rb") as stream,
        c2pa.Reader(media_type(file), stream, context=context) as reader,
    ):
        yield reader


def _credentials(state: str, found: Mapping[str, Any]) -> Credentials:
    active = found["manifests"][found["active_manifest"]]
    signature = active.get("signature_info", {})
    results = found.get("validation_results", {})
    codes = [one["code"] for one in results.get("activeManifest", {}).get("failure", ())]
    tools = [f"{one['name']} {one.get('version', '')}" for one in active["claim_generator_info"]]
    return Credentials(
        state=state,
        failures=tuple(code for code in codes if code != UNTRUSTED),
        signer=str(signature.get("issuer") or signature.get("common_name") or ""),
        software=", ".join(tool.strip() for tool in tools),
        signed_at=str(signature.get("time") or ""),
        actions=tuple(_actions(active)),
        parents=tuple(_parents(active)),
    )


def _actions(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for assertion in manifest.get("assertions", ()):
        if str(assertion["label"]).startswith("c2pa.actions"):
            yield from assertion["data"]["actions"]


def _parents(manifest: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for one in manifest.get("ingredients", ()):
        if one.get("relationship") == "parentOf":
            checked = one.get("validation_results", {}).get("activeManifest", {})
            codes = (failure["code"] for failure in checked.get("failure", ()))
            yield str(one.get("title", "")), tuple(code for code in codes if code != UNTRUSTED)
