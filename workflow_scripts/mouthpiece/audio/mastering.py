"""A mix brought to a loudness target: measured as a whole first, then amplified and limited."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..core.notes import Note
from ..media.flac import FlacWriter
from .ducking import Spans
from .limiter import limited
from .loudness_meter import ABSOLUTE_GATE_LUFS, LoudnessMeter
from .loudness_targets import LoudnessTarget
from .mixing import Mixture

log = logging.getLogger(__name__)

CODEC_HEADROOM_DB = 1.0
"""How far below the limit peaks are kept, in dB: AAC adds to them. Speech over music that is
mastered to -16 LUFS gets 0.2 dB or less at 64 to 256 kbit/s; limited by 12 dB, it gets 0.9 dB at
192 kbit/s."""

CLOSE_LU = 0.1
"""A mix so close to its target is not measured again."""

MOST_PASSES = 5
"""How often the mix is written, with a gain that is corrected for what the limiter took."""

LEAST_SPEECH_S = 3.0
"""With less speech than this, in seconds, the loudness of the whole film counts in place of that of
the dialogue: a word is no measure of a film."""


@dataclass(frozen=True)
class Mastered:
    """What was done to reach a target.

    Attributes:
        before_lufs: The loudness of the mix as it was, in LUFS.
        gain_db: By how much it was amplified.
        lufs: The loudness that was reached, by the measure that counts.
        is_quiet: Whether it is near silence, and was left as it is.
    """

    before_lufs: float
    gain_db: float
    lufs: float
    is_quiet: bool

    @property
    def notes(self) -> list[Note]:
        """What a user should know."""
        return [Note("mix_quiet", {"lufs": round(self.before_lufs, 1)})] if self.is_quiet else []


@dataclass(frozen=True)
class Mastering:
    """How a mixture is mastered.

    Attributes:
        mixture: The sounds.
        layout: libav's name of the mix's layout.
        names: libav's names of its channels.
        target: How loud it should be.
        spans_s: When somebody speaks, in seconds.
        quiet_lufs: A mix below this is not amplified.
    """

    mixture: Mixture
    layout: str
    names: tuple[str, ...]
    target: LoudnessTarget
    spans_s: Spans
    quiet_lufs: float

    @property
    def is_dialogue(self) -> bool:
        """Whether the loudness of the dialogue counts."""
        spoken_s = sum(end_s - begin_s for begin_s, end_s in self.spans_s)
        return self.target.is_dialogue and spoken_s >= LEAST_SPEECH_S

    def write(self, path: Path) -> Mastered:
        """Write the mix.

        Args:
            path: The FLAC file to write.

        Returns:
            What was done.
        """
        before = self._lufs(self.mixture.blocks())
        is_quiet = self.target.lufs is not None and before < self.quiet_lufs
        wanted = before if is_quiet or self.target.lufs is None else self.target.lufs
        gain_db, reached = wanted - before, before
        for _ in range(MOST_PASSES):
            reached = self._pass(gain_db, path)
            if wanted == before or abs(wanted - reached) <= CLOSE_LU:
                break
            gain_db += wanted - reached  # what the limiter took
        log.info("%.1f LUFS, %+.1f dB, %.1f LUFS", before, gain_db, reached)
        return Mastered(before, gain_db, reached, is_quiet)

    def _pass(self, gain_db: float, path: Path) -> float:
        """Write the mix with a gain, and measure what was written."""
        with FlacWriter(path, self.mixture.rate, self.layout) as flac:
            return self._lufs(self._written(gain_db, flac))

    def _written(self, gain_db: float, flac: FlacWriter) -> Iterator[np.ndarray]:
        for block in self._limited(gain_db):
            flac.add(block)
            yield block

    def _limited(self, gain_db: float) -> Iterator[np.ndarray]:
        ceiling_db = self.target.true_peak_dbtp - CODEC_HEADROOM_DB
        blocks, rate = self.mixture.blocks(), self.mixture.rate
        return limited(blocks, rate, 10 ** (gain_db / 20), 10 ** (ceiling_db / 20))

    def _lufs(self, blocks: Iterator[np.ndarray]) -> float:
        meter = LoudnessMeter(self.mixture.rate, self.names)
        for block in blocks:
            meter.add(block)
        return self._of(meter)

    def _of(self, meter: LoudnessMeter) -> float:
        dialogue = meter.dialogue_lufs(self.spans_s) if self.is_dialogue else ABSOLUTE_GATE_LUFS
        return dialogue if dialogue > ABSOLUTE_GATE_LUFS else meter.integrated_lufs()
