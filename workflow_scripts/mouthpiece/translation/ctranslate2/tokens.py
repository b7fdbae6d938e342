"""Tokenizers of converted models: a tokenizer.json, or SentencePiece models.

SentencePiece itself is not installed: its unigram models are read here, and run by `tokenizers`.
"""

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.errors import InputError
from .settings import TOKENIZERS

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SPACE = "\u2581"
"""What SentencePiece writes for a space."""

PIECES, NORMALIZER, CHARSMAP = 1, 3, 2
"""Fields of a SentencePiece model: its pieces, its normalizer, and that one's table."""

MOST_BYTES = 64 << 20


def source_tokenizer(folder: Path) -> "Tokenizer":
    """Load the tokenizer of a model's source language.

    Args:
        folder: The model's folder.

    Returns:
        The tokenizer.

    Raises:
        InputError: There is none, or it cannot be read.
    """
    return _load(folder, [names[0] for names in TOKENIZERS])


def target_tokenizer(folder: Path) -> "Tokenizer":
    """Load the tokenizer of a model's target language.

    Args:
        folder: The model's folder.

    Returns:
        The tokenizer.

    Raises:
        InputError: There is none, or it cannot be read.
    """
    return _load(folder, [names[-1] for names in TOKENIZERS])


def _load(folder: Path, names: Sequence[str]) -> "Tokenizer":
    from tokenizers import Tokenizer

    path = next((folder / name for name in names if (folder / name).is_file()), None)
    if path is None:
        raise InputError(
            f"{folder}: has no tokenizer; copy tokenizer.json, or source.spm and target.spm, from "
            "the model that was converted"
        )
    try:
        return Tokenizer.from_file(str(path)) if path.suffix == ".json" else _unigram(path)
    except Exception as error:  # tokenizers raises plain exceptions
        what = " ".join(str(error).split())[:200]
        raise InputError(f"{path}: is no tokenizer that can be read: {what}") from None


def _unigram(path: Path) -> "Tokenizer":
    """A SentencePiece model of the kind unigram. See sentencepiece_model.proto for its fields."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

    if path.stat().st_size > MOST_BYTES:
        raise ValueError("it is too large")
    pieces: list[tuple[str, float]] = []
    charsmap = b""
    unknown = 0
    for field, value in _fields(path.read_bytes()):
        if field == PIECES and isinstance(value, bytes):
            inner = dict(_fields(value))
            text, score, kind = inner.get(1, b""), inner.get(2, 0.0), inner.get(3, 1)
            unknown = len(pieces) if kind == 2 else unknown
            pieces.append((_text(text), score if isinstance(score, float) else 0.0))
        elif field == NORMALIZER and isinstance(value, bytes):
            found = dict(_fields(value)).get(CHARSMAP, b"")
            charsmap = found if isinstance(found, bytes) else b""
    if not pieces:
        raise ValueError("it has no pieces")
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=unknown))
    steps = [normalizers.Precompiled(charsmap)] if charsmap else []
    tokenizer.normalizer = normalizers.Sequence([*steps, normalizers.Replace("  ", " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=SPACE)
    tokenizer.decoder = decoders.Metaspace(replacement=SPACE)
    return tokenizer


def _text(value: bytes | float | int) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else ""


def _fields(content: bytes) -> Iterator[tuple[int, bytes | float | int]]:
    """The fields of a protocol buffer: number and value."""
    at = 0
    while at < len(content):
        key, at = _varint(content, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _varint(content, at)
            yield number, value
            continue
        if kind == 2:
            length, at = _varint(content, at)
        else:
            length = {1: 8, 5: 4}[kind]
        part = content[at : at + length]
        if len(part) != length:
            raise ValueError("it is cut short")
        at += length
        yield number, struct.unpack("<f", part)[0] if kind == 5 else part


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """A number of 7 bits a byte, and where it ends."""
    value = 0
    for shift in range(0, 64, 7):
        if at >= len(content):
            raise ValueError("it is cut short")
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("it holds a number that is too long")
