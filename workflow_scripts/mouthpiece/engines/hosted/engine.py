"""Hosted services as a draft engine.

A bake makes the clip of a cut; a draft sends it with the cut's sound, once, and makes patches of
what comes back. Of that only the lower face is taken: the rest of the picture stays the cut's own.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ...audio.speech import Speech
from ...core.errors import Fault
from ...core.files import digest, scratch_folder, sha256
from ...core.timeline import Clock
from ...faces.track import Track
from ...media.region import Region
from ...patches.patch import Extent, Patch
from ..avatar_file import check_frames
from . import avatar as avatars
from .answer import Matched, match, read_pictures, recoloured
from .buyer import Buyer
from .clip import write_sent_clip, write_sent_sound
from .contract import Order
from .geometry import Patches, boxes, outlines, sent_window
from .ledger import Ledger
from .prices import MILLION, dollars
from .purchase import FREE
from .service_buyer import service_buyer
from .services import KINDS
from .settings import HostedSettings


class HostedEngine:
    """See `Engine`. `loaded`: nothing."""

    window_frames = 1
    overlap_frames = 0
    patch_px = 8192
    needs_clip = True

    def __init__(
        self,
        settings: HostedSettings,
        make_buyer: Callable[[HostedSettings, str], Buyer] | None = None,
    ) -> None:
        """Build the engine; nothing is sent yet.

        Args:
            settings: Its settings.
            make_buyer: Makes what buys, of the settings and a label; None: from the service.
        """
        self._settings = settings
        self._make_buyer = make_buyer or service_buyer
        self._facts: dict[str, Any] = {}
        self.loaded: Any = None

    def warm_up(self) -> None:
        """See `Engine.warm_up`: nothing takes long."""

    def region(self, track: Track, height: int, width: int) -> Region | None:
        """See `Engine.region`: what is sent."""
        return sent_window(track.points, height, width, self._settings.sends == "frame").region

    def prepare(self, pictures: Iterator[np.ndarray], track: Track, avatar: Path) -> None:
        """See `Engine.prepare`."""
        avatars.bake(pictures, track, self._settings.sends == "frame", self._settings.crf, avatar)

    def render(self, avatar: Path, speech: Speech, clock: Clock) -> Iterator[Patch]:
        """See `Engine.render`. The cut is bought when the first patch is asked for."""
        person = avatars.load(avatar)
        check_frames(avatar, person.frames, clock)
        shown = list(clock.frame_order)
        person = replace(person, points=person.points[shown], looks=person.looks[shown])
        buyer = self._make_buyer(self._settings, str(avatar.parent))
        with scratch_folder() as folder:
            baked, clip, sound = (folder / n for n in ("baked.mp4", "clip.mp4", "sound.wav"))
            avatars.save_clip(avatar, baked)
            write_sent_clip(baked, clock.frame_order, clock.rate, clip)
            write_sent_sound(speech, clock, sound)
            order = self._order(person, clip, sound, clock)
            with self._price_told(buyer.ledger, order.key):
                film = buyer.buy(order)
        lines = outlines(person.points)
        with self._price_told(buyer.ledger, order.key):
            matched = self._matched(buyer.ledger, order.key, film, person, lines, clock)
            fit = {"missing_frames": matched.missing, "scaled": matched.scaled}
            fit |= {"colours_unfitted": True} if matched.unfitted else {}
            self._facts = self._purchase(buyer.ledger, order.key) | fit
            yield from _patches(person, lines, film, matched)

    def extent(self, avatar: Path, clock: Clock) -> Extent | None:
        """See `Engine.extent`: all of them; they are no larger than their masks."""
        return None

    def facts(self, avatar: Path) -> dict[str, Any]:
        """See `Engine.facts`: who drew it, what it cost, and how what came back was made to fit."""
        return self._facts

    def _order(self, person: avatars.Avatar, clip: Path, sound: Path, clock: Clock) -> Order:
        chosen = self._settings
        takes_boxes = KINDS[chosen.service].takes_boxes
        told = boxes(person.points, person.window) if takes_boxes else ()
        key = digest(
            [
                *(person.pictures, str(clock.rate), list(clock.frame_order)),
                *(sha256(sound), chosen.service, chosen.model, chosen.parameters),
                *map(list, told),
            ]
        )
        return Order(
            key=key,
            model=chosen.model,
            parameters=chosen.parameters,
            clip=clip,
            sound=sound,
            frames=clock.frames,
            length_s=float(clock.frames / clock.rate),
            boxes=told,
        )

    def _matched(
        self,
        ledger: Ledger,
        key: str,
        film: Path,
        person: avatars.Avatar,
        lines: list[np.ndarray],
        clock: Clock,
    ) -> Matched:
        """Make what came back fit. Where it does not, the fault says what was paid for it."""
        try:
            return match(film, person, lines, clock.rate)
        except Fault as error:
            row = ledger.get(key)
            paid = dollars(row.price_micro_usd if row else 0)
            raise Fault(f"{error}; {paid} were paid (`mouthpiece hosted ledger`)") from None

    @contextlib.contextmanager
    def _price_told(self, ledger: Ledger, key: str) -> Iterator[None]:
        """Have a fault say to the cut's row what was bought, and may have been paid, for it."""
        try:
            yield
        except Fault as error:
            row = ledger.get(key)
            if row and row.state not in FREE:
                error.facts = self._purchase(ledger, key)
            raise

    def _purchase(self, ledger: Ledger, key: str) -> dict[str, Any]:
        row = ledger.get(key)
        return {
            "service": self._settings.service,
            "model": self._settings.model,
            "purchase": key[:12],
            "price_usd": row.price_micro_usd / MILLION if row else 0.0,
        }


def _patches(
    person: avatars.Avatar, lines: list[np.ndarray], film: Path, matched: Matched
) -> Iterator[Patch]:
    window = person.window
    places = Patches.around(person.points, lines, window)
    corner = np.array([window.left, window.top])
    pictures = read_pictures(film, matched, window)
    for frame, (picture, line) in enumerate(zip(pictures, lines, strict=True)):
        pixels = recoloured(places.cut(frame, picture), matched.colours)
        shift = (places.origins[frame] + corner).astype(np.float64)
        affine = np.column_stack([np.eye(2), shift])
        yield Patch(pixels, places.mask(frame, line), affine, float(matched.alpha[frame]))
