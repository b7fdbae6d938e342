"""An avatar that talks: sound goes in as it arrives, moments come out."""

import asyncio
import os
import threading
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from ..audio.speech import SAMPLE_RATE
from ..core.allocator import keep_freed_memory
from ..core.errors import Fault, InputError, quoted
from ..core.paths import cache_folder
from ..core.user_files import file_problem, folder_problem, shown, user_path
from ..engines.base import EngineFactory
from ..engines.live import Hearing, LiveEngine
from ..engines.registry import create_engine, engine_settings, read_settings
from ..engines.settings import EngineSettings
from ..media.mezzanine import probe_mezzanine
from ..project.explain import explain
from ..project.required_weights import missing_for_avatar
from ..runs.consent import checked_consent
from .baking import FACTS, Baked, bake, key_of
from .moments import Format, Moment
from .player import Player
from .session import Pace, Session
from .source import Source
from .turn import SOUND_RATE_HZ, Turn

Chunk = tuple[np.ndarray, int]
"""Mono sound, [N] float32 in [-1, 1] or int16, and its samples/s."""

NOISE = (0.2 * np.random.default_rng(0).standard_normal(SAMPLE_RATE // 5)).astype(np.float32)
"""A sound for which an engine needs all that it has."""


def load_avatar(
    source: str | os.PathLike[str],
    *,
    engine: str = "preview",
    settings: Mapping[str, Any] | None = None,
    consent: str = "",
    cache_dir: str | os.PathLike[str] | None = None,
    create: EngineFactory = create_engine,
) -> "Avatar":
    """Load an avatar; a video is baked first, once.

    Args:
        source: A video of one person, a still picture, or the folder of an avatar that was baked.
        engine: Draws the mouth; of a folder, the engine that baked it.
        settings: Settings of the engine, such as {"strength": 0.8}; None: its defaults.
        consent: Who allowed the likeness of the person to be used, and where that is kept. Needed
            where a video is baked.
        cache_dir: Where baked avatars are kept; default: `avatars` in the user's cache folder.
        create: Builds the engine. Avatars that are given the same `EngineCache` share one set of
            weights, and what their sessions ask for at once is drawn together.

    Returns:
        The avatar. Close it when it is no longer needed.

    Raises:
        InputError: The source shows no clear face or cannot be read, consent or a weight is
            missing, or the engine cannot speak live.
        Fault: A file or the machine failed.
    """
    path = Path(source)
    baked = Baked.load(path) if path.is_dir() else None
    name = baked.engine if baked else engine
    chosen = _settings(name, {**(baked.settings if baked else {}), **(settings or {})})
    if baked and any(getattr(chosen, key) != value for key, value in baked.settings.items()):
        keys = ", ".join(sorted(baked.settings))
        raise InputError(f"{shown(path)}: was baked with other values of {keys}; bake it again")
    if baked is None:
        baked = _baked(path, name, chosen, consent, cache_dir)
    return Avatar(baked, chosen, create)


def _settings(engine: str, values: Mapping[str, Any]) -> EngineSettings:
    if engine not in engine_settings():
        known = ", ".join(sorted(engine_settings()))
        raise InputError(f"engine {engine!r:.40}: is not installed; there are {known}")
    try:
        chosen = read_settings(engine, dict(values))
    except ValidationError as error:
        section = engine_settings()[engine]
        raise InputError(explain(error, lambda key: f"engines.{engine}", section)) from None
    if not isinstance(create_engine(chosen), LiveEngine):
        raise InputError(
            f"engine {engine!r}: cannot speak while the sound arrives; take another, such as "
            "preview"
        )
    if chosen.hush_pauses or chosen.lip_offset_frames:
        raise InputError(
            f"engines.{engine}: hush_pauses and lip_offset_frames are for films; leave them out"
        )
    for key in chosen.folder_keys:
        folder = getattr(chosen, key)
        if folder and (problem := folder_problem(user_path(folder))):
            raise InputError(f"engines.{engine}.{key}: {quoted(folder)}: {problem}")
    return chosen.model_copy(update={"live": True}).resolved()


def _baked(
    video: Path,
    engine: str,
    settings: EngineSettings,
    consent: str,
    cache_dir: str | os.PathLike[str] | None,
) -> Baked:
    if problem := file_problem(video):
        raise InputError(f"{shown(video)}: {problem}")
    cache = Path(cache_dir) if cache_dir is not None else cache_folder() / "avatars"
    folder = cache / key_of(video, engine, settings)
    if (folder / FACTS).is_file():
        return Baked.load(folder)
    if missing := missing_for_avatar(settings):
        raise InputError(missing)
    return bake(video, engine, settings, checked_consent(consent), folder)


class Avatar:
    """A person who can be made to say anything, now. Its sessions share what is loaded.

    Attributes:
        folder: Where it is kept; `load_avatar` takes it, too.
        engine: The engine's name.
        format: What its moments have in common.
        pitch_hz: The median pitch of the person's own voice; 0: not known.
        hearing: What of the sound a frame hears: the look-ahead is `ahead_frames`.
    """

    def __init__(
        self, baked: Baked, settings: EngineSettings, create: EngineFactory = create_engine
    ) -> None:
        """Load a baked avatar.

        Args:
            baked: Its folder.
            settings: The engine's settings.
            create: Builds the engine.

        Raises:
            Fault: The folder's files do not belong together, or one is broken.
        """
        self.folder, self.engine, self.pitch_hz = baked.folder, baked.engine, baked.pitch_hz
        clock, info = baked.clock, probe_mezzanine(baked.mezzanine)
        self.format = Format(info.width, info.height, clock.rate, SOUND_RATE_HZ)
        self._source = Source.of(baked.mezzanine, clock, baked.track.placed)
        engine = create(settings)
        if not isinstance(engine, LiveEngine):
            raise InputError(f"engine {self.engine!r}: cannot speak while the sound arrives")
        self._performer = engine.performer(baked.avatar)
        self.hearing = Hearing.at(clock.rate, self._performer.block_s, self._performer.ahead_s)
        self._getting_ready, self._is_ready = threading.Lock(), False
        frames = self._performer.frames
        if frames != clock.frames:
            raise Fault(
                f"{baked.avatar}: has {frames} frames, {FACTS} says {clock.frames}; "
                "bake the avatar again"
            )

    @property
    def look_ahead_ms(self) -> float:
        """How much later sound a frame waits for, at most: the rest of its block, and beyond."""
        return 1000 * self.hearing.waits_s(self.format.fps)

    def speak(self, chunks: Iterable[Chunk]) -> Iterator[Moment]:
        """Say something. How the sound is cut into chunks changes nothing of what is drawn.

        Args:
            chunks: The sound, as it arrives.

        Yields:
            The moments, as soon as they can be drawn, in order; the last one has the last sample.

        Raises:
            InputError: A chunk is no sound.
        """
        player, turn = self._player(), Turn()
        for samples, rate_hz in chunks:
            turn.push(samples, rate_hz)
            while player.has_all(turn):
                yield from _spoken(player, turn)
        turn.end()
        while not player.is_over(turn):
            yield from _spoken(player, turn)

    async def speak_async(self, chunks: AsyncIterable[Chunk]) -> AsyncIterator[Moment]:
        """Say something: see `speak`. Drawing leaves the event loop free.

        Args:
            chunks: The sound, as it arrives.

        Yields:
            The moments.

        Raises:
            InputError: A chunk is no sound.
        """
        player, turn = self._player(), Turn()
        async for samples, rate_hz in chunks:
            turn.push(samples, rate_hz)
            while player.has_all(turn):
                for moment in await asyncio.to_thread(_spoken, player, turn):
                    yield moment
        turn.end()
        while not player.is_over(turn):
            for moment in await asyncio.to_thread(_spoken, player, turn):
                yield moment

    def session(self, pace: Pace | None = None) -> Session:
        """Begin a conversation.

        Args:
            pace: The time; None: the machine's.

        Returns:
            The session.
        """
        return Session(self._player(), pace, self.get_ready)

    def get_ready(self) -> None:
        """Read the pictures, and load the networks. Sessions do so before their first moment.

        Raises:
            Fault: A file cannot be read, or drawing failed.
        """
        with self._getting_ready:
            if not self._is_ready:
                keep_freed_memory()
                self._source.pictures.hold()
                self._performer.get_ready(self.format.fps)
                deque(self.speak([(NOISE, SAMPLE_RATE)]), maxlen=0)
                self._is_ready = True

    def close(self) -> None:
        """End what works in the background. Sessions are over."""
        self._performer.close()

    def _player(self) -> Player:
        return Player(self._performer.begin(), self._source, self.format, self.hearing)


def _spoken(player: Player, turn: Turn) -> list[Moment]:
    """The next block's moments, without those after the last sample."""
    drawn = player.draw(player.take(turn))
    return [moment for moment in player.compose(drawn) if moment.speaking]
