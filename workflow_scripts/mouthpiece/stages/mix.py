"""Stage `mix`: a dub over the background of its source, at a loudness target."""

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from ..audio.ducking import Ducking, joined, speech_spans
from ..audio.film_plan import plan_film
from ..audio.loudness_meter import LoudnessMeter
from ..audio.loudness_targets import TARGETS
from ..audio.mastering import Mastering
from ..audio.mixing import Layer, Mixture
from ..audio.panning import panning
from ..config.delivery import Delivery
from ..config.mix import Mix
from ..core.files import atomic, read_json, temporary_folder, write_json
from ..media.ffmpeg import ffmpeg
from ..media.open import open_media
from ..media.url import url

log = logging.getLogger(__name__)

MOST_MATCHED_DB = 12.0
"""By how much a dub is made louder or quieter at most to match the source's voice, in dB."""

BLOCK_S = 1
"""How much is read at once, in seconds."""


@dataclass(frozen=True)
class Sounds:
    """What is mixed.

    Attributes:
        dub: The film's dub.flac.
        background: The source's background.flac.
        voice: The source's voice.flac; None: the dub keeps its level.
        separation: separation.json.
    """

    dub: Path
    background: Path
    voice: Path | None
    separation: Path

    @property
    def holds_voice(self) -> bool:
        """Whether the background still holds the source's voice."""
        return bool(read_json(self.separation).get("background_holds_voice"))


@dataclass(frozen=True)
class _Form:
    """The form of a sound file: samples/s, libav's names of its layout and of its channels."""

    rate: int
    layout: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, path: Path) -> "_Form":
        with open_media(path) as container:
            context = container.streams.audio[0].codec_context
            names = tuple(channel.name for channel in context.layout.channels)
            return cls(context.sample_rate, context.layout.name, names)


def mix(
    *,
    sounds: Sounds,
    source: Path,
    policy: str,
    delivery: Delivery,
    settings: Mix,
    mixed: Path,
    facts: Path,
) -> None:
    """Lay a dub over a background.

    The background's sample rate and channels are kept; those of the dub where the source has no
    sound. The mix is as long as the film will be.

    Args:
        sounds: What is mixed.
        source: The source's source.json.
        policy: What is done where dub and picture differ in length: see `audio.film_length.fit`.
        delivery: The config section `delivery`, of which the limits of length are read.
        settings: The config section `mix`.
        mixed: mix.flac to write, 24 bit.
        facts: What was done, to write, JSON.

    Raises:
        InputError: Dub and picture differ in length, and the policy refuses that.
        Fault: A file is broken.
    """
    film_s = plan_film(sounds.dub, source, policy, delivery).length_s
    has_sound = read_json(source).get("has_audio", True)
    form = _Form.of(sounds.background if has_sound else sounds.dub)
    spoken = speech_spans(sounds.dub)
    depth_db = settings.duck_source_db if sounds.holds_voice else settings.duck_db
    ducking = Ducking(
        joined(spoken, settings.hold_s), depth_db, settings.attack_s, settings.release_s
    )
    dub_gain_db = _dub_gain_db(sounds, settings.quiet_lufs)
    target = TARGETS[settings.loudness]
    with temporary_folder(mixed) as folder, atomic(mixed) as written:
        dub = folder / "dub.flac"
        ffmpeg(["-i", url(sounds.dub), "-ar", str(form.rate), "-sample_fmt", "s32", url(dub)])
        pan = panning(_Form.of(sounds.dub).names, form.names)
        over = Layer(dub, 10 ** (dub_gain_db / 20) * pan)
        under = Layer(sounds.background, np.eye(len(form.names)), ducking)
        mixture = Mixture(
            layers=(under, over) if has_sound else (over,),
            rate=form.rate,
            samples=round(film_s * form.rate),
        )
        mastering = Mastering(mixture, form.layout, form.names, target, spoken, settings.quiet_lufs)
        done = mastering.write(written)
        write_json(
            facts,
            {
                "version": 1,
                "sample_rate_hz": form.rate,
                "channels": len(form.names),
                "layout": form.layout,
                "samples": mixture.samples,
                "target": settings.loudness,
                "by_dialogue": mastering.is_dialogue,
                "mixed_lufs": round(done.before_lufs, 2),
                "gain_db": round(done.gain_db, 2),
                "lufs": round(done.lufs, 2),
                "is_quiet": done.is_quiet,
                "dub_gain_db": round(dub_gain_db, 2),
                "ducked_db": depth_db,
                "ducked_s": round(sum(end_s - begin_s for begin_s, end_s in ducking.spans_s), 3),
                "speech_s": [list(span) for span in spoken],
                "notes": [note.row for note in done.notes],
            },
        )
    log.info("%d samples at %d Hz, %s", mixture.samples, form.rate, form.layout)


def _dub_gain_db(sounds: Sounds, quiet_lufs: float) -> float:
    """By how much the dub is amplified to be as loud as the source's voice, in dB."""
    if sounds.voice is None:
        return 0.0
    voice, dub = _lufs(sounds.voice), _lufs(sounds.dub)
    if min(voice, dub) < quiet_lufs:
        return 0.0
    return min(MOST_MATCHED_DB, max(-MOST_MATCHED_DB, voice - dub))


def _lufs(path: Path) -> float:
    """The loudness of a sound file."""
    with soundfile.SoundFile(path) as file:
        meter = LoudnessMeter(file.samplerate, _Form.of(path).names)
        for block in file.blocks(BLOCK_S * file.samplerate, always_2d=True):
            meter.add(block)
    return meter.integrated_lufs()
