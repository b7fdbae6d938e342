"""What a row of overrides.tsv makes of the settings."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..core.errors import InputError, quoted
from ..engines.registry import engine_settings, preset_names, read_settings
from .config_file import file_of
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


def check_finals(
    settings: Settings,
    overridden: Sequence[tuple[Override, Settings]],
    config_files: Sequence[Path],
) -> None:
    """Refuse a final engine that draws nothing, since it is the one that drafts.

    Args:
        settings: The config.
        overridden: Each row of overrides.tsv, with the settings of what it is about.
        config_files: The config files; later files win.

    Raises:
        InputError: It is the same engine, in the config for all cuts or in a row.
    """
    problem = "{} drafts these cuts already, and would draw no finals; name another engine, or none"
    for override, found in overridden:
        if override.setting == "final.engine" and found.finals_are_drafts:
            raise override.row.error("value", problem.format(found.engine))
    if settings.finals_are_drafts and not any(found.has_finals for _, found in overridden):
        file = file_of("final.engine", config_files) or "config"
        raise InputError(f"{file}: final.engine: {problem.format(settings.engine)}")


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
