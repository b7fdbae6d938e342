"""Seeded mutations of bytes and text, as damage and careless editing make them."""

import random

SPECIAL_BYTES = (b"\x00", b"\xff", b"\x7f", b"\x80", b"\xff\xff\xff\xff", b"\x00\x00\x00\x00")
SPECIAL_TEXTS = (
    "", " ", "\t", "\n", "\r\n", '"', "''", "#", "*", "~", "../", "/", "\\", "\x00", "\ufeff",
    "\u2028", "\u202e", "é", "💬", ".nan", "nan", "inf", "-inf", "-1", "0", "1e309", "25/0",
    "x" * 300, "9" * 400, "null", "[]", "{}", "!!python/object:os.system", "2026-11-26", "&a", "*a",
)  # fmt: skip


def mutated(rng: random.Random, data: bytes, most: int = 4) -> bytes:
    """Damage some bytes: flipped, removed, repeated, cut off, replaced by special values."""
    for _ in range(rng.randint(1, most)):
        at = rng.randrange(len(data) + 1)
        length = min(len(data) - at, rng.choice((1, 4, 16, 256, 4096)))
        kind = rng.randrange(6)
        if kind == 0:
            data = data[:at]
        elif kind == 1:
            data = data[:at] + data[at + length :]
        elif kind == 2:
            data = data[:at] + data[at : at + length] * 2 + data[at + length :]
        elif kind == 3:
            data = data[:at] + rng.choice(SPECIAL_BYTES) + data[at + length :]
        elif kind == 4:
            data = data[:at] + rng.randbytes(length) + data[at + length :]
        elif at < len(data):
            data = data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]
    return data


def mutated_text(rng: random.Random, text: str, most: int = 4) -> str:
    """Edit some text: special values put in, pieces removed, repeated or swapped."""
    for _ in range(rng.randint(1, most)):
        at = rng.randrange(len(text) + 1)
        length = min(len(text) - at, rng.choice((1, 2, 8, 40)))
        kind = rng.randrange(4)
        if kind == 0:
            text = text[:at] + rng.choice(SPECIAL_TEXTS) + text[at + length :]
        elif kind == 1:
            text = text[:at] + text[at + length :]
        elif kind == 2:
            text = text[:at] + text[at : at + length] * 2 + text[at + length :]
        else:
            text = text[:at] + rng.choice(SPECIAL_TEXTS) + text[at:]
    return text
