"""The demo's media: a film of five cuts, and dubs for it."""

import logging
from importlib.metadata import version
from pathlib import Path

import soundfile

from ..core.errors import InputError
from ..core.files import atomic, digest, read_json, scratch_folder, sha256, write_json
from ..core.paths import WORKFLOW
from ..media.ffmpeg import ffmpeg
from ..media.url import url
from ..weights.download import fetch
from ..weights.table import read_table
from .reel import FRAMES, SOUND_RATE, pictures, write_reel
from .sound import DUBS, VOICE_RATE, ambience, source_sound, speak

log = logging.getLogger(__name__)

DEMO = WORKFLOW / "demo"


def build(folder: Path) -> None:
    """Make reel.mp4, film.mp4 and dub.LANGUAGE.wav, unless the same files exist already.

    film.mp4 has the pictures of reel.mp4, and a voice over music.

    Args:
        folder: Where they go.

    Raises:
        Fault: If the material cannot be downloaded.
        InputError: If the demo's packages are missing.
    """
    made = folder / "made.json"
    wanted = _recipe()
    if made.is_file():
        found = read_json(made)
        if found["recipe"] == wanted and all(
            (folder / name).is_file() and sha256(folder / name) == value
            for name, value in found["files"].items()
        ):
            log.info("%s: the demo's media are up to date", folder)
            return
    material = folder / "material"
    fetch(list(read_table(DEMO / "material.tsv").values()), material)
    dubs = {language: folder / f"dub.{language}.wav" for language in DUBS}
    for language, path in dubs.items():
        with atomic(path) as temporary:
            soundfile.write(temporary, speak(DUBS[language]), VOICE_RATE, subtype="PCM_16")
    reel = folder / "reel.mp4"
    with atomic(reel) as temporary:
        write_reel(pictures(material), ambience(), temporary)
    film = folder / "film.mp4"
    with atomic(film) as temporary:
        _write_film(reel, temporary)
    files = {path.name: sha256(path) for path in (reel, film, *dubs.values())}
    write_json(made, {"recipe": wanted, "files": files})
    log.info("%s: reel of %d frames, %d dubs", folder, FRAMES, len(dubs))


def _recipe() -> str:
    """A digest of what the media depend on."""
    try:
        packages = [version(name) for name in ("hibari-tts", "scikit-image", "av")]
    except ImportError as error:
        raise InputError(f"the demo needs the package {error.name}: run `make setup`") from None
    code = [sha256(path) for path in sorted(Path(__file__).parent.glob("*.py"))]
    return digest([*code, sha256(DEMO / "material.tsv"), *packages])


def _write_film(reel: Path, film: Path) -> None:
    """Mux the reel's pictures with the source's own sound."""
    with scratch_folder() as folder:
        sound = folder / "sound.wav"
        soundfile.write(sound, source_sound(), SOUND_RATE, subtype="PCM_16")
        ffmpeg([
            *("-i", url(reel), "-i", url(sound), "-map", "0:v", "-map", "1:a", "-c:v", "copy"),
            *("-c:a", "aac", "-b:a", "160k", "-fflags", "+bitexact", "-flags:a", "+bitexact"),
            *("-movflags", "+faststart", url(film)),
        ])  # fmt: skip
