"""Stage `slices`: each cut's part of the speech of a film.

The parts are named by what they hold. So a cut whose part is the same after the dub was edited has
the same input as before, and is not drawn again.
"""

import hashlib
import logging
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from ..audio.slices import read_slice, write_samples
from ..core.cuts import Cut
from ..core.files import remove
from ..core.loop import film_cuts
from ..core.slices import store_of, write_index
from ..core.timeline import Clock
from ..media.mezzanine import probe_mezzanine

log = logging.getLogger(__name__)


def write_slices(
    *, mezzanine: Path, boundaries: Path, loop: Path | None, speech: Path, index: Path
) -> None:
    """Write the parts that are not there, and remove those of earlier dubs.

    Args:
        mezzanine: The mezzanine, for its frame rate.
        boundaries: The video's cuts, boundaries.tsv.
        loop: The film's loop.tsv; None where it is not looped.
        speech: The film's speech, WAV, 16 kHz mono, 16 bit.
        index: The file to write, JSON: the name of each cut's part in its folder, by cut.

    Raises:
        Fault: A file is broken.
    """
    store = store_of(index)
    store.mkdir(parents=True, exist_ok=True)
    names = _write(film_cuts(boundaries, loop), probe_mezzanine(mezzanine).rate, speech, store)
    write_index(names, index)
    unused = {path.name for path in store.glob("*.wav")} - set(names.values())
    for name in unused:
        remove(store / name)
    log.info("%d cuts, %d parts of earlier dubs removed", len(names), len(unused))


def _write(cuts: Sequence[Cut], rate: Fraction, speech: Path, store: Path) -> dict[str, str]:
    names = {}
    for cut in cuts:
        samples = read_slice(speech, Clock(rate, cut.first_frame, cut.frames))
        names[cut.cut] = f"{hashlib.sha256(samples.tobytes()).hexdigest()[:16]}.wav"
        if not (store / names[cut.cut]).exists():
            write_samples(samples, store / names[cut.cut])
    return names
