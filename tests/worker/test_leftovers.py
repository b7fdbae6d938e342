"""The files of killed workers are removed; those of living ones are kept."""

import socket
import tempfile
from pathlib import Path

from mouthpiece.core.locks import lock_file
from mouthpiece.worker.leftovers import sweep_workers


def listener(path: Path) -> socket.socket:
    """A socket that somebody listens on."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(str(path))
    listening.listen()
    return listening


def test_only_the_files_of_dead_workers_go() -> None:
    with tempfile.TemporaryDirectory(prefix="w") as name:
        folder = Path(name)
        listener(folder / "dead.socket").close()
        listener(folder / "starting.socket").close()
        (folder / "dead.log").write_text("killed")
        with listener(folder / "alive.socket"), lock_file(folder / "starting.lock"):
            assert sweep_workers(folder) == 1
            left = {path.name for path in folder.iterdir()}
        assert left >= {"alive.socket", "starting.socket", "starting.lock"}
        assert not any(name.startswith("dead") for name in left)
