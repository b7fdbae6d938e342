"""`mouthpiece worker stop` ends workers, and only when it is told to."""

from pathlib import Path

import pytest

from mouthpiece.cli.app import main
from mouthpiece.worker import stop


def test_the_workers_of_the_user_s_folder_are_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    asked: list[Path] = []
    monkeypatch.setattr(stop, "stop", lambda folder: asked.append(folder) or 2)
    caplog.set_level("INFO")
    assert main(["worker", "stop", "--help"]) == 0
    assert asked == []
    assert main(["worker", "stop"]) == 0
    assert asked == [tmp_path / "mouthpiece"] and "ended 2 pool(s)" in caplog.text


def test_a_folder_that_others_may_enter_is_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "mouthpiece").mkdir(mode=0o755)
    assert main(["worker", "stop"]) == 1
    (said,) = caplog.messages
    assert said.startswith("error: ") and "mode 0700" in said
