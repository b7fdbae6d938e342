"""The settings and presets of MuseTalk."""

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field

from ...core.user_files import user_path
from ...weights.find import files_version
from ..settings import EngineSettings, Stage
from . import weight_files

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
"""The defaults that each preset changes. A key that is set beside `preset` wins."""


class MusetalkSettings(EngineSettings):
    """MuseTalk redraws the lower half of the face. It needs its weights, and a GPU to be fast."""

    implementation: ClassVar[str] = "mouthpiece.engines.musetalk.engine:MusetalkEngine"
    uses_worker: ClassVar[bool] = True
    folder_keys: ClassVar[tuple[str, ...]] = ("models",)
    presets: ClassVar[dict[str, dict[str, Any]]] = MUSETALK_PRESETS
    opening_key: ClassVar[str] = "bbox_shift_px"
    opening_step: ClassVar[float] = 3.0
    baked: ClassVar[frozenset[str]] = frozenset(
        {
            *("version", "landmarks", "bbox_shift_px", "shift_1_5", "extra_margin_px"),
            *("box_smoothing_frames", "parsing", "parsing_mode", "left_cheek_width_px"),
            *("right_cheek_width_px", "mask_blur", "precision", "device"),
        }
    )
    runtime_options: ClassVar[frozenset[str]] = frozenset(
        {"models", "batch_frames", "compile", "threads"}
    )

    preset: Literal[
        "standard",
        "opens_too_little",
        "opens_too_much",
        "jaw_seam",
        "floating_cheek",
        "close_up",
        "upstream",
    ] = "standard"
    """A named set of values for the keys below (`MUSETALK_PRESETS`)."""
    version: Literal["1.5", "1.0"] = "1.5"
    """1.0 draws as upstream does: without an extra margin, with parsing mode raw."""
    models: str = ""
    """A folder of weights with the layout of upstream's `models/`. Empty: the project's own."""
    landmarks: Literal["mesh", "dwpose"] = "mesh"
    """The guard's face mesh, mapped to 68 points; or DWPose (ONNX) on the tracked face."""
    bbox_shift_px: Annotated[int, Field(ge=-50, le=50)] = 0
    """Moves the upper edge of the redrawn area. Down (+), the mouth opens more; up (-), it opens
    less. The bake finds the range that suits a cut (`bbox_shift_range_px` in its row)."""
    shift_1_5: bool = True
    """False: version 1.5 ignores `bbox_shift_px`, as upstream does."""
    extra_margin_px: Annotated[int, Field(ge=0, le=100)] = 10
    """Rows of the picture that are added below the chin (version 1.5)."""
    box_smoothing_frames: Annotated[float, Field(ge=0, le=50)] = 3.0
    """Standard deviation of the smoothing of the face boxes over time. 0 turns it off: boxes are
    whole pixels, as upstream."""
    parsing: Literal["bisenet", "drawn"] = "bisenet"
    """How the skin is found: by a network trained on CelebAMask-HQ (non-commercial data), or from
    the face's landmarks."""
    parsing_mode: Literal["raw", "neck", "jaw"] = "jaw"
    """What the mask covers: skin and lips; these and the neck; or lips and skin, extended below the
    jaw (1.5)."""
    left_cheek_width_px: Annotated[int, Field(ge=0, le=256)] = 90
    """Width of the mask left of the centre, in pixels of the parsed square of 512 x 512 px. Beyond
    it, the cheek is eroded (mode jaw)."""
    right_cheek_width_px: Annotated[int, Field(ge=0, le=256)] = 90
    """Width of the mask right of the centre; see `left_cheek_width_px`."""
    mask_blur: Annotated[float, Field(ge=0, le=0.5)] = 0.05
    """Blur of the mask's edge, as a share of the parsed square's side. Upstream: 0.05; its realtime
    mode: 0.1."""
    audio_padding_left_frames: Annotated[int, Field(ge=0, le=12)] = 2
    """Sound before its own that each picture is drawn from, in frames of 25 fps."""
    audio_padding_right_frames: Annotated[int, Field(ge=0, le=12)] = 2
    """Sound after its own that each picture is drawn from, in frames of 25 fps."""
    timing: Literal["exact", "upstream"] = "exact"
    """"upstream" rounds the frame rate down to a whole number: lips drift at 29.97 and 23.976."""
    keep_silence: bool = True
    """Keep the original picture where the dub is silent and the source's mouth is closed."""
    live: bool = False
    """Draw as an avatar that talks live does (docs/live.md): a frame hears one second before it and
    .12 s ahead, not the whole cut. The same sound gives the same pictures."""
    batch_frames: Annotated[int, Field(ge=1, le=512)] = 32
    """Frames drawn at once. Halved automatically when memory runs out. On a GPU all batches of a
    cut are full but the last."""
    precision: Literal["auto", "fp16", "bf16", "fp32"] = "auto"
    """"auto" is fp16 on a GPU and fp32 on a CPU."""
    device: Literal["auto", "cuda", "cpu"] = "auto"
    """"auto" is the GPU, if there is one."""
    compile: Literal["off", "default", "max-autotune"] = "off"
    """torch.compile on a GPU, besides kernels and CUDA graphs that need none. It gains little: 2 %
    of the UNet's time on an H100, after one to two minutes of compiling in the first run. Compiled
    code is kept in the user's cache folder."""
    threads: Annotated[int, Field(ge=1, le=256)] = 8
    """CPU cores that a bake uses to decode the cut and cut out its faces."""

    @property
    def gpus(self) -> int:
        """See `EngineSettings`: none if a CPU draws."""
        return int(self.device != "cpu")

    @property
    def cores(self) -> int:
        """See `EngineSettings`."""
        return self.threads

    def on_cores(self, cores: int) -> Self:
        """See `EngineSettings`."""
        return self.model_copy(update={"threads": min(self.threads, cores)})

    @property
    def mem_mb(self) -> int:
        """See `EngineSettings`: the UNet's 3.4 GB in fp32, held twice while it is converted."""
        return 9000

    @property
    def shared_work_s(self) -> float:
        """See `EngineSettings`: 165 frames/s on an H100; a core takes some seconds a frame."""
        return 0.15 if self.gpus else 60.0

    @property
    def language_work_s(self) -> float:
        """See `EngineSettings`: 334 frames/s on an H100."""
        return 0.08 if self.gpus else 90.0

    @property
    def weight_users(self) -> tuple[str, ...]:
        """See `EngineSettings`."""
        version = "-1.0" if self.version == "1.0" else ""
        parser = "-drawn" if self.parsing == "drawn" else ""
        return (
            f"musetalk{version}{parser}",
            *(("musetalk-dwpose",) if self.landmarks == "dwpose" else ()),
        )

    @property
    def weights_folder(self) -> Path | None:
        """See `EngineSettings`."""
        return user_path(self.models) if self.models else None

    def weight_alternatives(self, name: str) -> tuple[str, ...]:
        """See `EngineSettings.weight_alternatives`."""
        return weight_files.ALTERNATIVES.get(name, (name,))

    def weights_version(self, stage: Stage) -> str:
        """See `EngineSettings.weights_version`.

        Files are identified by their content, wherever they are. `MISSING` if one is not there or
        is damaged: the job that needs it reports it.
        """
        if stage == "bake":
            groups = weight_files.bake_files(self.parsing, self.landmarks)
        else:
            groups = weight_files.draft_files(self.version)
        return files_version(groups, self.weights_folder)
