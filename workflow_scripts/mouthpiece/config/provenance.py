"""Section `provenance`."""

from typing import Literal

from .section import Section


class Provenance(Section):
    """How a delivered film says that it was made by AI; see docs/provenance.md."""

    mark: Literal["made", "all", "off"] = "made"
    """Which films are marked, by XMP, content credentials (C2PA) and a sidecar. `made`: those whose
    dub is made here. `all`: also those of a given dub. `off`: none. Who publishes a marked film in
    the EU still has duties; so has who takes marks away."""
    sign: Literal["test", "certificate", "off"] = "test"
    """Who signs the content credentials. `test`: a certificate that is made for each film, which
    nobody trusts. `certificate`: yours. `off`: there are none, only XMP and the sidecar."""
    certificate: str = ""
    """Your certificate chain, PEM, the signer's own first; path as for `videos`."""
    key: str = ""
    """The signer's private key, PEM, without a password; path as for `videos`. Empty: the file that
    the environment variable `key_variable` names."""
    key_variable: str = "MOUTHPIECE_SIGNING_KEY"
    """The environment variable that names the file of the key."""
    algorithm: Literal["es256", "es384", "es512", "ps256", "ps384", "ps512", "ed25519"] = "es256"
    """How the key signs; `es256` is for keys on the curve P-256, `ps256` for RSA."""
    timestamp_authority: str = ""
    """The address of a timestamp authority (RFC 3161). It is asked for each film that is signed by
    your certificate; it gets a hash. Empty: nothing leaves this machine, and the credentials end
    with the certificate."""

    def marks(self, made: bool) -> bool:
        """Tell whether a film is marked.

        Args:
            made: Whether its dub is made here.

        Returns:
            Whether it is.
        """
        return self.mark == "all" or (self.mark == "made" and made)
