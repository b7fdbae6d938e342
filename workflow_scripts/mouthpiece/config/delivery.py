"""Section `delivery`."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from .section import Crf, LengthPolicy, Section, Share, X264Preset


class Keep(Section):
    """What the delivered film has of its source, apart from the picture.

    What is not kept is listed in the summary of a run and on the review page.
    """

    subtitles: bool = True
    """Subtitles that are text, with their language, and whether they are shown unasked or forced.
    MP4 holds no subtitles that are pictures (PGS, VobSub, DVB)."""
    chapters: bool = True
    """The chapters, with their titles."""
    title: bool = True
    """The title. No other metadata is kept: it often names people, places and programs."""
    original_audio: bool = False
    """The sound of the source, as a second track. Some players choose a track by the language of
    their user, and would play it in place of the dub: so it is off unless you ask for it."""
    other_audio: bool = False
    """The further sound tracks of the source (commentary, other languages)."""


Profile = Literal["web", "hevc", "prores", "dnxhr", "stems", "multilingual"]

ENCODED = ("hevc", "prores", "dnxhr")
"""The profiles of a film that have a picture of their own."""


class Delivery(Section):
    """The finished film."""

    profiles: tuple[Profile, ...] = ("web",)
    """What is delivered of each film. `web`, an MP4 with H.264 and AAC, is always made. `hevc`: MP4
    with HEVC. `prores`: MOV with ProRes 422 HQ and PCM. `dnxhr`: DNxHR HQX and PCM. `stems`:
    dialogue, background and mix as sound files. `multilingual`: one MP4 a video with the sound and
    the subtitles of all its films. See docs/delivery.md."""
    hevc_crf: Crf = 18
    """x265 quality of the profile `hevc`."""
    hevc_preset: X264Preset = "medium"
    """x265 preset of the profile `hevc`."""
    dnxhr_form: Literal["mov", "mxf"] = "mov"
    """The form of the file of the profile `dnxhr`. MXF holds one sound track, and no subtitles."""
    stem_form: Literal["wav", "flac"] = "wav"
    """The form of the profile `stems`, 24 bit."""
    multilingual_picture: str = "original"
    """The picture of the profile `multilingual`: lips can fit one language alone. `original`: the
    source's, which fits its own sound. Else a dub, as `language` or `language_dub`."""
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
    length_tolerance_s: Annotated[float, Field(ge=0, le=60)] = 0.1
    """A difference up to this, in seconds, is padded or trimmed whatever the policy."""
    length_limit_s: Annotated[float, Field(ge=0, le=86400)] = 2.0
    """With `auto`, a dub is refused whose length differs by more than this, in seconds, and by more
    than `length_limit_share`: it is probably another film's."""
    length_limit_share: Share = 0.05
    """The same limit as a share of the picture's length. The larger of the two counts."""
    keep: Keep = Keep()
    """What the delivered film has of its source, apart from the picture."""

    @field_validator("profiles")
    @classmethod
    def _no_profile_twice(cls, profiles: tuple[str, ...]) -> tuple[str, ...]:
        for profile in profiles:
            if profiles.count(profile) > 1:
                raise ValueError(f"names {profile!r} twice")
        return profiles

    @property
    def encoded(self) -> dict[str, str]:
        """The profiles of a film that have a picture of their own, with the ends of their names."""
        forms = {"hevc": "mp4", "prores": "mov", "dnxhr": self.dnxhr_form}
        return {profile: forms[profile] for profile in ENCODED if profile in self.profiles}

    @property
    def encoding(self) -> dict[str, Any]:
        """The values that a segment depends on; see `media.encode.Encoding`."""
        return self.model_dump(include={"crf", "preset", "pixel_format"})
