"""The settings and presets of LatentSync."""

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ...core.user_files import user_path
from ...weights.find import files_version
from ..settings import EngineSettings, Stage
from . import weight_files

LATENTSYNC_PRESETS: dict[str, dict[str, Any]] = {
    "standard": {},
    "fast": {"steps": 10, "deep_every": 2},
    "expressive": {"guidance": 2.0},
    "upstream": {
        "overlap_frames": 0,
        "smoothing_frames": 0.0,
        "mask_feather": 0.0,
        "keep_silence": False,
    },
}
"""The defaults that each preset changes. A key that is set beside `preset` wins."""


class LatentSyncSettings(EngineSettings):
    """LatentSync redraws cheeks, mouth and jaw by diffusion: slower and sharper than MuseTalk. It
    needs its weights (OpenRAIL++: some uses are forbidden) and a GPU.
    """

    implementation: ClassVar[str] = "mouthpiece.engines.latentsync.engine:LatentSyncEngine"
    uses_worker: ClassVar[bool] = True
    folder_keys: ClassVar[tuple[str, ...]] = ("models",)
    presets: ClassVar[dict[str, dict[str, Any]]] = LATENTSYNC_PRESETS
    baked: ClassVar[frozenset[str]] = frozenset(
        {"version", "smoothing_frames", "precision", "device"}
    )
    runtime_options: ClassVar[frozenset[str]] = frozenset(
        {"models", "batch_chunks", "vae_batch_frames"}
    )

    preset: Literal["standard", "fast", "expressive", "upstream"] = "standard"
    """A named set of values for the keys below (`LATENTSYNC_PRESETS`)."""
    version: Literal["1.6", "1.5"] = "1.6"
    """1.6 draws faces of 512 px, 1.5 of 256 px: the published config of the weights says so."""
    models: str = ""
    """A folder of weights laid out as upstream's own (`checkpoints/`, `configs/`). What it lacks is
    looked for in the project's."""
    steps: Annotated[int, Field(ge=2, le=100)] = 20
    """Steps in which noise becomes a face. Time grows with them; under 20 faces differ more and
    more from what was published (docs/latentsync.md)."""
    guidance: Annotated[float, Field(ge=1.0, le=3.0)] = 1.5
    """How far lips follow the sound: more is clearer articulation, and more distortion and jitter.
    At 1.0 a step takes half the time."""
    seed: Annotated[int, Field(ge=0, le=999_999)] = 1247
    """Of the noise that all frames of a cut begin with."""
    overlap_frames: Annotated[int, Field(ge=0, le=12)] = 4
    """Frames that neighbouring chunks of 16 share, at least. With 0, as upstream, faces may jump
    every 16 frames; 4 cost a third more time in long cuts, 8 twice the time."""
    deep_every: Annotated[int, Field(ge=1, le=10)] = 1
    """The network's deep layers work in one of as many steps (DeepCache). Upstream's script has
    3."""
    smoothing_frames: Annotated[float, Field(ge=0, le=50)] = 3.0
    """Standard deviation of the smoothing of the face's place over time. 0 turns it off: points are
    whole pixels, and a frame leans on the last one, as upstream."""
    mask_feather: Annotated[float, Field(ge=0, le=0.2)] = 0.04
    """How wide the mask's soft edge is, as a share of the face's side."""
    keep_silence: bool = True
    """Keep the original picture where the dub is silent and the source's mouth is closed."""
    batch_chunks: Annotated[int, Field(ge=1, le=4)] = 1
    """Chunks of 16 frames that are drawn at once, at most. Where the GPU's free memory holds fewer,
    or runs out, they are fewer; and then the predictions without sound and with it are made one
    after another."""
    vae_batch_frames: Annotated[int, Field(ge=1, le=64)] = 8
    """Faces that are encoded or decoded at once, at most; fewer where the GPU's free memory holds
    fewer. Halved where memory runs out."""
    precision: Literal["auto", "fp16", "bf16", "fp32"] = "auto"
    """"auto" is fp16 on a GPU and fp32 on a CPU."""
    device: Literal["auto", "cuda", "cpu"] = "auto"
    """"auto" is the GPU, if there is one."""

    @property
    def gpus(self) -> int:
        """See `EngineSettings`: none if a CPU draws."""
        return int(self.device != "cpu")

    @property
    def mem_mb(self) -> int:
        """See `EngineSettings`: the UNet's 5.1 GB in fp32, held twice while it is converted."""
        return 13000

    @property
    def shared_work_s(self) -> float:
        """See `EngineSettings`: on an H100; on a CPU, an estimate."""
        return 0.6 if self.gpus else 60.0

    @property
    def language_work_s(self) -> float:
        """See `EngineSettings`: on an H100; on a CPU, an estimate."""
        return 3.8 if self.gpus else 3000.0

    @property
    def weight_users(self) -> tuple[str, ...]:
        """See `EngineSettings`."""
        return (f"latentsync-{self.version}",)

    @property
    def weights_folder(self) -> Path | None:
        """See `EngineSettings`."""
        return user_path(self.models) if self.models else None

    def weight_alternatives(self, name: str) -> tuple[str, ...]:
        """See `EngineSettings.weight_alternatives`."""
        return weight_files.alternatives(name)

    def weights_version(self, stage: Stage) -> str:
        """See `EngineSettings.weights_version`: files are identified by their content."""
        files = weight_files.bake_files if stage == "bake" else weight_files.draft_files
        return files_version(files(self.version), self.weights_folder)
