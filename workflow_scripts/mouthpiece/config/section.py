"""The base class of all sections of the config."""

from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from .kinds import bare, parts

MOST_CHARACTERS = 4096
"""The longest value of a key that holds text; longer than any path."""

Share = Annotated[float, Field(ge=0, le=1)]
Degrees = Annotated[float, Field(gt=0, le=90)]
Crf = Annotated[int, Field(ge=0, le=51)]
X264Preset = Literal[
    "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"
]
LengthPolicy = Literal["auto", "pad", "trim", "loop", "error"]
Action = Literal["lipsync", "passthrough"]


class Section(BaseModel):
    """A part of the config. It is frozen and refuses unknown keys."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,  # a threshold that is not a number lets everything pass
        coerce_numbers_to_str=True,
        str_max_length=MOST_CHARACTERS,
    )

    @model_validator(mode="before")
    @classmethod
    def _as_written(cls, values: Any) -> Any:
        """Turn back what YAML reads into words: an unquoted `off` is false to it, a day a date."""
        if not isinstance(values, dict):
            return values
        words = {key: get_args(field.annotation) for key, field in cls.model_fields.items()}
        return {
            key: "off" if value is False and "off" in words.get(key, ()) else _day(value)
            for key, value in values.items()
        }

    @field_validator("*", mode="before")
    @classmethod
    def _no_nul(cls, value: Any) -> Any:
        """Refuse a character that ends a path for the system."""
        if isinstance(value, str) and "\0" in value:
            raise ValueError("has a character that no path can have")
        return value

    @field_validator("*", mode="before")
    @classmethod
    def _no_yes_for_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse yes and no where a number is meant: pydantic takes them for 1 and 0."""
        kinds = parts(cls.model_fields[info.field_name or ""].annotation)
        if isinstance(value, bool) and any(bare(kind)[0] in (int, float) for kind in kinds):
            raise ValueError("should be a number")
        return value


def _day(value: Any) -> Any:
    return value.isoformat() if type(value) is date else value
