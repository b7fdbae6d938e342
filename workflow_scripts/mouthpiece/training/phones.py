"""Phones of any language as what the lips do in them.

A phone is a row of articulatory features, after the order of the International Phonetic Alphabet
(place of the consonant; height, frontness and rounding of the vowel).
"""

import unicodedata
from dataclasses import dataclass

import numpy as np

STEP_RATE = 100
"""Rows per second of features and classes."""

FEATURES = (
    *("silence", "bilabial", "labiodental", "labial_glide", "postalveolar", "sibilant", "coronal"),
    *("dorsal", "rhotic", "vowel", "openness", "rounding", "frontness"),
)

CONSONANTS = {
    "bilabial": "pbmɓʙɸβ",
    "labiodental": "fvʋɱ",
    "labial_glide": "wʍɥ",
    "postalveolar": "ʃʒɕʑʂʐ",
    "sibilant": "sz",
    "coronal": "tdnlθðɾɲʎʈɖɭɳɬɫ",
    "dorsal": "kgɡŋxɣχʁqhħɦʔjçʝcɟɰʕ",
    "rhotic": "rɹɻʀɽ",
}

VOWELS = {
    "i": (0.0, 0, 1),
    "y": (0.0, 1, 1),
    "ɨ": (0.0, 0, 0),
    "ʉ": (0.0, 1, 0),
    "ɯ": (0.0, 0, -1),
    "u": (0.0, 1, -1),
    "ɪ": (0.2, 0, 1),
    "ʏ": (0.2, 1, 1),
    "ʊ": (0.2, 1, -1),
    "ᵻ": (0.2, 0, 0),
    "e": (0.35, 0, 1),
    "ø": (0.35, 1, 1),
    "ɘ": (0.35, 0, 0),
    "ɵ": (0.35, 1, 0),
    "o": (0.35, 1, -1),
    "ɤ": (0.35, 0, -1),
    "ə": (0.45, 0, 0),
    "ɚ": (0.45, 0.3, 0),
    "ɛ": (0.65, 0, 1),
    "œ": (0.65, 1, 1),
    "ɜ": (0.55, 0, 0),
    "ɝ": (0.55, 0.3, 0),
    "ʌ": (0.7, 0, -1),
    "ɔ": (0.65, 1, -1),
    "æ": (0.85, 0, 1),
    "ɐ": (0.85, 0, 0),
    "a": (1.0, 0, 0.5),
    "ɑ": (1.0, 0, -1),
    "ɒ": (0.9, 0.7, -1),
    "ɶ": (1.0, 0.7, 1),
}
"""Openness 0 to 1, rounding 0 or 1, frontness -1 to 1."""

CLASSES = (
    *("silence", "bilabial", "labiodental", "labial_glide", "postalveolar", "sibilant", "coronal"),
    *("dorsal", "rhotic", "close", "mid", "open", "close_rounded", "mid_rounded"),
)
"""What a network learns to name besides the shape, so that it hears phones, not a voice."""

FIRST_PART = 0.55
"""Share of a diphthong's time that its first vowel takes."""

ARPABET = {
    "AA": "ɑ",
    "AE": "æ",
    "AH": "ʌ",
    "AO": "ɔ",
    "AW": "aʊ",
    "AY": "aɪ",
    "EH": "ɛ",
    "ER": "ɝ",
    "EY": "eɪ",
    "IH": "ɪ",
    "IY": "i",
    "OW": "oʊ",
    "OY": "ɔɪ",
    "UH": "ʊ",
    "UW": "u",
    "B": "b",
    "CH": "tʃ",
    "D": "d",
    "DH": "ð",
    "F": "f",
    "G": "ɡ",
    "HH": "h",
    "JH": "dʒ",
    "K": "k",
    "L": "l",
    "M": "m",
    "N": "n",
    "NG": "ŋ",
    "P": "p",
    "R": "ɹ",
    "S": "s",
    "SH": "ʃ",
    "T": "t",
    "TH": "θ",
    "V": "v",
    "W": "w",
    "Y": "j",
    "Z": "z",
    "ZH": "ʒ",
    "SIL": "",
}
"""The CMU dictionary's phones in the International Phonetic Alphabet; silence is the empty text."""


@dataclass(frozen=True)
class Phone:
    """A phone in time.

    Attributes:
        ipa: Its IPA text; "" is silence.
        start_s: Its start in seconds.
        end_s: Its end in seconds.
    """

    ipa: str
    start_s: float
    end_s: float

    @property
    def parts(self) -> list["Phone"]:
        """The phone as single sounds: a diphthong's two vowels, an affricate's last consonant."""
        letters = [c for c in unicodedata.normalize("NFD", self.ipa) if c in KINDS]
        vowels = [c for c in letters if c in VOWELS]
        if len(vowels) >= 2:
            turn = self.start_s + FIRST_PART * (self.end_s - self.start_s)
            return [
                Phone(vowels[0], self.start_s, turn),
                Phone(vowels[-1], turn, self.end_s),
            ]
        return [Phone((vowels or letters[-1:] or [""])[0], self.start_s, self.end_s)]


KINDS = {letter: kind for kind, letters in CONSONANTS.items() for letter in letters}
KINDS |= dict.fromkeys(VOWELS, "vowel")


def features(sound: str) -> np.ndarray:
    """Look up the articulation of a single sound.

    Args:
        sound: An IPA letter; "" is silence.

    Returns:
        The values of `FEATURES`, [len(FEATURES)] float32.
    """
    row = np.zeros(len(FEATURES), np.float32)
    row[FEATURES.index(KINDS.get(sound, "silence"))] = 1
    if sound in VOWELS:
        row[-3:] = VOWELS[sound]
    return row


def phone_class(sound: str) -> int:
    """Look up the class of a single sound.

    Args:
        sound: An IPA letter; "" is silence.

    Returns:
        Its index in `CLASSES`.
    """
    if sound not in VOWELS:
        return CLASSES.index(KINDS.get(sound, "silence"))
    openness, rounding, _ = VOWELS[sound]
    if rounding > 0.5 and openness < 0.8:
        return CLASSES.index("close_rounded" if openness < 0.3 else "mid_rounded")
    return CLASSES.index("close" if openness < 0.3 else "mid" if openness < 0.6 else "open")


def timeline(phones: list[Phone], steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Lay phones out in time.

    A row in which the sound changes is shared between the two; time without a phone is silence.

    Args:
        phones: Phones in order.
        steps: How many rows are made, at `STEP_RATE`.

    Returns:
        Features, [steps, len(FEATURES)] float32, and classes, [steps] int8.
    """
    rows = np.zeros((steps, len(FEATURES)), np.float32)
    classes = np.zeros(steps, np.int8)
    edges = np.arange(steps + 1) / STEP_RATE - 0.5 / STEP_RATE
    covered = np.zeros(steps, np.float32)
    for phone in phones:
        for part in phone.parts:
            start, end = np.maximum(edges[:-1], part.start_s), np.minimum(edges[1:], part.end_s)
            share = np.clip((end - start) * STEP_RATE, 0, 1).astype(np.float32)
            rows += share[:, None] * features(part.ipa)
            classes[share > 0.499] = phone_class(part.ipa)
            covered += share
    rows[:, 0] += np.clip(1 - covered, 0, 1)
    return rows, classes
