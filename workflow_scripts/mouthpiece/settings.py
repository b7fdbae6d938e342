"""What config.yaml may say: every key, its unit, its default and its limits.

The keys of `config/config.yaml` are the fields of `Settings`, section by section. Unknown keys are
refused, so that a typing error never passes silently.
"""

from typing import Annotated, Any, ClassVar, Literal, cast, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from .clock import parse_rate
from .errors import InputError

Share = Annotated[float, Field(ge=0, le=1)]
Degrees = Annotated[float, Field(gt=0, le=90)]
Crf = Annotated[int, Field(ge=0, le=51)]
X264Preset = Literal[
    "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"
]
LengthPolicy = Literal["pad", "trim", "loop", "error"]
Action = Literal["lipsync", "passthrough"]


def _frame_rate(text: str) -> str:
    if text != "source":
        parse_rate(text)
    return text


class Section(BaseModel):
    """A part of the config: frozen, and closed to unknown keys."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, coerce_numbers_to_str=True, use_attribute_docstrings=True
    )

    @model_validator(mode="before")
    @classmethod
    def _take_off(cls, values: Any) -> Any:
        """YAML reads an `off` without quotation marks as false."""
        if not isinstance(values, dict):
            return values
        words = {key: get_args(field.annotation) for key, field in cls.model_fields.items()}
        return {
            key: "off" if value is False and "off" in words.get(key, ()) else value
            for key, value in values.items()
        }


class Normalize(Section):
    """How a source becomes the mezzanine."""

    frame_rate: Annotated[str, AfterValidator(_frame_rate)] = "25"
    """Frames/s: "25", "30000/1001", ..., or "source": the exact rate of a constant-rate source."""
    crf: Crf = 4
    """x264 quality of the all-intra mezzanine; 0 is lossless."""
    preset: X264Preset = "veryfast"
    """x264 preset of the mezzanine."""
    hdr: Literal["tonemap", "refuse"] = "tonemap"
    """What becomes of a PQ or HLG source: tone-mapped to BT.709, or refused."""
    still_s: Annotated[float, Field(gt=0, le=60)] = 4.0
    """How long a still picture is shown before it is shown again."""
    still_px: Annotated[int, Field(ge=64, le=8192)] = 1920
    """Longer side that a larger still picture is reduced to."""


class Cuts(Section):
    """How cuts are found."""

    detector: Literal["adaptive", "transnetv2"] = "adaptive"
    """PySceneDetect's adaptive detector, or the TransNetV2 network."""
    adaptive_threshold: Annotated[float, Field(gt=0)] = 3.0
    """PySceneDetect's adaptive_threshold: a frame's change against its neighbours'."""
    min_content: Annotated[float, Field(ge=0)] = 15.0
    """PySceneDetect's min_content_val: the least change that may be a cut."""
    jump_ratio: Annotated[float, Field(gt=1)] = 3.5
    """A frame whose change is this many times its neighbours' is a jump cut."""
    jump_change: Annotated[float, Field(gt=0, le=255)] = 3.0
    """Least change (mean luma difference, of 255) of a jump cut."""
    transnetv2_threshold: Share = 0.5
    """Least probability of a cut (TransNetV2)."""
    fade_luma: Annotated[float, Field(ge=0, le=255)] = 12.0
    """Mean luma (of 255) at or under which a picture has faded to black; a cut falls there."""
    min_frames: Annotated[int, Field(ge=1)] = 8
    """A shorter cut is joined to its neighbour."""
    max_s: Annotated[float, Field(ge=0)] = 60.0
    """A longer shot is parted where its picture is stillest, so that a talk in one shot is made in
    bounded memory, resumed and judged part by part; 0 is off. Cuts of a table stay as they are."""


class Guard(Section):
    """Which cuts show one clear face; a cut that does not is passed through with a reason."""

    min_score: Share = 0.5
    """Least score of a face detection."""
    min_presence: Share = 0.5
    """Least score of the face mesh for a frame to count as seen."""
    min_face_px: Annotated[float, Field(gt=0)] = 64.0
    """Least height of the face (brow to chin), in mezzanine pixels, median over the cut."""
    second_face_share: Share = 0.35
    """A second face of at least this share of the first one's height makes the cut ambiguous."""
    second_face_frames: Share = 0.1
    """Share of a cut's frames in which a second face must be seen to count."""
    two_faces: Literal["refuse", "in_sync"] = "refuse"
    """A cut with a second face is passed through; or each face is followed, and the one whose lips
    go with the source's sound is kept (wants `speaker.mode` to be on). Where the sound does not
    say, the cut is passed through."""
    face: Literal["", "left", "right", "largest"] = ""
    """Whose lips are redrawn where several faces are seen: the one at the left or the right of the
    picture, or the largest; others are then no reason. Meant for a cut's row in overrides.tsv."""
    min_apart: Annotated[float, Field(ge=0)] = 0.9
    """Where several faces are followed: the least distance, middle to middle and in face heights,
    that another one keeps from the face that is redrawn. Faces that come nearer cross, and one may
    be taken for the other from there on. 0 is off."""
    max_yaw_deg: Degrees = 35.0
    """Largest turn of the head, 90th percentile of the absolute value over the cut."""
    max_pitch_deg: Degrees = 30.0
    """Largest nod, likewise."""
    max_roll_deg: Degrees = 35.0
    """Largest tilt, likewise."""
    min_seen: Share = 0.9
    """Least share of frames in which the face is seen."""
    max_gap_frames: Annotated[int, Field(ge=0)] = 6
    """Longest run of frames without the face that is bridged by interpolation."""
    min_visible: Share = 0.8
    """Least share of seen frames whose mouth region is not hidden."""
    smoothing_s: Annotated[float, Field(ge=0, le=1)] = 0.03
    """Standard deviation of the face track's smoothing over time; 0 is off."""
    min_frames: Annotated[int, Field(ge=1)] = 12
    """A shorter cut is passed through."""


class Speaker(Section):
    """Whether the face that is seen is the one that speaks; the gate's scorer says."""

    mode: Literal["passthrough", "report", "off"] = "passthrough"
    """A face whose lips do not go with the source's sound (a listener, a narrator off screen) is
    passed through; or only reported (column `reported` of cuts.tsv); or not looked at. `off` in a
    cut's row of overrides.tsv redraws its face whatever the sound says."""


class EngineSection(Section):
    """The settings of an engine."""

    baked: ClassVar[frozenset[str]] = frozenset()
    """The keys that the avatar depends on, which all languages share."""
    neutral: ClassVar[frozenset[str]] = frozenset()
    """The keys that change no result: who changes them makes nothing anew."""
    warm: ClassVar[bool] = False
    """Whether it loads so much that its jobs share a worker."""
    presets: ClassVar[dict[str, dict[str, Any]]] = {}
    """Named sets of keys."""

    @property
    def gpus(self) -> int:
        """How many GPUs a job of the engine wants."""
        return 0

    @property
    def cores(self) -> int:
        """How many cores a bake keeps busy."""
        return 1

    @property
    def mem_mb(self) -> int:
        """Memory that a job of the engine wants: the libraries, and a cut's pictures."""
        return 3000

    @model_validator(mode="before")
    @classmethod
    def _take_preset(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        return cls.presets.get(values.get("preset", "standard"), {}) | values


PREVIEW_PRESETS: dict[str, dict[str, Any]] = {
    "standard": {},
    "opens_too_little": {"strength": 1.35},
    "opens_too_much": {"strength": 0.7},
}
"""What each preset of the preview changes of the defaults. A key said beside `preset` wins."""


class Preview(EngineSection):
    """The embedded engine: the person's own picture, warped; no download, no GPU."""

    baked: ClassVar[frozenset[str]] = frozenset({"size_px"})
    presets: ClassVar[dict[str, dict[str, Any]]] = PREVIEW_PRESETS

    preset: Literal["standard", "opens_too_little", "opens_too_much"] = "standard"
    """A named set of the keys below (`PREVIEW_PRESETS`)."""
    size_px: Literal[256, 512] = 256
    """Side of a patch."""
    strength: Annotated[float, Field(ge=0, le=2)] = 1.0
    """Scale of the mouth's opening."""
    lip_offset_frames: Annotated[int, Field(ge=-50, le=50)] = 0
    """Lips later (+) or earlier (-) than the dub, to mend a dub that was laid out of sync."""


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


class Musetalk(EngineSection):
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


class Engines(Section):
    """The settings of each draft engine."""

    preview: Preview = Preview()
    musetalk: Musetalk = Musetalk()

    def of(self, engine: str) -> EngineSection:
        """The settings of an engine, by its name."""
        return cast(EngineSection, getattr(self, engine))


class Worker(Section):
    """The process that keeps an engine's networks loaded from cut to cut: see `docs/worker.md`."""

    mode: Literal["auto", "off"] = "auto"
    """The jobs of an engine that loads much (musetalk) share a worker on each machine; `off`: each
    job loads for itself."""
    idle_s: Annotated[int, Field(ge=1, le=86400)] = 60
    """A worker that has had nothing to do for so long ends, and frees its GPU memory."""


def presets(engine: str) -> tuple[str, ...]:
    """The names of an engine's presets; none where there is no such engine."""
    return tuple(getattr(Engines(), engine).presets) if engine in Engines.model_fields else ()


def with_preset(engine: str, values: dict[str, Any], preset: str) -> dict[str, Any]:
    """An engine's settings, all of them, with a preset in the place of the one that they have.

    What the old preset set is let go; what else was said stays, unless the new one sets it.
    """
    section = type(getattr(Engines(), engine))
    before = section.presets[values.get("preset", "standard")]
    kept = {k: v for k, v in values.items() if k not in before or v != before[k]}
    changed = kept | section.presets[preset] | {"preset": preset}
    return dict(section.model_validate(changed).model_dump())


class SpeakingLimits(Section):
    """When a face is taken for the one that speaks: its source picture with the source's sound."""

    speaking_confidence: float = 0.0
    """LSE-C of the source's own picture and sound under which its face does not speak."""
    speaking_offset_frames: Annotated[int, Field(ge=0)] = 5
    """Nor does it where the |offset| is larger than this, in frames of 25 fps: lips and sound that
    do not belong together fit best at any offset."""
    speaking_s: Annotated[float, Field(ge=0)] = 2.0
    """Of a shorter cut it is not known who speaks."""
    min_speech_s: Annotated[float, Field(ge=0)] = 0.6
    """A cut with less speech is `unjudged`."""


class Scorer(SpeakingLimits):
    """The thresholds of one sync scorer; scores of different scorers are never compared."""

    mem_mb: ClassVar[int] = 1500
    """Memory that a job of the scorer wants."""

    min_confidence: float
    """Least LSE-C for `pass`."""
    fail_confidence: float
    """LSE-C under which a cut fails; between the two it goes to review."""
    max_offset_frames: Annotated[int, Field(ge=0)] = 1
    """Largest |offset| for `pass`, in frames of 25 fps."""
    min_source_share: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Least share of the source's own confidence (its picture with its sound, where that passes)
    for `pass`; 0 is off. Of a preview that is right the embedded scorer gives a quarter under
    0.6: `docs/scorers.md`."""
    min_judged_s: Annotated[float, Field(ge=0)] = 1.0
    """A shorter cut is `unjudged`."""


class ApertureScorer(Scorer):
    """The thresholds of the embedded scorer of lip opening against loudness."""

    speaking_offset_frames: Annotated[int, Field(ge=0)] = 15
    """As far as is looked: this scorer cannot tell who speaks, and takes every face for a speaker.
    A limit of 5 would lose a third of the speakers in 2 s."""
    min_confidence: float = 0.25
    """Least LSE-C for `pass`."""
    fail_confidence: float = 0.12
    """LSE-C under which a cut fails; between the two it goes to review."""


class EmbeddedScorer(Scorer):
    """The thresholds of the embedded network, measured on GRID: `docs/scorers.md`."""

    speaking_confidence: float = 0.15
    """LSE-C of the source's own picture and sound under which its face does not speak."""
    min_confidence: float = 0.18
    """Least LSE-C for `pass`."""
    fail_confidence: float = 0.10
    """LSE-C under which a cut fails; between the two it goes to review."""


class SyncnetScorer(Scorer):
    """The thresholds of SyncNet. Not calibrated here, where its weights are not to be had."""

    speaking_confidence: float = 1.5
    """LSE-C of the source's own picture and sound under which its face does not speak."""
    min_confidence: float = 3.0
    """Least LSE-C for `pass`; LatentSync's makers keep films from 3 on for training, and drafts of
    MuseTalk are reported at 6.5 on average."""
    fail_confidence: float = 2.0
    """LSE-C under which a cut fails; between the two it goes to review. Two thirds of the floor, so
    that what lies just under it reaches a person."""
    min_source_share: Annotated[float, Field(ge=0, le=1)] = 0.6
    """Least share of the source's own LSE-C (its picture with its sound, where that passes) for
    `pass`; 0 is off."""
    min_judged_s: Annotated[float, Field(ge=0)] = 2.0
    """A shorter cut is `unjudged`: under 50 frames SyncNet's word is noise, and its makers leave
    such tracks out."""


class LatentsyncScorer(Scorer):
    """The thresholds of StableSyncNet. Not calibrated here, where its weights are not to be had."""

    mem_mb: ClassVar[int] = 6000

    speaking_confidence: float = 0.2
    """Median cosine of the source's own picture and sound under which its face does not speak."""
    min_confidence: float = 0.5
    """Least median cosine for `pass`: what its makers take for sync, 94 % right as they report."""
    fail_confidence: float = 0.3
    """Median cosine under which a cut fails; between the two it goes to review."""
    min_source_share: Annotated[float, Field(ge=0, le=1)] = 0.6
    """Least share of the source's own cosine (its picture with its sound, where that passes) for
    `pass`; 0 is off."""
    min_judged_s: Annotated[float, Field(ge=0)] = 2.0
    """A shorter cut is `unjudged`: one window takes 0.64 s, and offsets to 0.6 s are tried."""


class Scorers(Section):
    """The thresholds of each scorer."""

    embedded: EmbeddedScorer = EmbeddedScorer()
    """A small network that knows sync from non-sync."""
    aperture: ApertureScorer = ApertureScorer()
    """Lip opening against loudness."""
    syncnet_v2: SyncnetScorer = SyncnetScorer()
    """SyncNet, the independent judge; needs its weights (`make models ENGINE=syncnet_v2`)."""
    latentsync: LatentsyncScorer = LatentsyncScorer()
    """StableSyncNet, which MuseTalk was trained to please; needs its weights (1.6 GB)."""


class Retry(Section):
    """Second chances for a cut whose draft the gate would not pass; the best score is kept.

    With either of them the draft depends on the gate's scorer and thresholds: these changed, the
    cuts are drafted anew.
    """

    presets: tuple[str, ...] = ()
    """Presets of the engine, tried in this order until one passes."""
    correct_offset: bool = False
    """A draft whose lips are off by a constant time is drawn again with the dub moved by it."""


class DeliverWhat(Section):
    """What a cut with this verdict is delivered as."""

    review: Action = "lipsync"
    """A doubtful draft."""
    unjudged: Action = "lipsync"
    """A cut too short, or too silent, to judge."""
    fail: Action = "passthrough"
    """A draft out of sync."""


class Gate(Section):
    """Which drafts are good enough."""

    scorer: Literal["embedded", "aperture", "syncnet_v2", "latentsync"] = "embedded"
    """Who judges; see `docs/scorers.md`."""
    scorers: Scorers = Scorers()
    """The thresholds of each scorer."""
    deliver: DeliverWhat = DeliverWhat()
    """What is delivered of each verdict."""

    @property
    def limits(self) -> Scorer:
        """The thresholds of who judges."""
        return cast(Scorer, getattr(self.scorers, self.scorer))


class Enhance(Section):
    """Drafts made better after they are scored, and scored again: `docs/enhance.md`."""

    mode: Literal["off", "final", "close_ups", "all"] = "off"
    """Which cuts are enhanced: none; those that a reviewer marked for the final tier; these and
    close-ups; or all."""
    restore: Literal["off", "close_ups", "all"] = "all"
    """Of these cuts, whose faces are restored by GFPGAN: none; close-ups, and cuts marked for the
    final tier; or all. Needs its weights (`make models ENGINE=gfpgan`), and a GPU to be fast."""
    close_up_px: Annotated[float, Field(ge=0)] = 256.0
    """A face at least this high (brow to chin), in mezzanine pixels, median over the cut, is a
    close-up: what an engine draws at 256 px is enlarged there."""
    strength: Share = 0.5
    """How much of the restored detail is taken."""
    smooth_s: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    """Standard deviation of the smoothing of light and colour over time, against flicker; 0 is
    off."""
    max_drop: Share = 0.1
    """Share of a draft's sync confidence that enhancing it may cost; where it costs more, or the
    gate's verdict, the draft stays as it was."""
    batch_faces: Annotated[int, Field(ge=1, le=256)] = 8
    """Faces restored at once on a GPU; halves by itself when memory runs out."""
    device: Literal["auto", "cuda", "cpu"] = "auto"

    @property
    def gpus(self) -> int:
        """How many GPUs a job wants."""
        return int(self.restore != "off" and self.device != "cpu")

    def takes(self, final: bool) -> bool:
        """Whether there is a job for a cut, which a reviewer marked for the final tier or not."""
        steps = self.restore != "off" or self.smooth_s > 0
        return steps and (self.mode in ("close_ups", "all") or (self.mode == "final" and final))


class Delivery(Section):
    """The finished film."""

    crf: Crf = 12
    """x264 quality; 12 keeps what is passed through at 45 dB PSNR or more to the mezzanine."""
    preset: X264Preset = "veryfast"
    """x264 preset of the film."""
    pixel_format: Literal["mezzanine", "yuv420p"] = "mezzanine"
    """`mezzanine` keeps its bit depth and chroma; `yuv420p` plays everywhere."""
    audio_bitrate_kbps: Annotated[int, Field(ge=32, le=512)] = 192
    """AAC bit rate of the dub, at its own sample rate."""
    length_policy: LengthPolicy = "error"
    """Where dub and picture differ in length: `error` stops; `pad` lengthens the shorter one, by
    silence or by holding the last picture; `trim` cuts the longer one; `loop` shows the picture
    forward and backward for as long as the dub lasts."""
    length_tolerance_s: Annotated[float, Field(ge=0)] = 0.1
    """A difference up to this is filled or cut without a policy."""


class Faults(Section):
    """What becomes of a cut whose job the machine fails (a broken weight, out of memory)."""

    on_exhausted: Literal["stop", "passthrough"] = "stop"
    """When the scheduler's retries (`--retries`) are used up: the film is not made; or the cut is
    passed through with the reason `fault`, and the next run tries it again."""
    max_share: Share = 0.2
    """Largest share of such cuts, of a film's cuts that have a face to redraw; with more the film
    is not made."""


class Overview(Section):
    """The project's overview page; what a price of 0 leaves out is not shown."""

    gpu_price_per_hour: Annotated[float, Field(ge=0)] = 0.0
    """Price of an hour of a GPU, with the machine around it."""
    cpu_price_per_hour: Annotated[float, Field(ge=0)] = 0.0
    """Price of an hour of a core; a job without a GPU keeps one busy, or more."""
    hosted_price_per_minute: Annotated[float, Field(ge=0)] = 0.0
    """What a hosted service asks for a minute of finished film, to compare with."""
    hosted_price_per_run: Annotated[float, Field(ge=0)] = 0.0
    """What a hosted service asks for a run, that is, for one film in one language, likewise."""
    currency: Annotated[str, Field(min_length=1, max_length=8)] = "EUR"
    """What the prices are in."""


class Settings(Section):
    """The whole config."""

    videos: str
    """The table of videos; relative to the folder of the config file that names it."""
    dubs: str
    """The table of dubs, likewise."""
    decisions: str = ""
    """The table of decisions, likewise; empty: decisions.tsv beside the dubs table, if any."""
    overrides: str = ""
    """The table of overrides, likewise; empty: overrides.tsv beside the dubs table, if any."""
    engine: Literal["preview", "musetalk"] = "preview"
    """The draft engine."""
    normalize: Normalize = Normalize()
    """How a source becomes the mezzanine."""
    cuts: Cuts = Cuts()
    """How cuts are found."""
    guard: Guard = Guard()
    """Which cuts show one clear face."""
    speaker: Speaker = Speaker()
    """Whether that face speaks."""
    engines: Engines = Engines()
    """The settings of each engine."""
    worker: Worker = Worker()
    """The process that keeps an engine's networks loaded."""
    gate: Gate = Gate()
    """Which drafts are good enough."""
    retry: Retry = Retry()
    """Second chances for a cut whose draft the gate would not pass."""
    enhance: Enhance = Enhance()
    """Drafts made better after they are scored."""
    delivery: Delivery = Delivery()
    """The finished film."""
    faults: Faults = Faults()
    """What becomes of a cut whose job the machine fails."""
    overview: Overview = Overview()
    """The project's overview page."""

    @model_validator(mode="after")
    def _know_presets(self) -> "Settings":
        known = presets(self.engine)
        for name in self.retry.presets:
            if name not in known:
                raise ValueError(
                    f"retry.presets: {self.engine} has no preset {name!r}, only {', '.join(known)}"
                )
        return self


def load(values: dict[str, Any]) -> Settings:
    """Check a config mapping. Raises InputError naming every wrong key, its value and its form."""
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise InputError(explain(error, "config")) from None


def explain(error: ValidationError, where: str) -> str:
    """A validation error in words: each wrong key, what is wrong with it and what was found."""
    lines = []
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"])
        if item["type"] == "extra_forbidden":
            lines.append(f"{where}: unknown key {key!r}")
        elif not key:  # of several keys together: the message names them
            lines.append(f"{where}: {item['msg'].removeprefix('Value error, ')}")
        else:
            lines.append(f"{where}: {key}: {item['msg']}, found {item['input']!r}")
    return "\n".join(lines)
