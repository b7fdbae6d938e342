"""What comes back is laid into the cut, frame by frame, and nowhere else than on the lower face."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from mouthpiece.audio.speech import Speech
from mouthpiece.core.errors import Fault
from mouthpiece.core.faults import JobFault
from mouthpiece.core.timeline import Clock, LoopedClock
from mouthpiece.engines.hosted.contract import Order
from mouthpiece.engines.hosted.engine import HostedEngine
from mouthpiece.engines.hosted.ledger import Ledger
from mouthpiece.engines.hosted.purchase import Purchase
from mouthpiece.faces.track import Track
from mouthpiece.patches.patch import Patch
from service_films import DRAWN, decode, redrawn, scene

from .purchases import settings

FRAMES = 40


@dataclass
class Bought:
    """Buys nothing: it makes the film itself."""

    folder: Path
    rate: Fraction
    options: dict
    orders: list[Order] = field(default_factory=list)
    clips: list[bytes] = field(default_factory=list)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.folder / "hosted")

    def buy(self, order: Order) -> Path:
        self.orders.append(order)
        self.clips.append(order.clip.read_bytes())
        film = self.folder / "film.mp4"
        film.write_bytes(redrawn(self.clips[-1], self.rate, **self.options))
        return film


def drawn(
    folder: Path, clock: Clock, **options: object
) -> tuple[list[Patch], list[np.ndarray], Bought, HostedEngine]:
    pictures, track = scene(FRAMES)
    bought = Bought(folder, clock.rate, options)
    engine = HostedEngine(settings("sync"), lambda chosen, label: bought)
    engine.prepare(iter(pictures), track, folder / "avatar.zip")
    speech = Speech(np.sin(np.arange(16000 * 5) / 9).astype(np.float32), 16000)
    return list(engine.render(folder / "avatar.zip", speech, clock)), pictures, bought, engine


def laid(patch: Patch, picture: np.ndarray) -> np.ndarray:
    """A patch in its picture."""
    size = picture.shape[1], picture.shape[0]
    weight = cv2.warpAffine(patch.mask, patch.affine, size)[..., None] / 255.0 * patch.alpha
    pixels = cv2.warpAffine(patch.pixels, patch.affine, size)
    return np.where(weight > 0, weight * pixels + (1 - weight) * picture, picture)


def off_outside(patches: list[Patch], pictures: list[np.ndarray]) -> float:
    """The largest mean difference on the soft edge, where patch and picture show the same."""
    found = []
    for patch, picture in zip(patches, pictures, strict=True):
        own = cv2.warpAffine(
            picture, cv2.invertAffineTransform(patch.affine), patch.mask.shape[::-1]
        )
        same = (patch.mask > 0) & (np.abs(patch.pixels.astype(int) - DRAWN).sum(-1) > 90)
        found.append(np.abs(own[same].astype(int) - patch.pixels[same]).mean())
    return max(found)


def shows_mouth(patch: Patch) -> bool:
    near = np.abs(patch.pixels.astype(int) - DRAWN).sum(-1) < 60
    return bool((near & (patch.mask > 250)).sum() > 300)


def clock_of(rate: Fraction = Fraction(25)) -> Clock:
    return Clock(rate, 7, FRAMES)


def test_the_mouth_is_theirs_and_the_picture_stays_ours(tmp_path: Path) -> None:
    patches, pictures, bought, engine = drawn(tmp_path, clock_of())
    assert len(patches) == FRAMES
    assert len({patch.mask.shape for patch in patches}) == 1
    assert all(shows_mouth(patch) for patch in patches)
    assert off_outside(patches, pictures) < 4
    for patch, picture in zip(patches, pictures, strict=True):
        assert (laid(patch, picture)[:150] == picture[:150]).all()
        assert patch.mask[[0, -1]].max() == patch.mask[:, [0, -1]].max() == 0
    facts = engine.facts(tmp_path / "avatar.zip")
    assert (facts["missing_frames"], facts["scaled"]) == (0, False)
    assert bought.orders[0].length_s == FRAMES / 25


def test_what_is_sent_is_the_cut_at_its_rate_with_a_box_for_each_frame(tmp_path: Path) -> None:
    clock = clock_of(Fraction(30000, 1001))
    _, _, bought, _ = drawn(tmp_path, clock)
    sent = decode(bought.clips[0])
    order = bought.orders[0]
    assert len(sent) == FRAMES == len(order.boxes)
    assert max(sent[0].shape) < 480  # the face with its surroundings, not the whole picture
    for left, top, right, bottom in order.boxes:
        assert 0 <= left < right <= sent[0].shape[1]
        assert 0 <= top < bottom <= sent[0].shape[0]
    again = drawn(tmp_path, clock)[2]
    assert again.orders[0].key == order.key
    assert again.clips[0] == bought.clips[0]
    assert drawn(tmp_path, clock_of())[2].orders[0].key != order.key


@pytest.mark.parametrize(("service", "is_another"), [("sync", True), ("fal", False)])
def test_another_face_of_the_same_pictures_is_another_purchase_where_boxes_are_sent(
    service: str, is_another: bool, tmp_path: Path
) -> None:
    pictures, track = scene(FRAMES)
    orders = []
    for number, shift in enumerate((0, 5)):
        folder = tmp_path / str(number)
        folder.mkdir()
        bought = Bought(folder, Fraction(25), {})
        engine = HostedEngine(settings(service, sends="frame"), lambda *_, made=bought: made)
        moved = Track(track.points + np.float32(shift), track.seen)
        engine.prepare(iter(pictures), moved, folder / "avatar.zip")
        speech = Speech(np.zeros(16000 * 5, np.float32), 16000)
        next(engine.render(folder / "avatar.zip", speech, clock_of()))
        orders += bought.orders
        assert bool(orders[-1].boxes) == is_another
    assert (orders[0].key != orders[1].key) == is_another


@pytest.mark.parametrize(
    ("rate", "options"),
    [
        (Fraction(24), {"out_rate": Fraction(25)}),
        (Fraction(30), {"out_rate": Fraction(25)}),
        (Fraction(50), {"out_rate": Fraction(25)}),
        (Fraction(25), {"tagged": False}),
        (Fraction(25), {"first": 2}),
        (Fraction(25), {"change": lambda p: cv2.resize(p, None, fx=2, fy=2)}),
        (Fraction(25), {"change": lambda p: cv2.resize(p, None, fx=0.5, fy=0.5)}),
        (Fraction(25), {"change": lambda p: (p * 0.9 + 8).astype(np.uint8)}),
    ],
)
def test_what_comes_back_otherwise_is_made_to_fit(
    rate: Fraction, options: dict, tmp_path: Path
) -> None:
    patches, pictures, _, _ = drawn(tmp_path, clock_of(rate), **options)
    assert len(patches) == FRAMES
    limit = 12 if "change" in options or rate in (30, 50) or "first" in options else 5
    assert off_outside(patches[2:-1], pictures[2:-1]) < limit


def test_frames_that_lack_at_the_end_keep_the_source_mouth(tmp_path: Path) -> None:
    patches, _, _, engine = drawn(tmp_path, clock_of(), frames=FRAMES - 4)
    assert [round(patch.alpha, 2) for patch in patches[-8:]] == [1, 0.75, 0.5, 0.25, 0, 0, 0, 0]
    assert engine.facts(tmp_path / "avatar.zip")["missing_frames"] == 4


def black_at(*numbers: int) -> Callable[[np.ndarray], np.ndarray]:
    """A change that makes frames of a film black."""
    count = itertools.count()
    return lambda picture: picture * np.uint8(next(count) not in numbers)


def test_frames_that_lack_in_the_middle_keep_the_source_mouth(tmp_path: Path) -> None:
    patches, _, _, engine = drawn(tmp_path, clock_of(), without=range(20, 24))
    alpha = [round(patch.alpha, 2) for patch in patches[16:28]]
    assert alpha == [1, 0.75, 0.5, 0.25, 0, 0, 0, 0, 0.25, 0.5, 0.75, 1]
    assert all(patch.alpha == 1 for patch in (*patches[:16], *patches[28:]))
    assert engine.facts(tmp_path / "avatar.zip")["missing_frames"] == 4


def test_frames_that_show_something_else_keep_the_source_mouth(tmp_path: Path) -> None:
    black = range(17, 27)
    patches, pictures, _, engine = drawn(tmp_path, clock_of(), change=black_at(*black))
    hidden = [number for number, patch in enumerate(patches) if not patch.alpha]
    assert hidden == list(range(hidden[0], hidden[-1] + 1))
    assert 3 <= len(hidden) == engine.facts(tmp_path / "avatar.zip")["missing_frames"] <= 6
    assert set(hidden) < set(black), "others are near to one that shows the cut"
    seen = [number for number, patch in enumerate(patches) if patch.alpha]
    assert off_outside([patches[n] for n in seen], [pictures[n] for n in seen]) < 12


def test_a_single_frame_that_was_dropped_does_no_harm(tmp_path: Path) -> None:
    patches, _, _, engine = drawn(tmp_path, clock_of(), without=range(20, 21))
    assert all(patch.alpha == 1 for patch in patches)
    assert engine.facts(tmp_path / "avatar.zip")["missing_frames"] == 0


def test_colours_that_are_too_far_off_are_said(tmp_path: Path) -> None:
    def grey(picture: np.ndarray) -> np.ndarray:
        mean = picture.mean(-1, keepdims=True)
        return (mean * 0.5 + picture * 0.5).clip(0, 255).astype(np.uint8)

    _, _, _, engine = drawn(tmp_path, clock_of(), change=grey)
    assert engine.facts(tmp_path / "avatar.zip")["colours_unfitted"]
    _, _, _, engine = drawn(tmp_path, clock_of())
    assert "colours_unfitted" not in engine.facts(tmp_path / "avatar.zip")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"without": range(10, 20)}, r"lacks 0\.40 s of the cut in one piece"),
        ({"frames": FRAMES - 10}, "is 1.20 s long, and 1.60 s were asked for"),
        ({"change": lambda p: p[:, : p.shape[1] // 4 * 2]}, "another shape"),
        ({"change": lambda p: p[::-1, ::-1]}, "does not show the cut"),
    ],
)
def test_what_cannot_fit_is_a_fault(options: dict, words: str, tmp_path: Path) -> None:
    with pytest.raises(Fault, match=f"{words}.*; .* USD were paid"):
        drawn(tmp_path, clock_of(), **options)


@pytest.mark.parametrize(
    ("state", "price"), [("delivered", 0.25), ("failed", 0.25), ("unknown", 0.25), ("refused", 0)]
)
def test_a_fault_says_to_the_row_what_was_paid(state: str, price: float, tmp_path: Path) -> None:
    pictures, track = scene(FRAMES)

    class Broken(Bought):
        def buy(self, order: Order) -> Path:
            bought = Purchase(order.key, "sync", "m", "", "run", "token", "reserved", 250_000)
            self.ledger.reserve(bought, 10**6, 1, 1.0)
            self.ledger.change(order.key, 1.0, state)
            if state == "delivered":
                return super().buy(order)
            raise Fault("no face found")

    bought = Broken(tmp_path, Fraction(25), {"frames": FRAMES - 10})
    engine = HostedEngine(settings("sync"), lambda *_: bought)
    engine.prepare(iter(pictures), track, tmp_path / "avatar.zip")
    speech = Speech(np.zeros(16000 * 5, np.float32), 16000)
    with pytest.raises(Fault) as raised:
        list(engine.render(tmp_path / "avatar.zip", speech, clock_of()))
    told = JobFault.of("draft", raised.value).values.get("facts", {})
    assert told.get("price_usd", 0) == price
    assert ("service" in told) == bool(price)


def test_no_film_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.redrawn", lambda *_, **__: b"<html>expired</html>")
    with pytest.raises(Fault, match="no film that can be read"):
        drawn(tmp_path, clock_of())


def test_a_loop_in_reverse_is_sent_in_reverse(tmp_path: Path) -> None:
    source = clock_of()
    clock = LoopedClock(source.rate, 100, 30, source, True)
    patches, pictures, bought, _ = drawn(tmp_path, clock)
    assert len(patches) == len(decode(bought.clips[0])) == 30
    assert off_outside(patches, pictures[::-1][:30]) < 4
