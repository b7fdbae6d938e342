"""A small film that is marked, with all that can be said of it."""

from fractions import Fraction
from pathlib import Path

import pytest

from makers import AAC, X264, beep, ffmpeg, pattern
from mouthpiece.provenance.statement import Redrawn, Statement, Voice
from signed_films import Marked, make_marked


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of two seconds."""
    path = tmp_path_factory.mktemp("source") / "Erika Mustermann.mp4"
    inputs = [*pattern(seconds=2, size="64x48"), *beep(seconds=2)]
    ffmpeg(*inputs, *X264, *AAC, "-movflags", "+faststart", path)
    return path


@pytest.fixture(scope="session")
def statement(source: Path) -> Statement:
    """Two cuts are redrawn, and two voices speak."""
    return Statement(
        title="talk.pt-BR.mp4",
        source=source,
        language="pt-BR",
        rate=Fraction(25),
        frames=50,
        source_language="en",
        redrawn=(
            Redrawn("preview", "standard", "245479c07a9c", "c2169617b09b", ((0, 9), (20, 49))),
        ),
        voices=(Voice("kokoro", "pf_dora", 3), Voice("kokoro", "pm_alex", 1)),
        translator="bergamot",
    )


@pytest.fixture(scope="session")
def marked(source: Path, statement: Statement, tmp_path_factory: pytest.TempPathFactory) -> Marked:
    """A film that the test certificate signed."""
    return make_marked(source, tmp_path_factory.mktemp("marked") / "talk.pt-BR.mp4", statement)
