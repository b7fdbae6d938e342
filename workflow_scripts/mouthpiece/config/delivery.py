"""Section `delivery`."""

from typing import Annotated, Any, Literal

from pydantic import Field

from .section import Crf, LengthPolicy, Section, Share, X264Preset


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
    length_policy: LengthPolicy = "auto"
    """What happens if the dub and the picture differ in length. `auto` keeps the picture's length:
    silence fills a shorter dub, and the silent end of a longer one is cut; where that end is heard,
    the last picture is held. `pad` extends the shorter one, with silence or by holding the last
    picture. `trim` cuts the longer one. `loop` plays the picture forward and backward for as long
    as the dub lasts. `error` refuses the dub."""
    length_tolerance_s: Annotated[float, Field(ge=0)] = 0.1
    """A difference up to this, in seconds, is padded or trimmed whatever the policy."""
    length_limit_s: Annotated[float, Field(ge=0)] = 2.0
    """With `auto`, a dub is refused whose length differs by more than this, in seconds, and by more
    than `length_limit_share`: it is probably another film's."""
    length_limit_share: Share = 0.05
    """The same limit as a share of the picture's length. The larger of the two counts."""

    @property
    def encoding(self) -> dict[str, Any]:
        """The values that a segment depends on; see `media.encode.Encoding`."""
        return self.model_dump(include={"crf", "preset", "pixel_format"})
