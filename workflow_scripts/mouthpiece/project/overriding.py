"""What a row of overrides.tsv makes of the settings."""

from typing import Any

from pydantic import ValidationError

from ..core.errors import InputError, quoted
from ..engines.registry import engine_settings, preset_names, read_settings
from .explain import explain, keys, near
from .overrides import Override
from .rows import Row
from .settings import Settings

BAKED = ("engine", "final.engine")
"""Settings outside those of the engines that an avatar depends on."""


def check_preset(row: Row, column: str, preset: str, engine: str) -> None:
    """Refuse a preset that an engine does not have.

    Args:
        row: The row that names it.
        column: The column.
        preset: The preset.
        engine: The engine.

    Raises:
        InputError: It has none of that name.
    """
    names = preset_names(engine)
    if preset not in names:
        known = f"its presets: {', '.join(names)}" if names else "it has no presets"
        raise row.error(
            column, f"the engine {engine} has no {quoted(preset)}; {known}{near(preset, names)}"
        )


def overridden(settings: Settings, override: Override) -> Settings:
    """Apply one override.

    Args:
        settings: The settings before.
        override: The row.

    Returns:
        The settings with it.

    Raises:
        InputError: The row is wrong.
    """
    values = settings.model_dump()
    *sections, key = override.setting.split(".")
    section: Any = values
    for name in sections:
        section = section.get(name) if isinstance(section, dict) else None
    if not isinstance(section, dict) or key not in section or isinstance(section[key], dict):
        hint = near(override.setting, list(keys(Settings)))
        raise override.row.error(
            "setting", f"{override.setting!r} is not a key of the config{hint}"
        )
    changed = {key: override.value}
    if override.setting in BAKED and override.language != "*":
        raise _not_shared(override)
    if sections[:1] == ["engines"]:
        changed = _engine_changes(override, sections[1], key, section)
    section |= changed
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise override.row.error(
            "value", explain(error, lambda _: "not allowed", Settings)
        ) from None


def _engine_changes(
    override: Override, engine: str, key: str, values: dict[str, Any]
) -> dict[str, Any]:
    """The engine settings that an override changes; a preset changes several."""
    changed: dict[str, Any] = {key: override.value}
    if key == "preset":
        check_preset(override.row, "value", override.value, engine)
        after = read_settings(engine, values).with_preset(override.value).model_dump()
        changed = {name: value for name, value in after.items() if value != values[name]}
    if override.language != "*" and changed.keys() & engine_settings()[engine].baked:
        raise _not_shared(override)
    return changed


def _not_shared(override: Override) -> InputError:
    why = f"{override.setting} is part of the bake, which all languages share: write *"
    return override.row.error("language", why)
