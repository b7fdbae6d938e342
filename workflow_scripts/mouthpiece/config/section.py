"""The base class of all sections of the config."""

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

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
        extra="forbid", frozen=True, coerce_numbers_to_str=True, use_attribute_docstrings=True
    )

    @model_validator(mode="before")
    @classmethod
    def _take_off(cls, values: Any) -> Any:
        """Turn false back into "off": YAML reads an unquoted `off` as false."""
        if not isinstance(values, dict):
            return values
        words = {key: get_args(field.annotation) for key, field in cls.model_fields.items()}
        return {
            key: "off" if value is False and "off" in words.get(key, ()) else value
            for key, value in values.items()
        }
