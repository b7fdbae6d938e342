"""The settings and presets of MuseTalk."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ..settings import EngineSettings

MUSETALK_PRESETS: dict[str, dict[str, Any]] = {
    "standard": {},
    "opens_too_little": {"bbox_shift_px": 7},
    "opens_too_much": {"bbox_shift_px": -5},
    "jaw_seam": {"extra_margin_px": 18},
    "floating_cheek": {"left_cheek_width_px": 105, "right_cheek_width_px": 105},
    "close_up": {"precision": "fp32"},
    "upstream": {
        "box_smoothing_frames": 0.0,
        "timing": "upstream",
        "shift_1_5": False,
        "landmarks": "dwpose",
        "keep_silence": False,
    },
}
"""The sets of practice: what each changes of the defaults. A key said beside `preset` wins."""


class MusetalkSettings(EngineSettings):
    """MuseTalk: redraws the lower half of the face; needs its weights, and a GPU to be fast."""

    warm: ClassVar[bool] = True
    presets: ClassVar[dict[str, dict[str, Any]]] = MUSETALK_PRESETS
    baked: ClassVar[frozenset[str]] = frozenset(
        {
            *("version", "landmarks", "bbox_shift_px", "shift_1_5", "extra_margin_px"),
            *("box_smoothing_frames", "parsing", "parsing_mode", "left_cheek_width_px"),
            *("right_cheek_width_px", "mask_blur", "precision", "device"),
        }
    )
    neutral: ClassVar[frozenset[str]] = frozenset({"models", "batch_frames", "compile", "threads"})

    preset: Literal[
        "standard",
        "opens_too_little",
        "opens_too_much",
        "jaw_seam",
        "floating_cheek",
        "close_up",
        "upstream",
    ] = "standard"
    """A named set of the keys below (`MUSETALK_PRESETS`)."""
    version: Literal["1.5", "1.0"] = "1.5"
    """1.0 is drawn as upstream draws it: no extra margin, parsing mode raw."""
    models: str = ""
    """A folder laid out as upstream's `models/`, used as it is; empty: the project's own."""
    landmarks: Literal["mesh", "dwpose"] = "mesh"
    """The guard's face mesh mapped to 68 points, or DWPose (ONNX) on the tracked face."""
    bbox_shift_px: Annotated[int, Field(ge=-50, le=50)] = 0
    """Moves the upper edge of what is redrawn: + down, the mouth opens more; - up, less. The range
    that suits a cut is found when its avatar is baked."""
    shift_1_5: bool = True
    """False ignores `bbox_shift_px` for version 1.5, as upstream does."""
    extra_margin_px: Annotated[int, Field(ge=0, le=100)] = 10
    """Picture rows added under the chin (version 1.5)."""
    box_smoothing_frames: Annotated[float, Field(ge=0, le=50)] = 3.0
    """Standard deviation of the boxes' smoothing over time; 0 is off: whole pixels, as upstream."""
    parsing: Literal["bisenet", "drawn"] = "bisenet"
    """What finds the skin: a network trained on CelebAMask-HQ (non-commercial data), or the face's
    landmarks."""
    parsing_mode: Literal["raw", "neck", "jaw"] = "jaw"
    """What the mask takes: skin and lips; the neck too; or skin grown over the jaw (1.5)."""
    left_cheek_width_px: Annotated[int, Field(ge=0, le=256)] = 90
    """Half width of the mask's full strength, of 256, left of the middle (mode jaw)."""
    right_cheek_width_px: Annotated[int, Field(ge=0, le=256)] = 90
    """Likewise, right of the middle."""
    mask_blur: Annotated[float, Field(ge=0, le=0.5)] = 0.05
    """Blur of the mask's edge, as a share of the face region; upstream: 0.05, its realtime 0.1."""
    audio_padding_left_frames: Annotated[int, Field(ge=0, le=12)] = 2
    """Sound a picture hears before its own, in frames of 25 fps."""
    audio_padding_right_frames: Annotated[int, Field(ge=0, le=12)] = 2
    """Likewise, after its own."""
    timing: Literal["exact", "upstream"] = "exact"
    """"upstream" cuts the rate to a whole number and pads by it: it drifts at 29.97 and 23.976."""
    keep_silence: bool = True
    """Where the dub is silent and the source's mouth shut, the original picture is kept."""
    batch_frames: Annotated[int, Field(ge=1, le=512)] = 32
    """Frames drawn at once; halves by itself when memory runs out."""
    precision: Literal["auto", "fp16", "bf16", "fp32"] = "auto"
    """"auto" is fp16 on a GPU and fp32 on a CPU."""
    device: Literal["auto", "cuda", "cpu"] = "auto"
    compile: Literal["off", "default", "max-autotune"] = "off"
    """torch.compile on a GPU: twice as fast, after 108 s of compiling the first time and 27 s in
    each later process (H100). It pays where a worker (`worker.mode`) draws many cuts."""
    threads: Annotated[int, Field(ge=1, le=256)] = 8
    """Cores that a bake keeps busy: they decode the cut, crop pictures and make masks."""

    @property
    def gpus(self) -> int:
        """See `EngineSection`: none where a CPU draws."""
        return int(self.device != "cpu")

    @property
    def cores(self) -> int:
        """See `EngineSection`."""
        return self.threads

    @property
    def mem_mb(self) -> int:
        """See `EngineSection`: the UNet's 3.4 GB of fp32, twice while converted."""
        return 9000
