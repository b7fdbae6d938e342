"""Where a shot goes over from one person to another, or to nobody, though no cut was found there.

Two people who are filmed alike, in one framing before one wall, join without much that changes in
the picture; so do people in a dissolve or a pan. So the faces are looked at now and then. Where two
looks differ as two people do, the frames between them are halved as long as that is so.
`find_person_change` judges the frames around the place that is left, as the guard would.

A title may be wiped away from a face, and somebody may walk in: where a face comes, or goes for
long, a shot is divided as well, lest the guard refuses what is seen of it.
"""

import itertools
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..config.guard import Guard
from ..core.cuts import Cut
from ..core.spans import find_spans
from ..core.timeline import Clock
from ..media.decode import read_rgb
from ..media.mezzanine import probe_mezzanine
from .identity import describe, find_person_change
from .landmarks import MESH_POINTS
from .observation import Observation
from .tracker import FaceFinder, FaceTracker

LOOK_EVERY_S = 1.0
"""From one look at a shot to the next. A person who is seen for less may be missed."""

NEVER = 2.0
"""With `person_change` of this, no shot is divided."""

CLOSE_FRAMES = 2
"""Looks so near each other are not halved any more."""

AROUND_FRAMES = 12
"""Frames on each side of such looks that are tracked and judged."""

AWAY_S = 1.0
"""A face that is out of sight for so long is gone."""

NOBODY_FRAMES = 3
"""What is taken for a face so briefly, in a title that is wiped away, is none."""

SEARCH_EVERY_FRAMES = 1
"""While frames are judged, each picture is searched, lest the mesh slides from face to face."""


@dataclass(frozen=True)
class Look:
    """The faces at one frame of a shot.

    Attributes:
        frame: The frame, in the film.
        faces: The faces' descriptions, each [3 * 468] float32 of length 1 (`identity.describe`).
        seen_frame: The frame in which they were seen: an earlier one where there is none now.
    """

    frame: int
    faces: Sequence[np.ndarray]
    seen_frame: int


def divide_cuts(
    mezzanine: Path, cuts: Sequence[Cut], settings: Guard, threads: int = 1
) -> list[Cut]:
    """Divide the cuts of a film where another person takes over.

    Args:
        mezzanine: The film.
        cuts: Its cuts, in order.
        settings: The section `guard`; `person_change` says what another person is.
        threads: How many cuts are looked at at once.

    Returns:
        The cuts, and the parts of those that show several people, in order.
    """
    own = threading.local()

    def parts(cut: Cut) -> list[Cut]:
        if not hasattr(own, "finder"):
            own.finder = PeopleFinder(mezzanine, settings)
        return own.finder.divide(cut)

    with ThreadPoolExecutor(threads) as pool:
        return list(itertools.chain.from_iterable(pool.map(parts, cuts)))


class PeopleFinder:
    """Finds where another person takes the place of the one who is seen in a shot.

    Args:
        mezzanine: The film.
        settings: See `divide_cuts`.
    """

    def __init__(self, mezzanine: Path, settings: Guard) -> None:
        self._mezzanine = mezzanine
        self._settings = settings
        self._rate = probe_mezzanine(mezzanine).rate
        self._finder = FaceFinder(settings)

    def divide(self, cut: Cut) -> list[Cut]:
        """Divide a shot where another person takes over, and where a face comes or goes.

        Args:
            cut: The shot.

        Returns:
            Its parts, in order; itself alone where it shows one person, or none.
        """
        if self._settings.person_change >= NEVER:
            return [cut]
        every_frames = max(1, round(LOOK_EVERY_S * float(self._rate)))
        frames = [*range(cut.first_frame, cut.end_frame - 1, every_frames), cut.end_frame - 1]
        looks = [self._look(frame) for frame in frames]
        spans = self._spans(cut, [look for look in looks if look.faces])
        starts = [start for first, end in spans for start in self._judged(first, end)]
        for start in self._presence_edges(cut, looks):
            if all(abs(start - other) > AROUND_FRAMES for other in starts):
                starts.append(start)
        edges = [cut.first_frame, *sorted(starts), cut.end_frame]
        return [Cut.of(first, end - first) for first, end in itertools.pairwise(edges)]

    def _presence_edges(self, cut: Cut, looks: Sequence[Look]) -> Iterator[int]:
        """The first frames with a face after long, and the first ones without one for long."""
        away_frames = max(1, round(AWAY_S * float(self._rate)))
        for one, other in itertools.pairwise(looks):
            if bool(one.faces) == bool(other.faces):
                continue
            # What is before a face that comes, and after one that goes, tells for how long.
            first = one.frame if one.faces else max(cut.first_frame, one.frame - away_frames)
            end = min(cut.end_frame, other.frame + (away_frames if one.faces else 1))
            away = np.array([face is None for face in self._tracked(first, end)])
            for came, went in find_spans(~away):
                if went - came <= NOBODY_FRAMES and came > 0 and went < len(away):
                    away[came:went] = True
            for gone, back in find_spans(away):
                edge = gone if one.faces else back
                if back - gone >= away_frames and 0 < edge < len(away):
                    yield first + edge

    def _spans(self, cut: Cut, looks: Sequence[Look]) -> list[tuple[int, int]]:
        """Runs of frames to judge: those around looks that differ as two people do."""
        spans: list[tuple[int, int]] = []
        for before, after in itertools.pairwise(looks):
            for last, next_one in self._halved(before, after):
                first = max(cut.first_frame, last.seen_frame - AROUND_FRAMES)
                if spans and first <= spans[-1][1]:
                    first = spans.pop()[0]
                spans.append((first, min(cut.end_frame, next_one.frame + AROUND_FRAMES)))
        return spans

    def _halved(self, before: Look, after: Look) -> Iterator[tuple[Look, Look]]:
        """Pairs of looks, between these two, that differ as two people do; as near as they do."""
        if not self._differ(before, after):
            return
        if after.frame - before.frame <= CLOSE_FRAMES:
            yield before, after
            return
        middle = self._look((before.frame + after.frame) // 2)
        if not middle.faces:
            middle = Look(middle.frame, before.faces, before.seen_frame)
        halves = [*self._halved(before, middle), *self._halved(middle, after)]
        # Where one pushes the other away, both are seen in the middle, and neither half differs.
        yield from halves or [(before, after)]

    def _look(self, frame: int) -> Look:
        (picture,) = read_rgb(self._mezzanine, Clock(self._rate, frame, 1))
        seen = [Observation.of(picture, points) for points in self._finder.meshes(picture)]
        return Look(frame, list(describe(seen, np.arange(MESH_POINTS))), frame)

    def _differ(self, before: Look, after: Look) -> bool:
        """Whether no face of one look resembles one of the other."""
        alike = max(float(a @ b) for a in before.faces for b in after.faces)
        return 1 - alike >= self._settings.person_change

    def _judged(self, first: int, end: int) -> list[int]:
        """The first frame of each other person in a run of frames."""
        return [first + at for at in self._changes(self._tracked(first, end))]

    def _tracked(self, first: int, end: int) -> list[Observation | None]:
        tracker = FaceTracker(self._settings, SEARCH_EVERY_FRAMES)
        pictures = read_rgb(self._mezzanine, Clock(self._rate, first, end - first))
        return [tracker.track(each) for each in pictures]

    def _changes(self, observations: Sequence[Observation | None]) -> list[int]:
        change = find_person_change(observations)
        if change.distance < self._settings.person_change:
            return []
        before = self._changes(observations[: change.frame])
        after = self._changes(observations[change.frame :])
        return [*before, change.frame, *(change.frame + at for at in after)]
