"""Networks stay loaded as long as their files have the same content."""

import os
from pathlib import Path

from mouthpiece.engines.musetalk import weight_files
from mouthpiece.engines.musetalk.model_cache import _files
from mouthpiece.engines.musetalk.settings import MusetalkSettings


def test_a_file_is_known_by_its_content(tmp_path: Path) -> None:
    for names in weight_files.all_files("1.5"):
        path = tmp_path / names[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"one")
    settings = MusetalkSettings(models=str(tmp_path), device="cpu")
    before, status = _files(settings), path.stat()
    assert len(before) == len(weight_files.all_files("1.5"))
    path.write_bytes(b"two")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert _files(settings) != before
    path.write_bytes(b"one")
    assert _files(settings) == before, "a new time alone loads nothing again"
