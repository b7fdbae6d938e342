"""Who signs, as the config says. This module is light: every job of a run reads the config."""

import os
from dataclasses import dataclass
from pathlib import Path

from ..config.provenance import Provenance


@dataclass(frozen=True)
class Signing:
    """Who signs.

    Attributes:
        sign: `test`, `certificate` or `off`; see `config.provenance`.
        certificate: The certificate chain; empty where it is not used.
        key: The private key; empty where it is not used.
        algorithm: How the key signs.
        timestamp_authority: Its address; empty: none is asked.
    """

    sign: str = "test"
    certificate: str = ""
    key: str = ""
    algorithm: str = "es256"
    timestamp_authority: str = ""

    @classmethod
    def of(cls, settings: Provenance, certificate: Path, key: Path) -> "Signing":
        """Take what the config says.

        Args:
            settings: The config section `provenance`.
            certificate: Where its certificate is.
            key: Where its key is.

        Returns:
            Who signs.
        """
        if settings.sign != "certificate":
            return cls(settings.sign)
        named = os.environ.get(settings.key_variable, "") if not settings.key else str(key)
        return cls(
            settings.sign,
            str(certificate) if settings.certificate else "",
            named,
            settings.algorithm,
            settings.timestamp_authority,
        )
