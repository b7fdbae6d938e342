"""The accents that Kokoro speaks: whose phonemes it was trained on, and with which voices.

Japanese and Chinese, which it was trained on, too, are not among them: their phonemes are not those
of espeak-ng, and what it says with these is not understood.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import langcodes


@dataclass(frozen=True)
class Accent:
    """An accent.

    Attributes:
        espeak: The language of espeak-ng that has its phonemes.
        voices: The languages of its own voices.
        replaced: Phonemes that the model knows by another symbol, in their order.
    """

    espeak: str
    voices: tuple[str, ...]
    replaced: Mapping[str, str] = field(default_factory=dict)


_ENGLISH = {"ɚ": "əɹ", "r": "ɹ", "ɹɹ": "ɹ", "ɐ": "ə", "ʔ": "t"}
_ACCENTS = {
    "en-us": Accent("en-us", ("en-US",), {**_ENGLISH, "ɜː": "ɜɹ", "ɹɹ": "ɹ", "ː": "", "ɾ": "T"}),
    "en-gb": Accent("en-gb", ("en-GB",), _ENGLISH),
    "es": Accent("es", ("es",)),
    "es-419": Accent("es-419", ("es",)),
    "fr": Accent("fr", ("fr",)),
    # espeak-ng writes y for the weak i at the end of "que".
    "pt-br": Accent("pt-br", ("pt-BR",), {"y": "i"}),
    "it": Accent("it", ("it",)),
    "hi": Accent("hi", ("hi",)),
}
_BRITISH = ("GB", "IE", "AU", "NZ", "ZA", "IN", "SG", "HK")
"""Territories whose English is nearer to the British accent."""


def accent_of(language: str) -> Accent | None:
    """Find the accent for a language.

    Args:
        language: A BCP-47 tag.

    Returns:
        The accent; None: it does not speak the language. European Portuguese is another language to
        its voices.
    """
    tag = langcodes.get(language)
    territory = tag.territory or ""
    names = {
        "en": "en-gb" if territory in _BRITISH else "en-us",
        "es": "es-419" if territory not in ("", "ES") else "es",
        "pt": "pt-br" if territory in ("", "BR") else "",
    }
    return _ACCENTS.get(names.get(tag.language or "", tag.language or ""))
