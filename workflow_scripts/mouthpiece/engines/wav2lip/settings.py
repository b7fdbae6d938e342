"""The settings and presets of Wav2Lip."""

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ...core.user_files import user_path
from ...weights.find import files_version
from ..settings import EngineSettings, Stage
from . import weight_files

WAV2LIP_PRESETS: dict[str, dict[str, Any]] = {
    "standard": {},
    "chin_cut_off": {"pad_bottom_px": 25},
    "upstream": {
        "smoothing_frames": 0.0,
        "mask": "box",
        "mask_feather": 0.0,
        "keep_silence": False,
    },
}
"""The defaults that each preset changes. A key that is set beside `preset` wins."""

PadPx = Annotated[int, Field(ge=0, le=200)]


class Wav2LipSettings(EngineSettings):
    """Wav2Lip redraws the lower half of the face at 96 px: light enough for a CPU, and soft. Its
    weights are for research only, and are not used unless `research_use` says so.
    """

    implementation: ClassVar[str] = "mouthpiece.engines.wav2lip.engine:Wav2LipEngine"
    uses_worker: ClassVar[bool] = True
    folder_keys: ClassVar[tuple[str, ...]] = ("models",)
    presets: ClassVar[dict[str, dict[str, Any]]] = WAV2LIP_PRESETS
    baked: ClassVar[frozenset[str]] = frozenset(
        {
            *("pad_top_px", "pad_bottom_px", "pad_left_px", "pad_right_px"),
            *("smoothing_frames", "mask", "mask_feather"),
        }
    )
    runtime_options: ClassVar[frozenset[str]] = frozenset(
        {"models", "research_use", "batch_frames"}
    )

    preset: Literal["standard", "chin_cut_off", "upstream"] = "standard"
    """A named set of values for the keys below (`WAV2LIP_PRESETS`)."""
    research_use: bool = False
    """True: this project is research, academic or personal. The authors allow the published
    weights, and films made with them, for nothing else (they were trained on the BBC's LRS2).
    Without it the weights are not fetched, and the engine draws nothing."""
    version: Literal["gan", "plain"] = "gan"
    """`wav2lip_gan.pth` is sharper; `wav2lip.pth` follows the sound a little better."""
    models: str = ""
    """A folder that holds upstream's `checkpoints/`. What it lacks is looked for in the project's
    own."""
    pad_top_px: PadPx = 0
    """Rows of the picture that are added above the face's box."""
    pad_bottom_px: PadPx = 10
    """Rows that are added below it. With more, the chin is not cut off where the mouth opens."""
    pad_left_px: PadPx = 0
    """Columns that are added on the picture's left."""
    pad_right_px: PadPx = 0
    """Columns that are added on the picture's right."""
    smoothing_frames: Annotated[float, Field(ge=0, le=50)] = 3.0
    """Standard deviation of the smoothing of the boxes over time. 0: a box is the mean of its own
    and the next four frames, as upstream."""
    mask: Literal["face", "box"] = "face"
    """What is taken of a drawn face: what lies within the jaw and under the nose; or all of its
    box, as upstream."""
    mask_feather: Annotated[float, Field(ge=0, le=0.4)] = 0.08
    """How wide the mask's soft edge is, as a share of the box's side."""
    keep_silence: bool = True
    """Keep the original picture where the dub is silent and the source's mouth is closed."""
    batch_frames: Annotated[int, Field(ge=1, le=1024)] = 64
    """Frames drawn at once. Halved automatically when memory runs out."""
    precision: Literal["auto", "fp16", "bf16", "fp32"] = "auto"
    """"auto" is fp16 on a GPU and fp32 on a CPU."""
    device: Literal["auto", "cuda", "cpu"] = "auto"
    """"auto" is the GPU, if there is one."""

    def problem(self) -> str:
        """See `EngineSettings.problem`."""
        if self.research_use:
            return ""
        return (
            "research_use is not true: the authors allow the published weights for research, "
            "academic and personal purposes only; see docs/wav2lip.md"
        )

    @property
    def refused_users(self) -> tuple[str, ...]:
        """See `EngineSettings.refused_users`."""
        return () if self.research_use else tuple(weight_files.USERS.values())

    @property
    def gpus(self) -> int:
        """See `EngineSettings`: none if a CPU draws."""
        return int(self.device != "cpu")

    @property
    def mem_mb(self) -> int:
        """See `EngineSettings`: the file has 436 MB, and is held twice while it is converted."""
        return 4000

    @property
    def language_work_s(self) -> float:
        """See `EngineSettings`."""
        return 0.1 if self.gpus else 3.0

    @property
    def weight_users(self) -> tuple[str, ...]:
        """See `EngineSettings`."""
        return (weight_files.USERS[self.version],)

    @property
    def weights_folder(self) -> Path | None:
        """See `EngineSettings`."""
        return user_path(self.models) if self.models else None

    def weight_alternatives(self, name: str) -> tuple[str, ...]:
        """See `EngineSettings.weight_alternatives`."""
        return weight_files.alternatives(name)

    def weights_version(self, stage: Stage) -> str:
        """See `EngineSettings.weights_version`: a file is identified by its content."""
        if stage == "bake":
            return ""
        return files_version([weight_files.CHECKPOINTS[self.version]], self.weights_folder)
