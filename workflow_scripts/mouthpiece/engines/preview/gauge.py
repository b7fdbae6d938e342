"""How open a drawn mouth looks, and how far it is opened to look as open as the person's own.

How far a mouth is open is found twice: in the picture, where the lips part (`contour`), and by the
face mesh. A person is drawn by the first. The mesh, like a viewer, judges the mouth as a whole: of
two that are as far open, one that is open out to its corners looks wider. What a drawn mouth looks
like is another thing for each person, so the mesh is asked, once for each cut.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np

from ...faces.landmarks import lip_gap
from ...faces.region import Region
from ...patches.blend import mix
from ...patches.patch import Patch
from . import shape
from .own_range import full_opening
from .painter import Painter

FRAMES = 6
"""Frames of a cut in which mouths are drawn to be looked at."""

SIDE_PX = 384
"""Side of the squares in which the faces are kept: twice that of the mesh's own picture."""

LEVELS = (0.0, 0.4, 0.7, 1.0, 1.3, 1.6, 1.9)
"""How far open the drawn mouths are, in the person's full openings."""

GAINS = (0.7, 1.9)
"""The least and the greatest gain: a mesh that asks for more is mistaken. Lips below a moustache
are seen to part by a half of what they do."""

ASTRAY = 0.08
"""The mesh is no help where it finds the person's own mouth again, in the kept squares, open by so
much more or less than the track has it, in mouth widths: on 13 people .004 to .022."""

Locate = Callable[[np.ndarray, Region], tuple[np.ndarray, float]]
"""See `faces.mesh.FaceMesh.locate`."""


@dataclass(frozen=True)
class Gauge:
    """The faces of some frames of a cut, kept while its pictures go by.

    Attributes:
        points: The face's track, [T, 468, 3], in pixels.
        regions: Where the faces are, by frame.
        squares: Their pictures, RGB, [SIDE_PX, SIDE_PX, 3] uint8, by frame.
    """

    points: np.ndarray
    regions: dict[int, Region]
    squares: dict[int, np.ndarray] = field(default_factory=dict)

    @classmethod
    def of(cls, points: np.ndarray, seen: np.ndarray) -> "Gauge":
        """Choose the frames.

        Args:
            points: The face's track, [T, 468, 3].
            seen: In which frames the face was seen, [T] bool.

        Returns:
            The gauge, to which the pictures are to be shown.
        """
        frames = np.flatnonzero(seen)
        places = np.linspace(0, max(len(frames) - 1, 0), FRAMES + 2).astype(int)[1:-1]
        chosen = frames[places] if len(frames) else frames
        return cls(points, {frame: Region.of_mesh(points[frame]) for frame in chosen.tolist()})

    def note(self, frame: int, picture: np.ndarray) -> None:
        """Keep the face of a picture, if it is one of those chosen.

        Args:
            frame: The picture's number.
            picture: RGB, [H, W, 3] uint8.
        """
        if frame in self.regions:
            self.squares[frame] = self.regions[frame].cut_out(picture, SIDE_PX)

    def gain(self, painter: Painter, scale: np.ndarray, locate: Locate) -> float:
        """Find by how much a person's openings are scaled to look, when drawn, as their own do.

        Args:
            painter: Draws the person.
            scale: The pixels of a mouth width in each picture, [T].
            locate: The mesh.

        Returns:
            The gain; 1 where the mesh is no help, or the person is not seen to talk.
        """
        aperture = painter.person.mouth[:, 0]
        full, sure = full_opening(aperture, aperture)
        if not self.squares or not sure:
            return 1.0
        own = lip_gap(self.points) / scale
        astray, looks = [], []
        for frame, square in self.squares.items():
            px = float(scale[frame]) * SIDE_PX / self.regions[frame].side_px
            astray.append(abs(_opening(locate, square, px) - float(own[frame])))
            drawn = self._drawn(painter, frame, full)
            looks.append([_opening(locate, one, px) for one in drawn])
        if np.median(astray) > ASTRAY:
            return 1.0
        # The mean: where the mesh finds any mouth wider, it finds the own full ones.
        curve = np.maximum.accumulate(np.mean(looks, axis=0))
        found = float(np.interp(full_opening(own, aperture)[0], curve, LEVELS))
        return float(np.clip(found, *GAINS) ** sure)

    def _drawn(self, painter: Painter, frame: int, full: float) -> Iterator[np.ndarray]:
        """A face with mouths of each level, each [SIDE_PX, SIDE_PX, 3] uint8."""
        person = painter.person
        controls = np.zeros((len(LEVELS), len(shape.CONTROLS)))
        controls[:, 0] = full * np.array(LEVELS)
        controls[:, 1] = np.interp(controls[:, 0], *person.donor_mouths.T)
        controls[:, 2] = shape.JAW_SHARE * controls[:, 0]
        (crop,) = person.crops.pick([frame])
        targets = painter.targets(controls, [frame] * len(LEVELS))
        for row, target in zip(controls, targets, strict=True):
            patch = painter.patch(frame, crop, target, float(row[0]), 1.0)
            yield _laid(self.squares[frame], patch, self.regions[frame])


def _opening(locate: Locate, square: np.ndarray, width_px: float) -> float:
    """How open the mesh finds the face in a square, in mouth widths."""
    whole = Region(np.full(2, (SIDE_PX - 1) / 2), float(SIDE_PX), 0.0)
    return float(lip_gap(locate(square, whole)[0])) / width_px


def _laid(square: np.ndarray, patch: Patch, region: Region) -> np.ndarray:
    """A face's square with a patch laid into it."""
    to_square = cv2.invertAffineTransform(region.to_picture(SIDE_PX))
    affine = to_square[:, :2] @ patch.affine
    affine[:, 2] += to_square[:, 2]
    pixels, mask = (
        cv2.warpAffine(one, affine, (SIDE_PX, SIDE_PX)) for one in (patch.pixels, patch.mask)
    )
    drawn = pixels.astype(np.float32)
    mix(drawn, square, mask / np.float32(255))
    return drawn.astype(np.uint8)
