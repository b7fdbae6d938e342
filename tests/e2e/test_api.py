"""The examples of docs/api.md run as they stand."""

import re
import shutil
from pathlib import Path

from makers import count_frames
from places import ROOT

from .conftest import CAT_FRAMES, GOOD_FRAMES


def test_the_examples_run(
    small_film: Path, small_dubs: dict[str, Path], tmp_path: Path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(small_film, "talk.mp4")
    shutil.copy(small_dubs["en"], "talk.de.wav")
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    names: dict[str, object] = {}
    for example in re.findall(r"^```python\n(.*?)^```", text, re.M | re.S):
        exec(compile(example, "docs/api.md", "exec"), names)
    out = capsys.readouterr().out
    assert "job/results/talk/de/talk.de.mp4\n" in out and "review/index.html" in out
    assert re.search(r"\d of 2 cuts redrawn", out)
    assert count_frames(Path("job/results/talk/de/talk.de.mp4")) == GOOD_FRAMES + CAT_FRAMES
    assert len(names["own"]) == GOOD_FRAMES  # type: ignore[arg-type]
    assert len(names["pictures"]) == GOOD_FRAMES + CAT_FRAMES  # type: ignore[arg-type]
