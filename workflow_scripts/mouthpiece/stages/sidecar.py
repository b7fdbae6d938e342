"""Stage `sidecar`: a JSON file beside the delivered files that says how they were made.

docs/provenance.md describes its keys. It holds no words of anybody, no names and no paths.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..core.delivery_table import read_delivery, with_files
from ..core.files import read_json, sha256, write_json
from ..provenance.statement import (
    LIPSYNC,
    SOFTWARE,
    FilmFacts,
    Statement,
    digital_source_type,
    read_statement,
    software_version,
)

DRAFT_KEYS = ("engine", "settings", "weights", "code", "packages")
"""What is said of the engine of a redrawn cut, from its draft.json."""


def sidecar(
    *,
    video: str,
    language: str,
    deliverables: Sequence[Path],
    facts: FilmFacts,
    source_sha256: str,
    kind: str,
    sign: str,
    models: Mapping[str, Any],
    settings: Mapping[str, Any],
    path: Path,
) -> None:
    """Write how a film was made.

    Args:
        video: The video's id.
        language: The language of the dub, a BCP-47 tag.
        deliverables: The delivered files.
        facts: The files that tell how the film was made.
        source_sha256: The hash of the user's source file.
        kind: The kind of the dub: `made`, `dialogue` or `mix`.
        sign: Who signed: `test`, `certificate` or `off`.
        models: What made the dub, by stage: names and versions of weights.
        settings: The settings of these stages, by section of the config.
        path: The JSON file to write.
    """
    statement = read_statement(facts, title="", source=Path(), language=language)
    engines, cuts = _cuts(facts, statement.frames)
    write_json(
        path,
        {
            "version": 1,
            "software": {"name": SOFTWARE, "version": software_version()},
            "film": {
                "video": video,
                "language": language,
                "source_language": statement.source_language,
                "frames": statement.frames,
                "rate": str(statement.rate),
                "kind": kind,
            },
            "digital_source_type": digital_source_type(statement),
            "generated": _generated(statement),
            "source": {"sha256": source_sha256},
            "engines": engines,
            "cuts": cuts,
            "voices": [asdict(voice) for voice in statement.voices],
            "models": dict(models),
            "settings": dict(settings),
            "signed_by": sign,
            "deliverables": [_deliverable(file) for file in deliverables],
        },
    )


def _generated(statement: Statement) -> dict[str, Any]:
    return {
        "mouths": bool(statement.redrawn),
        "voices": bool(statement.voices),
        "translation": statement.translator,
    }


def _cuts(facts: FilmFacts, frames: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The engines that redrew cuts; and the cuts, each with its engine's place in that list."""
    engines: list[dict[str, Any]] = []
    cuts = []
    for cut, draft in with_files(read_delivery(facts.delivery), facts.drafts):
        last = min(cut.first_frame + cut.frames, frames) - 1
        if last < cut.first_frame:
            continue
        row = {"cut": cut.cut, "first_frame": cut.first_frame, "last_frame": last, "engine": None}
        if draft and cut.action == LIPSYNC:
            known = read_json(draft)
            engine = {key: known[key] for key in DRAFT_KEYS if key in known}
            if engine not in engines:
                engines.append(engine)
            row["engine"] = engines.index(engine)
        cuts.append(row)
    return engines, cuts


def _deliverable(file: Path) -> dict[str, Any]:
    return {"file": file.name, "bytes": file.stat().st_size, "sha256": sha256(file)}
