"""The C2PA manifest of a film, as the C2PA library takes it (C2PA 2.x, claim version 2)."""

import mimetypes
from pathlib import Path
from typing import Any

from .statement import (
    ALGORITHMIC,
    COMPOSITE,
    SOFTWARE,
    TRAINED,
    Redrawn,
    Statement,
    software_version,
)

PARENT = "source"
"""The label of the ingredient that was edited."""

FORMANT = ("espeak",)
"""Synthesizers that follow rules, without a trained network."""


def manifest(statement: Statement) -> dict[str, Any]:
    """Say what was done with the source.

    Args:
        statement: What is said of the film.

    Returns:
        The manifest, without its ingredient.
    """
    actions = [
        {"action": "c2pa.opened", "parameters": {"ingredientIds": [PARENT]}},
        *(_redrawn(one) for one in statement.redrawn),
        _dubbed(statement),
        *_translated(statement),
    ]
    if statement.is_generated and not statement.redrawn:
        actions.insert(1, _edited())
    # Without the original's sound, encoding and so on: more was done than the actions say.
    data = {"actions": actions, "allActionsIncluded": False}
    return {
        "claim_generator_info": [{"name": SOFTWARE, "version": software_version()}],
        "title": statement.title,
        "assertions": [{"label": "c2pa.actions.v2", "data": data, "created": True}],
    }


def parent(source: Path) -> dict[str, Any]:
    """Describe the source. Its name is left out: file names often name people.

    Args:
        source: The user's file.

    Returns:
        The ingredient.
    """
    return {
        "title": PARENT,
        "format": media_type(source),
        "relationship": "parentOf",
        "label": PARENT,
    }


def media_type(file: Path) -> str:
    """Tell a file's media type by its name.

    Args:
        file: The file.

    Returns:
        Such as "video/mp4".
    """
    own = {".mkv": "video/x-matroska", ".mxf": "application/mxf", ".m4a": "audio/mp4"}
    found = own.get(file.suffix.lower()) or mimetypes.guess_type(file.name)[0]
    return found or "application/octet-stream"


def _edited() -> dict[str, Any]:
    agent = {"name": SOFTWARE, "version": software_version()}
    return {"action": "c2pa.edited", "softwareAgent": agent, "digitalSourceType": COMPOSITE}


def _redrawn(one: Redrawn) -> dict[str, Any]:
    """An action for the cuts of one engine. Frames count from 0; the last one is meant, too."""
    regions = [
        {
            "description": "A mouth was redrawn.",
            "region": [{"type": "frame", "frame": {"start": first, "end": last}}],
        }
        for first, last in one.spans
    ]
    return _edited() | {
        "description": "Mouths were redrawn to fit the dub.",
        "changes": regions,
        "parameters": {
            "engine": one.engine,
            "preset": one.preset,
            "weightsVersion": one.weights,
            "codeVersion": one.code,
        },
    }


def _dubbed(statement: Statement) -> dict[str, Any]:
    dubbed: dict[str, Any] = {"action": "c2pa.dubbed"}
    if not statement.voices:
        return dubbed | {"description": "The dub was given."}
    voices = statement.voices
    trained = any(voice.synthesizer not in FORMANT for voice in voices)
    return dubbed | {
        "description": "The voices of the dub are synthetic.",
        "digitalSourceType": TRAINED if trained else ALGORITHMIC,
        "parameters": {"voices": [f"{v.synthesizer}: {v.voice}" for v in voices]},
    }


def _translated(statement: Statement) -> list[dict[str, Any]]:
    """The translation, where both languages are known, as C2PA wants it."""
    if not statement.source_language:
        return []
    return [
        {
            "action": "c2pa.translated",
            "parameters": {
                "sourceLanguage": statement.source_language,
                "targetLanguage": statement.language,
                "translator": statement.translator,
            },
        }
    ]
