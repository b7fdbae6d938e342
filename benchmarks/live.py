"""An avatar that talks live: is the pace held, and how soon does it begin to speak?

    python benchmarks/live.py [--video FILM] [--sound WAV] [--minutes 5] [--set hearing=bands ...]
        [--arrives at-once|as-spoken|both] [--engine preview|musetalk] [--sessions N] [--together]
        [--out FILE]
    python benchmarks/live.py --look-ahead [--engine musetalk]

The film (the demo's) is brought to 1280 x 720 and baked; FILM may be the folder of an avatar. Each
session has turns of 4 s of the sound, a pause of 2 s after each. A turn's sound arrives at once, as
from a synthesizer, or as it is spoken, 20 ms at a time, as from a microphone; by default in turns,
each second one as it is spoken. Sessions share one set of weights; they, and their turns, begin a
third of a second apart (--together: their turns begin at the same instants). Prints, and writes to
--out as JSON:

- how much later than its time a frame came: median, 99th percentile and worst, in ms; the share of
  those that came later by more than half a frame;
- from the first sound of a turn to its first frame, by how the sound arrived: median, 95th
  percentile and worst, in ms;
- how long each step of a spoken frame took in CPU time of its thread, median and 99th percentile,
  in ms: `draw`, of which `hear` (the preview's), and `compose`, the patch laid into the picture,
  in a second thread meanwhile. A step that takes longer than a frame bounds the pace;
- CPU ms a frame, idle ones among them, all threads;
- the memory of the process, and what PyTorch holds of the GPU's, in MB: at ten turns of the first
  session, evenly from its first to its last; the machine's load at the end.

On a GPU, sessions that are held at 25 fps at once are found by raising --sessions:

    python benchmarks/live.py --engine musetalk --set models=FOLDER --sessions 10 --minutes 1

With --look-ahead nothing talks: it prints how the lips' opening and the mouth's width, as the
preview's network hears them in windows, follow what it hears in the whole sound (r, over the frames
with speech), for several look-aheads. With --engine musetalk it prints instead how much what
Whisper's encoder (`base`, the recognizer's: `mouthpiece models fetch --for faster_whisper-base`)
gives for a frame in such windows is what it gives with one second ahead (cosine of the five frames'
rows around their mean, median and tenth percentile over blocks of two).
"""

import argparse
import asyncio
import itertools
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `import mouthpiece` does before NumPy is

import numpy as np  # noqa: E402
import soundfile  # noqa: E402

from mouthpiece.audio.phone_features import phone_encoder  # noqa: E402
from mouthpiece.audio.speech import SAMPLE_RATE, Speech  # noqa: E402
from mouthpiece.core.timeline import Clock  # noqa: E402
from mouthpiece.engines.live import BEFORE_S  # noqa: E402
from mouthpiece.engines.preview.motion import NetworkMotion  # noqa: E402
from mouthpiece.engines.preview.performance import PreviewPerformance  # noqa: E402
from mouthpiece.engines.registry import EngineCache  # noqa: E402
from mouthpiece.live.avatar import Avatar, load_avatar  # noqa: E402
from mouthpiece.live.session import Session  # noqa: E402
from mouthpiece.live.sound import Resampler  # noqa: E402
from mouthpiece.media.ffmpeg import ffmpeg  # noqa: E402

TURN_S, PAUSE_S, CHUNK_S = 4.0, 2.0, 0.02

APART_S = 1 / 3
"""How much later than the one before a session begins."""

BLOCKS_HEARD = 40
"""Blocks of which --look-ahead asks Whisper."""

CONSENT = "the makers of the film, for this measurement"


@dataclass
class Seen:
    """What was seen of a session.

    Attributes:
        times_s: When each moment came.
        begun_s: When the first sound of each turn was pushed.
        at_once: Whether its sound was pushed at once.
        spoke_s: When the first moment of each came.
        steps_s: Of each step, the CPU time of its thread for each block that is spoken, a frame.
        memory_mb: The process's memory, and the GPU's, as each turn began.
    """

    times_s: list[float] = field(default_factory=list)
    begun_s: list[float] = field(default_factory=list)
    at_once: list[bool] = field(default_factory=list)
    spoke_s: list[float] = field(default_factory=list)
    steps_s: dict[str, list[float]] = field(default_factory=dict)
    memory_mb: list[tuple[float, float]] = field(default_factory=list)


def at_720p(film: Path, path: Path) -> None:
    """Bring a film to 1280 x 720, its sides cut off."""
    scaled = "scale=1280:720:force_original_aspect_ratio=increase,crop=1280:720"
    ffmpeg(["-i", str(film), "-an", "-vf", scaled, "-c:v", "libx264", "-crf", "12", str(path)])


def feed(session: Session, sound: np.ndarray, rate_hz: int, until_s: float, arrives: str) -> None:
    """Push turns until it is time; each is begun once the last one is over."""
    place = 0
    for number in itertools.count():
        if time.monotonic() > until_s:
            return
        at_once = arrives == "at-once" or (arrives == "both" and number % 2 == 0)
        turn = np.take(sound, range(place, place + int(TURN_S * rate_hz)), mode="wrap")
        place += len(turn)
        seen = SEEN[session]
        seen.memory_mb.append(memory_mb())
        seen.begun_s.append(time.monotonic())
        seen.at_once.append(at_once)
        if at_once:
            session.push_audio(turn, rate_hz)
            session.flush()
            time.sleep(TURN_S + PAUSE_S)
            continue
        step = int(CHUNK_S * rate_hz)
        for chunk, at in enumerate(range(0, len(turn), step)):
            time.sleep(max(0.0, seen.begun_s[-1] + chunk * CHUNK_S - time.monotonic()))
            session.push_audio(turn[at : at + step], rate_hz)
        session.flush()
        time.sleep(PAUSE_S)


SEEN: dict[Session, Seen] = {}
"""By session."""


async def watch(session: Session, until_s: float, delay_s: float) -> None:
    """Take a session's moments until it is time."""
    await asyncio.sleep(delay_s)
    seen, speaking = SEEN[session], False
    async for moment in session.run():
        now = time.monotonic()
        seen.times_s.append(now)
        if moment.speaking and not speaking:
            seen.spoke_s.append(now)
        speaking = moment.speaking
        if now > until_s:
            session.shutdown()


def timed(session: Session) -> None:
    """Note what each step of a spoken block takes."""
    player, seen = session._player, SEEN[session]
    draw, compose = player.draw, player.compose

    def noted(step: str, work: Callable[[Any], Any], given: Any, frames: int) -> Any:
        begun_s = time.thread_time()
        made = work(given)
        taken_s = time.thread_time() - begun_s
        seen.steps_s.setdefault(step, []).append(taken_s / frames)
        return made

    def drawn(taken: Any) -> Any:
        is_spoken = any(one for one, _ in taken.emitted)
        return noted("draw", draw, taken, len(taken.emitted)) if is_spoken else draw(taken)

    def composed(given: Any) -> Any:
        emitted = given.taken.emitted
        is_spoken = any(one for one, _ in emitted)
        return noted("compose", compose, given, len(emitted)) if is_spoken else compose(given)

    player.draw, player.compose = drawn, composed  # type: ignore[method-assign]
    performance: Any = player._performance
    if isinstance(performance, PreviewPerformance):
        hear = performance._controls
        performance._controls = lambda block: (  # type: ignore[method-assign]
            noted("hear", hear, block, len(block.shown[block.own]))
            if block.samples.any()
            else hear(block)
        )


def memory_mb() -> tuple[float, float]:
    """The process's resident memory, and what PyTorch holds of the GPU's."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    torch = sys.modules.get("torch")
    has_gpu = torch is not None and torch.cuda.is_available()
    held_bytes = torch.cuda.memory_reserved() if torch is not None and has_gpu else 0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6, held_bytes / 1e6


def lateness_s(times_s: list[float], fps: float) -> np.ndarray:
    """How much later than its time each moment came, by the earliest pace that any of them had."""
    times = np.array(times_s)
    off = times - np.arange(len(times)) / fps
    return off - off[: int(fps)].min()


def measure(avatars: list[Avatar], chosen: argparse.Namespace) -> dict[str, Any]:
    """Hold the sessions, and say what was seen."""
    sound, rate_hz = soundfile.read(chosen.sound, dtype="float32", always_2d=True)
    sound = sound[:, 0]
    sessions = [avatar.session() for avatar in avatars]
    SEEN.update({session: Seen() for session in sessions})
    until_s = time.monotonic() + 60 * chosen.minutes

    async def hold() -> None:
        watchers = [watch(one, until_s, number * APART_S) for number, one in enumerate(sessions)]
        await asyncio.gather(*watchers)

    for number, session in enumerate(sessions):
        timed(session)
        arguments = (session, sound, rate_hz, until_s - TURN_S, chosen.arrives)
        threading.Timer(2 + (0 if chosen.together else number * APART_S), feed, arguments).start()
    cpu_s = time.process_time()
    asyncio.run(hold())
    cpu_s = time.process_time() - cpu_s
    return _figures(sessions, cpu_s)


def _figures(sessions: list[Session], cpu_s: float) -> dict[str, Any]:
    fps = float(sessions[0].format.fps)
    seen = [SEEN[session] for session in sessions]
    late = np.concatenate([lateness_s(one.times_s, fps) for one in seen])
    steps = sorted({step for one in seen for step in one.steps_s})
    frames = len(late)
    memories = np.array(seen[0].memory_mb)
    turns = np.linspace(0, len(memories) - 1, min(10, len(memories))).astype(int)
    return {
        "sessions": len(sessions),
        "frames": frames,
        "fps": round(frames / sum(one.times_s[-1] - one.times_s[0] for one in seen), 3),
        "late_share": round(float((late > 0.5 / fps).mean()), 5),
        "late_ms": [round(1000 * float(q)) for q in np.quantile(late, [0.5, 0.99, 1])],
        "first_frame_ms": {
            "at-once": _first_frame_ms(seen, at_once=True),
            "as-spoken": _first_frame_ms(seen, at_once=False),
        },
        "thread_ms_a_spoken_frame": {step: _step_ms(seen, step) for step in steps},
        "cpu_ms_a_frame": round(1000 * cpu_s / frames, 1),
        "memory_mb": [round(one) for one in memories[turns, 0]],
        "gpu_memory_mb": [round(one) for one in memories[turns, 1]],
        "load": os.getloadavg()[0],
    }


def _step_ms(seen: list[Seen], step: str) -> list[float]:
    taken = np.concatenate([one.steps_s.get(step, []) for one in seen])
    return [round(1000 * float(q), 1) for q in np.quantile(taken, [0.5, 0.99])]


def _first_frame_ms(seen: list[Seen], at_once: bool) -> list[int]:
    turns = [
        turn for one in seen for turn in zip(one.begun_s, one.spoke_s, one.at_once, strict=False)
    ]
    first = [spoke - begun for begun, spoke, was_at_once in turns if was_at_once == at_once]
    return [round(1000 * float(q)) for q in np.quantile(first, [0.5, 0.95, 1])] if first else []


def follow(sound: np.ndarray, ahead_s: float) -> tuple[float, float]:
    """How what is heard in windows follows what is heard in the whole sound, at 16 kHz: r of the
    opening and of the width.
    """
    motion, rate = NetworkMotion(), Fraction(25)
    frames = len(sound) // 640 // 2 * 2
    before, ahead = round(BEFORE_S * rate), round(ahead_s * 25)
    padded = np.pad(sound, SAMPLE_RATE)
    whole = motion(Speech(padded, SAMPLE_RATE), Clock(rate, 0, frames))
    own = slice(before, before + 2)
    found = []
    for first in range(0, frames, 2):
        begin = SAMPLE_RATE + 640 * (first - before)
        window = Clock(rate, 0, before + 2 + ahead)
        samples = padded[begin : begin + 640 * window.frames]
        samples = np.pad(samples, (0, 640 * window.frames - len(samples)))
        found.append(motion(Speech(samples, 0), window, since=before).controls[own])
    pairs = np.concatenate(found)[~whole.silent], whole.controls[~whole.silent]
    opening, width = (float(np.corrcoef(*(one[:, i] for one in pairs))[0, 1]) for i in (0, 1))
    return opening, width


def whisper_agrees(sound: np.ndarray, aheads_s: Sequence[float]) -> dict[float, np.ndarray]:
    """How Whisper's rows of each frame, heard with these look-aheads, agree with those heard with a
    second of it: the cosines, by look-ahead.
    """
    encoder, second = phone_encoder(), 25
    before = round(BEFORE_S * 25)
    mean = encoder.rows(sound[: 25 * SAMPLE_RATE]).mean(0)
    starts = np.random.default_rng(0).permutation(range(before, len(sound) // 640 - second - 2))

    def rows(first: int, ahead: int) -> np.ndarray:
        heard = sound[640 * (first - before) : 640 * (first + 2 + ahead)]
        own = 2 * before + np.arange(-4, 6)[None] + np.array([[0], [2]])
        return (encoder.rows(heard)[own] - mean).reshape(2, -1)

    found: dict[float, list[np.ndarray]] = {ahead_s: [] for ahead_s in aheads_s}
    for first in starts[:BLOCKS_HEARD].tolist():
        wanted = rows(first, second)
        for ahead_s, cosines in found.items():
            given = rows(first, round(ahead_s * 25))
            norms = np.linalg.norm(wanted, axis=1) * np.linalg.norm(given, axis=1)
            cosines.append((wanted * given).sum(axis=1) / norms)
    return {ahead_s: np.concatenate(cosines) for ahead_s, cosines in found.items()}


def compare_look_aheads(sound: np.ndarray, engine: str) -> None:
    """Print what --look-ahead asks for."""
    if engine == "musetalk":
        agreed = whisper_agrees(sound, (0.08, 0.12, 0.16, 0.2, 0.32))
        for ahead_s, cosines in agreed.items():
            median, low = np.quantile(cosines, [0.5, 0.1])
            print(f"{1000 * ahead_s:.0f} ms ahead: cosine {median:.3f}, tenth percentile {low:.3f}")
        return
    for ahead_ms in (120, 160, 200, 320):
        opening, width = follow(sound, ahead_ms / 1000)
        print(f"{ahead_ms} ms ahead: opening r {opening:.3f}, width r {width:.3f}")


def at_16k(path: Path) -> np.ndarray:
    """The first channel of a sound."""
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    resampler = Resampler(rate_hz, SAMPLE_RATE)
    return np.concatenate([resampler.push(samples[:, 0].copy()), resampler.end()])


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    media = ROOT / "demo" / "media"
    parser.add_argument("--video", type=Path, default=media / "film.mp4")
    parser.add_argument("--sound", type=Path, default=media / "dub.en.wav")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--arrives", choices=("at-once", "as-spoken", "both"), default="both")
    parser.add_argument("--engine", default="preview")
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE")
    parser.add_argument("--sessions", type=int, default=1)
    parser.add_argument("--together", action="store_true")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--look-ahead", action="store_true")
    chosen = parser.parse_args()
    if chosen.look_ahead:
        compare_look_aheads(at_16k(chosen.sound), chosen.engine)
        return
    settings = dict(one.split("=", 1) for one in chosen.set)
    create = EngineCache()
    with tempfile.TemporaryDirectory() as folder:
        film = chosen.video
        if not film.is_dir():
            film = Path(folder) / "film.mp4"
            at_720p(chosen.video, film)
        options: dict[str, Any] = {"engine": chosen.engine, "settings": settings}
        options |= {"consent": CONSENT, "cache_dir": Path(folder), "create": create}
        avatar = load_avatar(film, **options)
        avatar.get_ready()
        found = measure([avatar] * chosen.sessions, chosen)
    print(json.dumps(found, indent=1))
    if chosen.out:
        chosen.out.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
