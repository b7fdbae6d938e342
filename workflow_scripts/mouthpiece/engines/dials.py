"""What a reviewer may turn of an engine on a single cut."""

from typing import Any

from .registry import engine_settings
from .settings import EngineSettings


def dials_of(engine: str, film: EngineSettings | None = None) -> list[dict[str, Any]]:
    """Describe the settings of an engine that a reviewer may turn, for a page.

    Args:
        engine: The engine's name.
        film: Its settings on all cuts of a film; None: they are not known.

    Returns:
        For each dial `kind` (`timing`, `opening`, `hush`), the `setting` of overrides.tsv, its
        `step`, its `usual`, `least` and `most` value, whether it is `shared` by all languages, and,
        where the film is known, `unset`: what a cut has without a row of its own. `hush` is a
        switch: 0 or 1. None where there is no such engine.
    """
    settings = engine_settings().get(engine)
    if settings is None:
        return []
    dials = [
        ("timing", "lip_offset_frames", 1.0),
        ("opening", settings.opening_key, settings.opening_step),
        ("hush", "hush_pauses", 1.0),
    ]
    found = [(key, _dial(kind, engine, key, step)) for kind, key, step in dials if key]
    if film is None:
        return [dial for _, dial in found]
    return [dial | {"unset": float(getattr(film, key))} for key, dial in found]


def is_shared(setting: str) -> bool:
    """Tell whether all languages share a setting of an engine: it is part of the bake.

    Args:
        setting: The setting, as in overrides.tsv.

    Returns:
        Whether its rows must have the language "*".
    """
    _, _, rest = setting.partition("engines.")
    engine, _, key = rest.partition(".")
    settings = engine_settings().get(engine)
    return settings is not None and key in settings.baked


def _dial(kind: str, engine: str, key: str, step: float) -> dict[str, Any]:
    setting = f"engines.{engine}.{key}"
    known = {"kind": kind, "setting": setting, "step": step, "shared": is_shared(setting)}
    return known | _range(engine, key)


def _range(engine: str, key: str) -> dict[str, float]:
    """The default, and the least and the most value that the settings take."""
    field = engine_settings()[engine].model_fields[key]
    if field.annotation is bool:
        return {"usual": float(field.default), "least": 0.0, "most": 1.0}
    return {"usual": float(field.default)} | {
        name: float(getattr(limit, bound))
        for name, bound in (("least", "ge"), ("most", "le"))
        for limit in field.metadata
        if hasattr(limit, bound)
    }
