"""Voices in Piper's format: a network, and what it says of itself."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import langcodes

MOST_BYTES = 4 << 20
"""The largest description that is read."""


@dataclass(frozen=True)
class PiperVoice:
    """A voice.

    Attributes:
        name: Its name, that of its file.
        network: Its network.
        language: Its language, a BCP-47 tag.
        espeak: The language of espeak-ng whose phonemes it takes.
        sample_rate_hz: Samples/s of what it speaks.
        ids: The numbers of each phoneme.
        scales: How much of chance there is in its sound, its length, and in the length of phonemes.
        speakers: How many speakers it has.
    """

    name: str
    network: Path
    language: str
    espeak: str
    sample_rate_hz: int
    ids: Mapping[str, Sequence[int]]
    scales: tuple[float, float, float]
    speakers: int

    @property
    def files(self) -> tuple[Path, Path]:
        """Its network and its description."""
        return self.network, description_of(self.network)


def description_of(network: Path) -> Path:
    """Tell where a voice's description is.

    Args:
        network: The voice's network.

    Returns:
        The file beside it.
    """
    return network.with_name(network.name + ".json")


def read_voices(folder: Path) -> list[PiperVoice]:
    """Read the voices of a folder.

    Args:
        folder: The folder; it need not exist.

    Returns:
        The voices whose description can be read, by name.
    """
    networks = sorted(folder.glob("*.onnx")) if folder.is_dir() else []
    found = [read_voice(network, description_of(network)) for network in networks]
    return [voice for voice in found if voice is not None]


def read_voice(network: Path, description: Path) -> PiperVoice | None:
    """Read what a voice says of itself.

    Args:
        network: Its network.
        description: Its description, JSON.

    Returns:
        The voice; None where the description is missing or damaged.
    """
    try:
        if description.stat().st_size > MOST_BYTES:
            return None
        values: dict[str, Any] = json.loads(description.read_text(encoding="utf-8"))
        inference = values.get("inference") or {}
        scales = (("noise_scale", 0.667), ("length_scale", 1.0), ("noise_w", 0.8))
        noise, length, width = (float(inference.get(key, usual)) for key, usual in scales)
        espeak = str(values["espeak"]["voice"])
        named = (values.get("language") or {}).get("code") or espeak
        return PiperVoice(
            name=network.name.removesuffix(".onnx"),
            network=network,
            language=langcodes.standardize_tag(str(named)),
            espeak=espeak,
            sample_rate_hz=int(values["audio"]["sample_rate"]),
            ids={str(p): [int(n) for n in ids] for p, ids in values["phoneme_id_map"].items()},
            scales=(noise, length, width),
            speakers=int(values.get("num_speakers", 1)),
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError, LookupError):
        return None
