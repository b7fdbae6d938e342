"""The kept secret of an address: who may have it, and what is done where it is doubtful."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mouthpiece.core.errors import Fault
from mouthpiece.review.secret_file import SECRET, SecretFile

only_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")

STRANGER = 54321


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "mouthpiece"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "results"
    folder.mkdir()
    return folder


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_secret_is_kept_and_nobody_else_can_read_it(results: Path, state: Path) -> None:
    umask = os.umask(0)
    try:
        file = SecretFile.of(results)
        secret = file.kept()
    finally:
        os.umask(umask)
    assert SECRET.fullmatch(secret) and SecretFile.of(results).kept() == secret
    assert file.path.parent == state / "review"
    assert mode(file.path) == 0o600 and mode(file.path.parent) == 0o700
    assert secret not in file.path.name and results.name not in file.path.name


def test_each_results_folder_has_one_of_its_own_by_whatever_name(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(results)
    (tmp_path / "others").mkdir()
    monkeypatch.chdir(tmp_path)
    secret = SecretFile.of(results).kept()
    assert SecretFile.of(Path("link")).kept() == SecretFile.of(Path("results")).kept() == secret
    assert SecretFile.of(tmp_path / "others").kept() != secret


def test_a_new_secret_takes_the_place_of_the_kept_one(results: Path) -> None:
    file = SecretFile.of(results)
    first = file.kept()
    second = file.renewed()
    assert second != first and file.kept() == second and mode(file.path) == 0o600


def test_all_that_start_at_once_have_the_same(results: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: SecretFile.of(results).kept(), range(64)))
    assert len(found) == 1


def made_readable(path: Path) -> None:
    path.chmod(0o640)


def linked(path: Path) -> None:
    path.with_name("elsewhere").hardlink_to(path)


def behind_a_link(path: Path) -> None:
    path.symlink_to(path.rename(path.with_name("elsewhere")))


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


@pytest.mark.parametrize("spoil", [made_readable, linked, behind_a_link, a_pipe])
def test_what_others_may_know_is_not_used(results: Path, spoil: Callable[[Path], None]) -> None:
    file = SecretFile.of(results)
    first = file.kept()
    spoil(file.path)
    with pytest.raises(Fault) as refused:
        file.kept()
    assert file.path.name in str(refused.value) and first not in str(refused.value)
    assert file.renewed() != first
    assert SECRET.fullmatch(file.kept()) and mode(file.path) == 0o600
    assert file.path.stat().st_nlink == 1 and not file.path.is_symlink()


@only_root
def test_a_file_of_another_user_is_not_used(results: Path) -> None:
    file = SecretFile.of(results)
    file.kept()
    os.chown(file.path, STRANGER, STRANGER)
    with pytest.raises(Fault, match="a file of your own"):
        file.kept()
    file.renewed()
    assert file.path.stat().st_uid == os.getuid()


SOUND = "k" * 43
"""What could be a secret."""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        SOUND[:42].encode(),
        f"{SOUND}x".encode(),
        f"{SOUND}\n\n".encode(),
        f"../{SOUND}"[:43].encode(),
        b"\xff" * 43,
        f"{SOUND}\n".encode() * 100_000,
    ],
    ids=["empty", "newline", "short", "long", "two newlines", "path", "no text", "huge"],
)
def test_a_damaged_file_is_not_used(results: Path, content: bytes) -> None:
    file = SecretFile.of(results)
    file.kept()
    file.path.write_bytes(content)
    with pytest.raises(Fault, match="is damaged"):
        file.kept()
    assert file.renewed() == file.kept()


def test_a_folder_in_its_place_is_said(results: Path) -> None:
    file = SecretFile.of(results)
    file.path.mkdir(parents=True)
    file.path.parent.chmod(0o700)
    for get in (file.kept, file.renewed):
        with pytest.raises(Fault, match=file.path.name):
            get()


def test_a_folder_that_others_can_enter_is_not_used(results: Path, state: Path) -> None:
    file = SecretFile.of(results)
    first = file.kept()
    (state / "review").chmod(0o755)
    for get in (file.kept, file.renewed):
        with pytest.raises(Fault, match="mode 0700"):
            get()
    (state / "review").rename(state / "elsewhere")
    (state / "elsewhere").chmod(0o700)
    (state / "review").symlink_to("elsewhere")
    with pytest.raises(Fault, match="no link"):
        file.kept()
    (state / "review").unlink()
    assert file.kept() != first


def test_a_home_that_is_none_is_said(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    for get in (SecretFile.of(results).kept, SecretFile.of(results).renewed):
        with pytest.raises(Fault, match="not a folder"):
            get()


AS_STRANGER = f"""
import os, sys
from pathlib import Path
from mouthpiece.core.errors import Fault, InputError
from mouthpiece.review.secret_file import SecretFile
file = SecretFile.of(Path("/results"))
os.setgroups([]); os.setgid({STRANGER}); os.setuid({STRANGER})
try:
    print(getattr(file, sys.argv[1])())
except (Fault, InputError) as error:
    print("refused:", error)
"""


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The state folder of another user, in a folder that all can enter."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        (Path(name) / "mouthpiece").mkdir()
        monkeypatch.setenv("XDG_STATE_HOME", name)
        yield Path(name) / "mouthpiece"


@only_root
def test_a_home_that_is_read_only_gives_what_it_has_and_takes_nothing(home: Path) -> None:
    def asked(what: str) -> str:
        command = [sys.executable, "-c", AS_STRANGER, what]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert "Permission denied" in asked("kept")
    os.chown(home, STRANGER, STRANGER)
    secret = asked("kept")
    assert SECRET.fullmatch(secret)
    (home / "review").chmod(0o500)
    assert asked("kept") == secret
    assert "Permission denied" in asked("renewed") and asked("kept") == secret
