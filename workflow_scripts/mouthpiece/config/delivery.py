"""Section `delivery`."""

from typing import Annotated, Any, Literal

from pydantic import Field

from .section import Crf, LengthPolicy, Section, X264Preset


class Delivery(Section):
    """The finished film."""

    crf: Crf = 12
    """x264 quality. 12 keeps unchanged cuts at 45 dB PSNR or more to the mezzanine."""
    preset: X264Preset = "veryfast"
    """x264 preset of the film."""
    pixel_format: Literal["mezzanine", "yuv420p"] = "mezzanine"
    """`mezzanine` keeps its bit depth and chroma; `yuv420p` plays everywhere."""
    audio_bitrate_kbps: Annotated[int, Field(ge=32, le=512)] = 192
    """AAC bit rate of the dub, at its own sample rate."""
    length_policy: LengthPolicy = "error"
    """What happens if the dub and the picture differ in length. `error` stops. `pad` extends the
    shorter one, with silence or by holding the last picture. `trim` cuts the longer one. `loop`
    plays the picture forward and backward for as long as the dub lasts."""
    length_tolerance_s: Annotated[float, Field(ge=0)] = 0.1
    """A difference up to this is padded or trimmed whatever the policy."""

    @property
    def encoding(self) -> dict[str, Any]:
        """The values that a segment depends on; see `media.encode.Encoding`."""
        return self.model_dump(include={"crf", "preset", "pixel_format"})
