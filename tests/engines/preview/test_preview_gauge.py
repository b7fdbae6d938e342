"""A drawn mouth is opened so far that it looks, to the face mesh, as open as the person's own."""

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn import LIP, Person, draw_person

from mouthpiece.audio.speech import Speech
from mouthpiece.core.timeline import Clock
from mouthpiece.engines.preview import avatar as avatars
from mouthpiece.engines.preview import shape
from mouthpiece.engines.preview.engine import Preview
from mouthpiece.engines.preview.gauge import LEVELS, SIDE_PX, Gauge
from mouthpiece.engines.preview.motion import Motion
from mouthpiece.engines.preview.painter import Painter
from mouthpiece.engines.preview.settings import PreviewSettings
from mouthpiece.faces.landmarks import LIPS_APART, lip_gap
from mouthpiece.faces.region import Region

TALKS = 0.15 - 0.15 * np.cos(np.arange(80) * 2 * np.pi / 13)


class Mesh:
    """A mesh that finds a drawn mouth so many times as open as it is, and the own one as tracked.

    Attributes:
        shown: The squares that it was shown.
    """

    def __init__(self, gauge: Gauge, scale: np.ndarray, full: float, times: float, off: float = 0):
        self.gauge, self.scale, self.full, self.times, self.off = gauge, scale, full, times, off
        self.shown: list[np.ndarray] = []
        self.frame, self.level = -1, 0

    def locate(self, square: np.ndarray, _: Region) -> tuple[np.ndarray, float]:
        """See `FaceMesh.locate`."""
        self.shown.append(square)
        own = [frame for frame, one in self.gauge.squares.items() if one is square]
        if own:
            self.frame, self.level = own[0], 0
            found = lip_gap(self.gauge.points[self.frame]) / self.scale[self.frame] + self.off
        else:
            found = self.times * self.full * LEVELS[self.level]
            self.level += 1
        px = self.scale[self.frame] * SIDE_PX / self.gauge.regions[self.frame].side_px
        points = np.zeros((468, 3), np.float32)
        points[[lower for _, lower in LIPS_APART], 1] = found * px
        return points, 1.0


def prepared(person: Person, folder: Path) -> tuple[Gauge, Painter, np.ndarray]:
    Preview(PreviewSettings()).prepare(iter(person.pictures), person.track, folder / "avatar")
    gauge = Gauge.of(person.track.points, person.track.seen)
    for number, picture in enumerate(person.pictures):
        gauge.note(number, picture)
    pose, _ = shape.measure(person.track.points)
    return gauge, Painter.of(avatars.load(folder / "avatar")), pose.scale


@pytest.mark.parametrize("times", [0.6, 0.9, 1.0, 1.25])
def test_a_mouth_that_looks_wider_when_drawn_is_opened_less(times: float, tmp_path: Path) -> None:
    gauge, painter, scale = prepared(draw_person(TALKS), tmp_path)
    mesh = Mesh(gauge, scale, 0.3, times)
    assert gauge.gain(painter, scale, mesh.locate) == pytest.approx(1 / times, rel=0.08)


def test_what_the_mesh_is_shown_are_mouths_that_open_further_and_further(tmp_path: Path) -> None:
    gauge, painter, scale = prepared(draw_person(TALKS), tmp_path)
    mesh = Mesh(gauge, scale, 0.3, 1.0)
    gauge.gain(painter, scale, mesh.locate)
    squares = np.array(mesh.shown, int).reshape(
        len(gauge.squares), 1 + len(LEVELS), *(SIDE_PX,) * 2, 3
    )
    for own, shut, *wider in squares:
        changed = [np.count_nonzero(np.abs(one - shut).max(-1) > 40) for one in wider]
        assert (np.diff([0, *changed]) > 0).all()
        far = np.abs(squares[0] - squares[0][0]).max((0, -1))[: SIDE_PX // 4]
        assert far.max() == 0 and own.any(), "only the mouth is drawn"


def test_a_mesh_that_does_not_find_the_own_mouth_again_is_not_asked(tmp_path: Path) -> None:
    gauge, painter, scale = prepared(draw_person(TALKS), tmp_path)
    assert gauge.gain(painter, scale, Mesh(gauge, scale, 0.3, 1.25, off=0.1).locate) == 1


def test_nothing_is_learnt_of_who_is_not_seen_to_talk_or_not_seen(tmp_path: Path) -> None:
    person = draw_person(np.full(12, 0.1))
    gauge, painter, scale = prepared(person, tmp_path)
    mesh = Mesh(gauge, scale, 0.3, 1.25)
    assert gauge.gain(painter, scale, mesh.locate) == 1
    unseen = Gauge.of(person.track.points, np.zeros(12, bool))
    assert unseen.gain(painter, scale, mesh.locate) == 1 and not mesh.shown


def test_faces_are_kept_upright_and_few(tmp_path: Path) -> None:
    person = draw_person(TALKS)
    gauge, _, _ = prepared(person, tmp_path)
    assert 0 < len(gauge.squares) <= 6
    for frame, square in gauge.squares.items():
        affine = cv2.invertAffineTransform(gauge.regions[frame].to_picture(SIDE_PX))
        x, y = person.track.points[frame, 17, :2] @ affine[:, :2].T + affine[:, 2]
        red = square[round(y) - 3, round(x)].astype(int)
        assert red[0] - red[1] > 60, "the lower lip"


def test_no_mesh_finds_a_face_in_a_drawing(tmp_path: Path) -> None:
    assert prepared(draw_person(TALKS), tmp_path)[1].person.gain.tolist() == [1]


@pytest.mark.parametrize("live", [False, True])
def test_a_person_opens_the_mouth_by_the_gain(
    live: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    controls = np.zeros((len(TALKS), 4), np.float32)
    controls[:, 0], controls[:, 1], controls[:, 2] = TALKS, 1, 0.6 * TALKS

    def motion(speech: Speech, clock: Clock, phones: bool = False, since: int = 0) -> Motion:
        at = np.arange(clock.first_frame, clock.first_frame + clock.frames) % len(TALKS)
        return Motion(controls[at], np.zeros(clock.frames, bool))

    sound = Speech(0.1 * np.random.default_rng(0).standard_normal(16000 * 6), 16000)
    opened = []
    for gain in (0.7, 1.0):
        monkeypatch.setattr(Gauge, "gain", lambda *_, found=gain: found)
        person = prepared(draw_person(TALKS), tmp_path)[1].person
        assert person.to_draw[:, 0] == pytest.approx(gain * person.mouth[:, 0])
        assert (person.to_draw[:, 1] == person.mouth[:, 1]).all()
        engine = Preview(PreviewSettings(live=live), motion)
        patches = engine.render(tmp_path / "avatar", sound, Clock(Fraction(25), 0, len(TALKS)))
        opened.append(max(_opening_px(patch.pixels) for patch in patches))
    assert 0 < opened[0] < 0.85 * opened[1]


def _opening_px(patch: np.ndarray) -> int:
    """How many rows of the middle of a mouth are between the lips."""
    middle = patch[:, patch.shape[1] // 2].astype(int)
    lips = np.flatnonzero(np.abs(middle - LIP).max(-1) < 40)
    return int(np.ptp(lips)) + 1 - len(lips)
