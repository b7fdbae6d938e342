"""How fast MuseTalk is here: random weights of the published sizes, frames of a real size.

    python benchmarks/musetalk.py --cuts 50 --out musetalk.json      # a GPU, published sizes
    python benchmarks/musetalk.py --small --cuts 2 --frames 12       # anywhere, small networks

`bake` and `draft` are of pictures and avatars in memory, `bake_stage` and `draft_stage` of files,
as in a job. Prints a table and writes JSON. Compilation is timed by itself and left out of every
rate.
"""

import argparse
import importlib.util
import json
import logging
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import soundfile
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from transformers import WhisperConfig, WhisperFeatureExtractor, WhisperModel

from mouthpiece.audio.speech import CONTEXT_S, SAMPLE_RATE, Speech
from mouthpiece.config.delivery import Delivery
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.musetalk import bake as baking
from mouthpiece.engines.musetalk import masks
from mouthpiece.engines.musetalk.bake import bake
from mouthpiece.engines.musetalk.engine import MusetalkEngine
from mouthpiece.engines.musetalk.landmarks import MESH_OF_68
from mouthpiece.engines.musetalk.settings import MusetalkSettings
from mouthpiece.faces.landmarks import MESH_POINTS
from mouthpiece.faces.track import Track
from mouthpiece.patches import patch_set as patch_files
from mouthpiece.patches.patch_set import PatchSet
from mouthpiece.project.settings import Engines
from mouthpiece.stages import bake as stage
from mouthpiece.stages.draft import Recipe, Scene, draft
from mouthpiece.weights import table as weight_table

log = logging.getLogger("benchmark")

PARITY = Path(__file__).parents[1] / "tests" / "parity"
RATE = Fraction(25)
FACE_SHARE = 0.33
"""Height of the face, as a share of the picture's."""
BOUND_GFLOP = 178 + 622
"""UNet and VAE decoder, a frame."""


def maker() -> Any:
    """The maker of seeded weights."""
    spec = importlib.util.spec_from_file_location("make_weights", PARITY / "make_weights.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_tree(folder: Path) -> None:
    """Write random weights of the published sizes, fp32, in upstream's layout."""
    make = maker()
    config = json.loads((PARITY / "published" / "musetalk.json").read_text())
    vae_config = json.loads((PARITY / "published" / "sd-vae-config.json").read_text())
    make.UNET, make.VAE = _public(config), _public(vae_config)
    make.WHISPER = make.WHISPER | {"encoder_ffn_dim": 1536, "decoder_ffn_dim": 1536}
    for name in ("musetalkV15", "sd-vae", "face-parse-bisent"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    shutil.copy(PARITY / "published" / "musetalk.json", folder / "musetalkV15")
    shutil.copy(PARITY / "published" / "sd-vae-config.json", folder / "sd-vae" / "config.json")
    with torch.device("meta"):
        unet = UNet2DConditionModel(**make.UNET).state_dict()
        vae = AutoencoderKL(**make.VAE).state_dict()
    torch.save(random_like(unet), folder / "musetalkV15" / "unet.pth")
    torch.save(random_like(vae), folder / "sd-vae" / "diffusion_pytorch_model.bin")
    whisper = WhisperModel(WhisperConfig(**make.WHISPER))
    whisper.save_pretrained(folder / "whisper")
    WhisperFeatureExtractor().save_pretrained(folder / "whisper")
    keys = json.loads((PARITY / "bisenet_keys.json").read_text())
    parser = {
        key: torch.empty(shape, dtype=getattr(torch, dtype), device="meta")
        for key, (shape, dtype) in keys.items()
    }
    torch.save(random_like(parser), folder / "face-parse-bisent" / "79999_iter.pth")


def _public(config: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if not key.startswith("_")}


def random_like(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Random values of a scale that keeps activations finite; drawn on the GPU if there is one."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    made = {}
    for key, tensor in tensors.items():
        if not tensor.is_floating_point():
            made[key] = torch.zeros(tensor.shape, dtype=tensor.dtype)
            continue
        value = torch.randn(tensor.shape, device=device)
        if key.endswith("running_var"):
            value = 1 + 0.1 * value.abs()
        elif key.endswith(("running_mean", "bias")):
            value *= 0.05
        elif tensor.dim() == 1:
            value = 1 + 0.1 * value
        else:
            value /= tensor[0].numel() ** 0.5
        made[key] = value.cpu()
    return made


def some_pictures(frames: int, width: int, height: int) -> list[np.ndarray]:
    """RGB pictures [H, W, 3] uint8: smooth noise that moves."""
    random = np.random.default_rng(1)
    noise = cv2.GaussianBlur(
        random.uniform(0, 255, (height, width, 3)).astype(np.float32), (0, 0), 4
    )
    picture = cv2.normalize(noise, noise.copy(), 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    return [np.roll(picture, 2 * i, axis=1) for i in range(frames)]


def some_track(frames: int, width: int, height: int) -> Track:
    """A face in the middle that sways: the 68 landmarks are placed, the other points are noise."""
    face = FACE_SHARE * height
    t = np.linspace(0, 2 * np.pi, 17)
    outline = np.stack([-np.cos(t / 2) * 0.4, np.sin(t / 2) * 0.5], -1)
    points = np.random.default_rng(3).normal(0, 0.1 * face, (MESH_POINTS, 3))
    shape = np.concatenate([outline, np.zeros((51, 2))])
    shape[27:31, 1] = np.linspace(-0.2, 0.05, 4)
    points[list(MESH_OF_68), :2] = shape * face
    sway = np.stack([np.sin(np.linspace(0, 6, frames)), np.cos(np.linspace(0, 5, frames))], -1)
    centre = np.array([width, height]) / 2 + 10 * sway
    moved = np.repeat(points[None], frames, axis=0)
    moved[..., :2] += centre[:, None]
    return Track(moved.astype(np.float32), np.ones(frames, bool))


def some_speech(frames: int) -> Speech:
    """Noise as loud as speech, as long as the frames, with its context."""
    samples = int(frames / RATE * SAMPLE_RATE) + 2 * CONTEXT_S * SAMPLE_RATE
    random = np.random.default_rng(2)
    return Speech(
        (0.1 * random.standard_normal(samples)).astype(np.float32), CONTEXT_S * SAMPLE_RATE
    )


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that some work takes, the GPU's part too, and its result."""
    _synchronize()
    start = time.perf_counter()
    result = work()
    _synchronize()
    return time.perf_counter() - start, result


def _synchronize() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def write_mezzanine(pictures: list[np.ndarray], path: Path) -> None:
    """An all-intra H.264 file of the pictures, as the workflow's mezzanine is."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx264",
            rate=RATE,
            options={"crf": "4", "preset": "veryfast", "x264-params": "keyint=1:cabac=0"},
        )
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def deliver(mezzanine: Path, frames: int, patches: Path, segment: Path) -> None:
    """Lay a patch file into its cut and encode the segment: what one segment job does."""
    from mouthpiece.media.encode import Encoding, encode
    from mouthpiece.media.mezzanine import probe_mezzanine as facts
    from mouthpiece.patches.composite import composited

    drawn = patch_files.load(patches)
    laid = composited(mezzanine, Clock(RATE, 0, frames), drawn)
    encode(laid, facts(mezzanine), segment, Encoding(**Delivery().encoding), 1)


def measure(
    options: argparse.Namespace, tree: Path, folder: Path, jobs: ProcessPoolExecutor
) -> dict[str, Any]:
    """Every figure of one configuration; `jobs` are the processes that deliver."""
    width, height = (int(v) for v in options.size.split("x"))
    pictures = some_pictures(options.frames, width, height)
    track, speech = some_track(options.frames, width, height), some_speech(options.frames)
    clock = Clock(RATE, 0, options.frames)
    chosen = MusetalkSettings(
        models=str(tree),
        batch_frames=options.batch,
        precision=options.precision,
        compile=options.compile,
        parsing=options.parsing,
    )
    found: dict[str, Any] = {"settings": chosen.model_dump(), "size": options.size}
    found["cuts"], found["frames_a_cut"] = options.cuts, options.frames
    _limit_memory(options.memory_limit_gib)
    engine = MusetalkEngine(chosen)
    log.info("loading")
    found["load_s"], _ = timed(lambda: _load(engine))
    log.info("first bake")
    found["first_bake_s"], person = timed(lambda: bake(pictures, track, chosen, engine.painter))
    log.info("first draft")
    found["first_draft_s"], _ = timed(lambda: engine.draw(person, speech, clock))
    log.info("measuring")
    _reset_peak()
    seconds, _ = timed(
        lambda: _repeat(options.bake_cuts, lambda: bake(pictures, track, chosen, engine.painter))
    )
    found["bake_frames_per_s"] = options.bake_cuts * options.frames / seconds
    seconds, _ = timed(lambda: _repeat(options.cuts, lambda: engine.draw(person, speech, clock)))
    found["draft_frames_per_s"] = options.cuts * options.frames / seconds
    both = 1 / found["bake_frames_per_s"] + 1 / found["draft_frames_per_s"]
    found["first_language_frames_per_s"] = 1 / both
    found["second_language_frames_per_s"] = found["draft_frames_per_s"]
    found |= _peak() | {"batch_frames_found": engine.painter.draw_batches.frames}
    tflops = BOUND_GFLOP * found["draft_frames_per_s"] / 1000
    found["draft_tflop_per_s"] = None if options.small else tflops
    if options.parts:
        found["parts"] = measure_parts(engine, person, speech, clock)
        found["bake_parts"] = measure_bake_parts(engine, pictures, track, chosen)
    mezzanine = folder / "mezzanine.mp4"
    write_mezzanine(pictures, mezzanine)
    found |= measure_stages(engine, chosen, track, speech, options, folder)
    for key, value in rows_of(found):
        log.info("%s %s", key, value)
    if options.deliver:
        found |= measure_delivery(engine, person, speech, options, folder, jobs)
    found["host_peak_rss_gib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return found


def measure_stages(
    engine: MusetalkEngine,
    chosen: MusetalkSettings,
    track: Track,
    speech: Speech,
    options: argparse.Namespace,
    folder: Path,
) -> dict[str, float]:
    """What a job does once the networks are loaded, from files to files: decoding and saving, too.

    `bake_stage`: mezzanine and track to avatar.zip. `draft_stage`: that and speech to draft.zip.
    """
    clock, avatar = Clock(RATE, 0, options.frames), folder / "avatar.zip"
    scene = Scene(
        folder / "mezzanine.mp4", clock, avatar, folder / "track.npz", folder / "speech.wav"
    )
    track.save(scene.track)
    soundfile.write(scene.speech, speech.samples, SAMPLE_RATE, subtype="PCM_16")
    recipe = Recipe("musetalk", chosen.model_dump(), {}, "", "")

    def make(_name: str, _settings: Engines) -> MusetalkEngine:
        return engine

    def one_bake() -> None:
        stage.bake(scene.mezzanine, clock, scene.track, "musetalk", recipe.settings, avatar, make)

    def one_draft() -> None:
        draft(scene, recipe, None, folder / "draft.zip", folder / "draft.json", make)

    seconds = {"bake_stage": _median(one_bake), "draft_stage": _median(one_draft)}
    return {f"{name}_s": value for name, value in seconds.items()} | {
        f"{name}_frames_per_s": options.frames / value for name, value in seconds.items()
    }


def measure_parts(
    engine: MusetalkEngine, person: Any, speech: Speech, clock: Clock
) -> dict[str, float]:
    """Seconds a cut of hearing, of the networks alone, and of the avatar's file."""
    seconds = {}
    seconds["hear_s"] = _median(lambda: engine._hear(speech, clock))
    rows, windows = engine._hear(speech, clock)
    seconds["paint_s"] = _median(lambda: engine.painter.paint(person.latents, rows, windows))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "avatar"
        seconds["avatar_save_s"] = _median(lambda: person.save(path))
        seconds["avatar_load_s"] = _median(lambda: type(person).load(path))
        seconds["avatar_bytes"] = path.stat().st_size
    return seconds


def measure_bake_parts(
    engine: MusetalkEngine, pictures: list[np.ndarray], track: Track, chosen: MusetalkSettings
) -> dict[str, float]:
    """Seconds a batch of the bake's parts: the networks, and one thread's work on the CPU."""
    painter = engine.painter
    count = min(painter.encode_batches.frames, len(pictures))
    short = Track(track.points[:count], track.seen[:count])
    faces = list(baking.locate(pictures[:count], short, chosen, painter))
    faces = list(baking.steadied(faces, chosen.box_smoothing_frames))
    crops = np.stack([baking.crop(face) for face in faces])
    squares = [masks.surroundings(np.rint(face.box)) for face in faces]
    seen = np.stack([masks.cut_out(f.picture, s) for f, s in zip(faces, squares, strict=True)])
    labels = np.stack([masks.draw(f.landmarks, s) for f, s in zip(faces, squares, strict=True)])
    return {
        "frames": count,
        "crop_s": _median(lambda: [baking.crop(face) for face in faces]),
        "cut_out_s": _median(
            lambda: [masks.cut_out(f.picture, s) for f, s in zip(faces, squares, strict=True)]
        ),
        "mask_s": _median(
            lambda: [baking.mask(f, c, chosen) for f, c in zip(faces, labels, strict=True)]
        ),
        "encode_s": _median(lambda: painter.encode_all(crops)),
        "parse_s": _median(lambda: painter.parse_all(seen)),
    }


def _repeat(times: int, work: Callable[[], Any]) -> None:
    """Do some work again and again; what it returns is let go, as a job lets it go."""
    for _ in range(times):
        work()


def _median(work: Callable[[], Any]) -> float:
    return float(np.median([timed(work)[0] for _ in range(5)]))


def measure_delivery(
    engine: MusetalkEngine,
    person: Any,
    speech: Speech,
    options: argparse.Namespace,
    folder: Path,
    jobs: ProcessPoolExecutor,
) -> dict[str, Any]:
    """Drafting, patch files, compositing and encoding at the same time, as on one box."""
    mezzanine = folder / "mezzanine.mp4"
    clock = Clock(RATE, 0, options.frames)
    cores = len(os.sched_getaffinity(0))

    def save(drawn: PatchSet, i: int) -> Path:
        path = folder / f"{i}.patches"
        patch_files.save(drawn.cropped(), path)
        return path

    def handed(saved: Future[Path], i: int) -> Any:
        path = saved.result()
        return jobs.submit(deliver, mezzanine, options.frames, path, folder / f"{i}.mp4").result()

    def chain() -> float:
        start = time.perf_counter()
        with (
            ThreadPoolExecutor(max(2, cores // 4)) as savers,
            ThreadPoolExecutor(options.cuts) as waiters,
        ):
            ends = []
            for i in range(options.cuts):
                saved = savers.submit(save, engine.draw(person, speech, clock), i)
                ends.append(waiters.submit(handed, saved, i))
            drawn_s = time.perf_counter() - start
            for end in ends:
                end.result()
        return drawn_s

    first = folder / "first.patches"
    patch_files.save(engine.draw(person, speech, clock).cropped(), first)
    alone, _ = timed(lambda: deliver(mezzanine, options.frames, first, folder / "alone.mp4"))
    seconds, drawn_s = timed(chain)
    return {
        "deliver_one_core_frames_per_s": options.frames / alone,
        "draft_while_delivering_frames_per_s": options.cuts * options.frames / drawn_s,
        "draft_to_segments_frames_per_s": options.cuts * options.frames / seconds,
    }


def compare_precisions(tree: Path, options: argparse.Namespace) -> dict[str, float]:
    """Mean and largest difference of drawn faces, of 255, of a precision against fp32."""
    width, height = (int(v) for v in options.size.split("x"))
    frames = 8
    pictures, track = some_pictures(frames, width, height), some_track(frames, width, height)
    speech, clock = some_speech(frames), Clock(RATE, 0, frames)
    drawn = {}
    for precision in ("fp32", "fp16", "bf16"):
        chosen = MusetalkSettings(
            models=str(tree), batch_frames=8, precision=precision, compile="off"
        )
        engine = MusetalkEngine(chosen)
        person = bake(pictures, track, chosen, engine.painter)
        drawn[precision] = engine.draw(person, speech, clock).pixels.astype(int)
        spread = float(drawn[precision].std())
    found = {"spread_of_pixels": spread}
    for precision in ("fp16", "bf16"):
        apart = np.abs(drawn[precision] - drawn["fp32"])
        found[f"{precision}_mean"], found[f"{precision}_max"] = (
            float(apart.mean()),
            float(apart.max()),
        )
    return found


def _load(engine: MusetalkEngine) -> None:
    networks = engine.painter.networks
    for name in ("unet", "vae", "encoder", "extractor", "parser"):
        getattr(networks, name)


def _limit_memory(gib: float | None) -> None:
    if gib and torch.cuda.is_available():
        total = torch.cuda.get_device_properties(0).total_memory
        torch.cuda.set_per_process_memory_fraction(gib * 2**30 / total)


def _reset_peak() -> None:
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()


def _peak() -> dict[str, float]:
    if not torch.cuda.is_available():
        return {}
    return {
        "peak_allocated_gib": torch.cuda.max_memory_allocated() / 2**30,
        "peak_reserved_gib": torch.cuda.max_memory_reserved() / 2**30,
    }


def rows_of(found: dict[str, Any], name: str = "") -> Iterator[tuple[str, str]]:
    """The figures as a flat table."""
    for key, value in found.items():
        if isinstance(value, dict):
            if key != "settings":
                yield from rows_of(value, f"{name}{key}.")
        elif value is not None:
            yield name + key, f"{value:,.4g}" if isinstance(value, float) else str(value)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--cuts", type=int, default=50)
    parser.add_argument("--bake-cuts", type=int, default=5, help="cuts that are baked")
    parser.add_argument("--frames", type=int, default=100, help="frames a cut")
    parser.add_argument("--size", default="704x1216", help="width x height of the pictures")
    parser.add_argument("--batch", type=int, default=MusetalkSettings().batch_frames)
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--compile", default="default")
    parser.add_argument("--parsing", default="bisenet")
    parser.add_argument("--small", action="store_true", help="small networks instead of full ones")
    parser.add_argument("--parts", action="store_true", help="also hearing, networks, files alone")
    parser.add_argument("--deliver", action="store_true", help="also the way to encoded segments")
    parser.add_argument("--compare", action="store_true", help="only fp16 and bf16 against fp32")
    parser.add_argument("--memory-limit-gib", type=float)
    parser.add_argument("--tree", type=Path, help="keep the weights in this folder between runs")
    parser.add_argument("--out", type=Path, help="write JSON here")
    options = parser.parse_args()
    torch.set_num_threads(1)  # as in a job of the workflow
    logging.basicConfig(level=logging.WARNING, format="%(relativeCreated)d ms %(message)s")
    log.setLevel(logging.INFO)
    forked = get_context("fork")
    with (
        tempfile.TemporaryDirectory() as temporary,
        ProcessPoolExecutor(len(os.sched_getaffinity(0)), mp_context=forked) as jobs,
    ):
        jobs.submit(os.getpid).result()  # they deliver; forked before anything runs on the GPU
        folder = Path(temporary)
        tree = options.tree or folder / "models"
        weight_table.MODELS = tree / "project"
        if not tree.exists():
            maker().main(tree) if options.small else write_tree(tree)
        found: dict[str, Any] = (
            compare_precisions(tree, options)
            if options.compare
            else measure(options, tree, folder, jobs)
        )
    found["torch"] = str(torch.__version__)
    found["device"] = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    for key, value in rows_of(found):
        print(f"{key:36} {value}")
    if options.out:
        options.out.write_text(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
