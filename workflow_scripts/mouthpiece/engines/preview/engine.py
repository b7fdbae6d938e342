"""The embedded engine: sound drives the lips of the person's own picture. A preview, not a final.

The lower face of every frame is warped so that its mouth takes the shape that the sound asks for,
whatever it did before. Its lips come from one of the person's own frames, which shows them shut;
between them appears the person's own inner mouth, from one frame, or a painted one where no frame
shows it. In silence the lips are closed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ...audio.silence import opacity
from ...audio.speech import Speech
from ...audio.voice_activity import voiceless
from ...core.timeline import Clock
from ...faces.track import Track
from ...media.region import Region
from ...patches.patch import Extent, Patch, mask_extent
from ..avatar_file import check_frames
from ..live import performed
from . import avatar as avatars
from .bake import SIZES_PX, bake, looked_at
from .canvas import patch_mask
from .motion import LipMotion, NetworkMotion
from .own_range import in_own_range
from .painter import Painter
from .performance import VOICELESS_S, PreviewPerformer
from .rest import eased, idle, settled, source_opening
from .settings import PreviewSettings


class Preview:
    """See `Engine`. `loaded`: what turns sound into mouth shapes."""

    window_frames = 1
    overlap_frames = 0
    needs_clip = False

    def __init__(self, settings: PreviewSettings, motion: LipMotion | None = None) -> None:
        """Build the engine.

        Args:
            settings: Its settings; what they leave open is decided now.
            motion: What turns sound into mouth shapes; None: the embedded network.
        """
        self._settings = settings.resolved()
        self.loaded = motion or NetworkMotion()

    @property
    def patch_px(self) -> int:
        """See `Engine`."""
        size = self._settings.size_px
        return SIZES_PX[1] if size == "auto" else size

    def warm_up(self) -> None:
        """See `Engine.warm_up`: nothing takes long."""

    def region(self, track: Track, height: int, width: int) -> Region:
        """See `Engine.region`."""
        return looked_at(track, self._settings.size_px)

    def prepare(self, pictures: Iterator[np.ndarray], track: Track, avatar: Path) -> None:
        """See `Engine.prepare`."""
        bake(pictures, track, self._settings.size_px, avatar)

    def render(self, avatar: Path, speech: Speech, clock: Clock) -> Iterator[Patch]:
        """See `Engine.render`."""
        person = avatars.load(avatar)
        check_frames(avatar, person.frames, clock)
        if self._settings.live:
            return performed(self._performer(person), speech, clock)
        motion = self.loaded(speech, clock, self._settings.hears_phones)
        silent = motion.silent | voiceless(speech, clock, VOICELESS_S)
        controls = motion.controls.astype(np.float64)
        controls = in_own_range(controls, controls[~silent], person.to_draw)
        controls = settled(controls, eased(silent, clock), self._settings.strength)
        open_by = source_opening(person)[list(clock.frame_order)]
        alpha = opacity(idle(controls[:, 0], silent, open_by), clock)
        return Painter.of(person).patches(controls, alpha, clock.frame_order)

    def performer(self, avatar: Path) -> PreviewPerformer:
        """See `LiveEngine.performer`."""
        return self._performer(avatars.load(avatar))

    def _performer(self, person: avatars.Avatar) -> PreviewPerformer:
        return PreviewPerformer(Painter.of(person), self.loaded, self._settings)

    def extent(self, avatar: Path, clock: Clock) -> Extent | None:
        """See `Engine.extent`."""
        return mask_extent(patch_mask(avatars.load_size(avatar)))

    def facts(self, avatar: Path) -> dict[str, Any]:
        """See `Engine.facts`: what heard the speech."""
        return {"hearing": "phones" if self._settings.hears_phones else "bands"}
