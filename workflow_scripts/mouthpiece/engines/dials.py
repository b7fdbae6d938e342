"""What a reviewer may turn of an engine on a single cut."""

from typing import Any

from .registry import engine_settings


def dials_of(engine: str) -> list[dict[str, Any]]:
    """Describe the settings of an engine that a reviewer may turn, for a page.

    Args:
        engine: The engine's name.

    Returns:
        For each dial `kind` (`timing`, `opening`), the `setting` of overrides.tsv, its `step`, and
        its `usual`, `least` and `most` value; none where there is no such engine.
    """
    settings = engine_settings().get(engine)
    if settings is None:
        return []
    dials = [
        ("timing", settings.timing_key, 1.0),
        ("opening", settings.opening_key, settings.opening_step),
    ]
    return [
        {"kind": kind, "setting": f"engines.{engine}.{key}", "step": step, **_range(engine, key)}
        for kind, key, step in dials
        if key
    ]


def _range(engine: str, key: str) -> dict[str, float]:
    """The default, and the least and the most value that the settings take."""
    field = engine_settings()[engine].model_fields[key]
    return {"usual": float(field.default)} | {
        name: float(getattr(limit, bound))
        for name, bound in (("least", "ge"), ("most", "le"))
        for limit in field.metadata
        if hasattr(limit, bound)
    }
