"""Entries of the cache: whole or not there, whoever is killed when; checked when they are taken."""

import errno
import os
import signal
import stat
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import pytest

from mouthpiece.core import linked_files
from mouthpiece.core.leftovers import sweep_project
from mouthpiece.core.owners import Owner
from mouthpiece.results_cache import folders, placing
from mouthpiece.results_cache import manifest as manifests
from mouthpiece.results_cache import store as stores
from mouthpiece.results_cache.manifest import NAME, DamagedError
from mouthpiece.results_cache.outputs import Outputs
from mouthpiece.results_cache.pruning import damaged, entries, keep_bounded, make_room, prune
from mouthpiece.results_cache.store import Store, TooLargeError, UnusableError

KEY, OTHER = "ab" * 32, "cd" * 32
LARGE = bytes(range(256)) * 64
SMALL = b"{}\n"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch) -> Store:
    monkeypatch.setattr(stores, "SPARED_BYTES", 0)
    monkeypatch.setattr(placing, "LINKED_BYTES", len(LARGE))
    monkeypatch.setattr(manifests, "SMALL_BYTES", len(LARGE))
    monkeypatch.setattr(stores, "SMALL_BYTES", len(LARGE))
    return Store.open(tmp_path / "cache", max_gb=1)


def made(folder: Path, large: bytes = LARGE) -> Outputs:
    """Results of a job: a large file, a small one, a folder, and files beside."""
    (folder / "pages" / "a").mkdir(parents=True, exist_ok=True)
    (folder / "beside").mkdir(exist_ok=True)
    (folder / "film.mp4").write_bytes(large)
    (folder / "film.json").write_bytes(SMALL)
    (folder / "pages" / "a" / "x.srt").write_bytes(b"x")
    (folder / "beside" / "y.wav").write_bytes(b"y")
    return wanted(folder)


def wanted(folder: Path) -> Outputs:
    files = {"film": folder / "film.mp4", "facts": folder / "film.json", "pages": folder / "pages"}
    return Outputs(files, {"facts": folder / "beside"})


def contents(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in found
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def is_whole(cache: Store) -> bool:
    return not list(damaged(cache))


def test_what_is_kept_is_taken(cache: Store, tmp_path: Path) -> None:
    outputs = made(tmp_path / "a")
    assert not cache.fetch(KEY, wanted(tmp_path / "b"))
    assert cache.put(KEY, "film", outputs) and not cache.put(KEY, "film", outputs)
    assert cache.fetch(KEY, wanted(tmp_path / "b"))
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert is_whole(cache)
    (entry,) = entries(cache)
    assert (entry.script, entry.size) == ("film", len(LARGE) + len(SMALL) + 2)


def test_a_large_result_is_a_link_whose_time_is_its_own(
    cache: Store, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(placing, "_reflink", lambda source, path: False)
    cache.put(KEY, "film", made(tmp_path / "a"))
    kept = cache.entry(KEY) / "film"
    before = kept.stat().st_mtime_ns
    for name in "bc":
        assert cache.fetch(KEY, wanted(tmp_path / name))
        film = tmp_path / name / "film.mp4"
        assert film.is_symlink() and film.samefile(kept)
        os.utime(film, follow_symlinks=False)  # as Snakemake does after each job
    assert kept.stat().st_mtime_ns == before and kept.stat().st_nlink == 3
    assert not (tmp_path / "b" / "film.json").is_symlink()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o444  # as readable as the results were
    # Its content stays when the entry goes, and when the folder is moved.
    cache.discard(cache.entry(KEY))
    (tmp_path / "b").rename(tmp_path / "d")
    assert (tmp_path / "d" / "film.mp4").read_bytes() == LARGE
    # What is delivered is a file of its own.
    cache.put(KEY, "film", made(tmp_path / "e"))
    assert cache.fetch(KEY, wanted(tmp_path / "f"), is_delivered=True)
    assert not (tmp_path / "f" / "film.mp4").is_symlink()
    (tmp_path / "f" / "film.mp4").write_bytes(b"written in place")
    assert is_whole(cache)


def test_a_hidden_link_goes_with_its_output(cache: Store, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(placing, "_reflink", lambda source, path: False)
    monkeypatch.setattr(linked_files, "YOUNG_S", -1.0)
    cache.put(KEY, "film", made(tmp_path / "a"))
    folder = tmp_path / "p" / "results" / "v"
    cache.fetch(KEY, wanted(folder))
    sweep_project(tmp_path / "p")
    assert (folder / "film.mp4").read_bytes() == LARGE
    (folder / "film.mp4").unlink()
    assert sweep_project(tmp_path / "p").files == 1
    assert not [path for path in folder.iterdir() if path.name.endswith(".linked")]


def test_a_link_that_is_replaced_leaves_nothing(cache: Store, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(placing, "_reflink", lambda source, path: False)
    cache.put(KEY, "film", made(tmp_path / "a"))
    cache.put(OTHER, "film", made(tmp_path / "b", LARGE[::-1]))
    for key in (KEY, OTHER):
        assert cache.fetch(key, wanted(tmp_path / "c"))
    assert (tmp_path / "c" / "film.mp4").read_bytes() == LARGE[::-1]
    hidden = [path for path in (tmp_path / "c").iterdir() if path.name.endswith(".linked")]
    assert len(hidden) == 1


@pytest.mark.parametrize("place", ["film", "facts", "pages/a/x.srt", "beside/facts/y.wav", NAME])
@pytest.mark.parametrize("harm", ["flipped", "short", "gone", "pipe"])
def test_what_is_damaged_is_removed_and_made_again(
    cache: Store, tmp_path: Path, place: str, harm: str
) -> None:
    cache.put(KEY, "film", made(tmp_path / "a"))
    file = cache.entry(KEY) / place
    content = bytearray(file.read_bytes())
    file.unlink()
    if harm == "pipe" and place != NAME:
        os.mkfifo(file)
    elif harm != "gone":
        content[-2 if place == NAME else -1] ^= 1
        file.write_bytes(content if harm == "flipped" else content[: len(content) // 2])
    if harm != "pipe":
        assert not is_whole(cache)
    with pytest.raises(DamagedError):
        cache.fetch(KEY, wanted(tmp_path / "b"))
    assert not contents(tmp_path / "b").get("film.mp4") and not cache.fetch(
        KEY, wanted(tmp_path / "b")
    )
    assert not left(tmp_path / "b")
    assert cache.put(KEY, "film", wanted(tmp_path / "a")) and is_whole(cache)


def test_only_the_size_of_a_large_file_may_be_checked(cache: Store, tmp_path: Path) -> None:
    cache.put(KEY, "film", made(tmp_path / "a"))
    film = cache.entry(KEY) / "film"
    film.chmod(0o644)
    film.write_bytes(LARGE[::-1])
    quick = Store.open(tmp_path / "cache", max_gb=1, verify="size")
    assert quick.fetch(KEY, wanted(tmp_path / "b")) and not is_whole(cache)
    with pytest.raises(DamagedError):
        cache.fetch(KEY, wanted(tmp_path / "c"))


def test_an_entry_that_leads_out_of_its_place_is_refused(cache: Store, tmp_path: Path) -> None:
    cache.put(KEY, "film", made(tmp_path / "a"))
    manifest = cache.entry(KEY) / NAME
    manifest.write_text(manifest.read_text().replace("pages/a/x.srt", "pages/../../x.srt"))
    with pytest.raises(DamagedError):
        cache.fetch(KEY, wanted(tmp_path / "b" / "c"))
    assert not (tmp_path / "b" / "x.srt").exists()


def test_what_was_not_used_for_longest_goes_first(cache: Store, tmp_path: Path) -> None:
    for number in range(4):
        key = f"{number:064x}"
        cache.put(key, "film", made(tmp_path / key))
        os.utime(cache.entry(key) / NAME, (number, number))
    cache.fetch(f"{0:064x}", wanted(tmp_path / "b"))
    size = next(entries(cache)).size
    assert prune(cache, 4 * size) == (0, 0)
    assert prune(cache, 2 * size) == (2, 2 * size)
    assert {entry.folder.name[-1] for entry in entries(cache)} == {"0", "3"}
    assert prune(cache, 0)[0] == 2 and not list(entries(cache))


def test_entries_of_another_version_are_not_damaged(cache: Store, tmp_path: Path) -> None:
    cache.put(KEY, "film", made(tmp_path / "a"))
    manifest = cache.entry(KEY) / NAME
    manifest.write_text(manifest.read_text().replace('"version": 1', '"version": 2'))
    assert is_whole(cache)
    (entry,) = entries(cache)
    assert entry.script == "(other version)" and entry.size > len(LARGE)
    assert prune(cache, 0)[0] == 1


def test_large_files_are_on_the_disk_before_their_entry_is_there(
    cache: Store, tmp_path: Path, monkeypatch
) -> None:
    written: list[str] = []
    real = os.fsync

    def fsync(file: int) -> None:
        assert not cache.entry(KEY).exists()
        written.append(Path(f"/proc/self/fd/{file}").readlink().name)
        real(file)

    monkeypatch.setattr(os, "fsync", fsync)
    cache.put(KEY, "film", made(tmp_path / "a"))
    assert written == ["film"]


def test_what_cannot_be_removed_is_one_line(cache: Store, tmp_path, monkeypatch, caplog) -> None:
    for letter in "abc":
        cache.put(letter * 64, "film", made(tmp_path / letter))

    def refused(store: Store, entry: Path) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(entry))

    monkeypatch.setattr(Store, "discard", refused)
    assert prune(cache, 0) == (0, 0)
    assert len(caplog.records) == 1 and "3 entries cannot be removed" in caplog.text


def test_only_what_gives_room_is_removed_for_it(cache: Store, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(placing, "_reflink", lambda source, path: False)
    for number in range(3):
        cache.put(f"{number:064x}", "film", made(tmp_path / f"{number}"))
        os.utime(cache.entry(f"{number:064x}") / NAME, (number, number))
    cache.fetch(f"{0:064x}", wanted(tmp_path / "b"))  # its large file stays, by another name
    os.utime(cache.entry(f"{0:064x}") / NAME, (0, 0))
    assert not make_room(cache, 3 * len(LARGE)) and len(list(entries(cache))) == 3
    assert make_room(cache, len(LARGE))
    assert {entry.folder.name[-1] for entry in entries(cache)} == {"0", "2"}


def test_the_bound_holds_while_runs_write(cache: Store, tmp_path: Path) -> None:
    small = Store(cache.root, max_bytes=2 * len(LARGE))
    for number in range(5):
        written = small.put(f"{number:064x}", "film", made(tmp_path / f"{number}"))
        keep_bounded(small, written)
    assert sum(entry.size for entry in entries(cache)) <= 2 * len(LARGE)


def test_a_disk_that_is_nearly_full_is_left_alone(cache: Store, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(stores, "SPARED_BYTES", 1 << 60)
    with pytest.raises(OSError, match="No space"):
        cache.put(KEY, "film", made(tmp_path / "a"))
    assert not list(entries(cache)) and not list((cache.root / "new").iterdir())


def test_what_others_put_first_and_removed_again_is_no_error(
    cache: Store, tmp_path: Path, monkeypatch
) -> None:
    rename = Path.rename

    def late(path: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "rename", rename)
        cache.put(KEY, "film", made(tmp_path / "b"))
        try:
            return rename(path, target)
        finally:
            cache.discard(cache.entry(KEY))

    monkeypatch.setattr(Path, "rename", late)
    assert cache.put(KEY, "film", made(tmp_path / "a")) == 0
    assert not list(entries(cache)) and not list((cache.root / "new").iterdir())


def test_what_is_larger_than_the_cache_may_be_is_not_kept(cache: Store, tmp_path: Path) -> None:
    small = Store.open(tmp_path / "cache", max_gb=len(LARGE) / stores.GB)
    with pytest.raises(TooLargeError, match=r"the results of film are not kept: .* cache.max_gb"):
        small.put(KEY, "film", made(tmp_path / "a"))
    assert not list(entries(cache)) and not list((cache.root / "new").iterdir())


def test_a_folder_that_another_process_makes_first_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0o700)
    folders.make_folder(tmp_path / "a", 0o770)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700


def test_a_folder_that_is_there_need_not_be_writable(cache: Store, tmp_path, monkeypatch) -> None:
    """Some file systems refuse to make a folder before they look whether it is there."""

    def refused(path: Path, *_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    monkeypatch.setattr(os, "mkdir", refused)
    assert Store.open(tmp_path / "cache", max_gb=1).root == cache.root


def test_a_cache_is_looked_at_without_making_it(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    with pytest.raises(UnusableError):
        Store.open(tmp_path / "cache", max_gb=1, make=False)
    assert not list((tmp_path / "cache").iterdir())


def test_whose_entries_are_taken(cache: Store, tmp_path: Path, monkeypatch) -> None:
    outputs = made(tmp_path / "a")
    cache.put(KEY, "film", outputs)
    group = Store.open(tmp_path / "cache", max_gb=1, trust="group")
    assert not group.fetch(KEY, wanted(tmp_path / "b"))
    group.put(KEY, "film", outputs)
    own = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: own + 1)
    other = Store.open(tmp_path / "cache", max_gb=1, trust="group")
    assert other.fetch(KEY, wanted(tmp_path / "c"))
    # A folder of this name that the other user did not make.
    with pytest.raises(UnusableError, match="only you can write"):
        Store.open(tmp_path / "cache", max_gb=1)
    monkeypatch.setattr(os, "geteuid", lambda: own)
    cache.root.chmod(0o770)
    with pytest.raises(UnusableError, match="only you can write"):
        Store.open(tmp_path / "cache", max_gb=1)


def test_a_shared_cache_has_the_rights_of_its_folder(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(stores, "SPARED_BYTES", 0)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache").chmod(0o2770)
    store = Store.open(tmp_path / "cache", max_gb=1, trust="group")
    store.put(KEY, "film", made(tmp_path / "a"))
    for path in (tmp_path / "cache").rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o2770 if path.is_dir() else 0o660 if path.name == NAME else 0o444), path


def test_a_cache_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(UnusableError, match="is its disk mounted"):
        Store.open(tmp_path / "gone" / "cache", max_gb=1)
    (tmp_path / "file").write_text("")
    with pytest.raises(UnusableError):
        Store.open(tmp_path / "file", max_gb=1)


def left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob(".*") if Owner.of(path.name)]


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do some work in a process that is killed before its Nth change of the disk.

    Returns:
        Whether it was killed; False: there are fewer steps.
    """
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    count = 0

    def counted(change: Callable[..., object]) -> Callable[..., object]:
        def changed(*arguments: object, **options: object) -> object:
            nonlocal count
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return change(*arguments, **options)

        return changed

    for name in (
        "mkdir",
        "rename",
        "replace",
        "link",
        "symlink",
        "unlink",
        "rmdir",
        "chmod",
        "utime",
    ):
        setattr(os, name, counted(getattr(os, name)))
    placing.shutil.copyfile = counted(placing.shutil.copyfile)
    for name in (
        "mkdir",
        "rename",
        "replace",
        "symlink_to",
        "unlink",
        "rmdir",
        "chmod",
        "write_text",
    ):
        setattr(Path, name, counted(getattr(Path, name)))
    try:
        work()
    finally:
        os._exit(0)


def test_killed_between_any_two_steps_of_keeping(cache: Store, tmp_path: Path) -> None:
    outputs, step = made(tmp_path / "a"), 0
    while killed_at(step := step + 1, lambda: cache.put(KEY, "film", outputs)):
        assert is_whole(cache)
        folder = tmp_path / f"{step}"
        if cache.fetch(KEY, wanted(folder)):
            assert contents(folder) == contents(tmp_path / "a")
            cache.discard(cache.entry(KEY))
        prune(cache)
        assert not list((cache.root / "new").iterdir())
    assert step > 10 and is_whole(cache)


def test_killed_between_any_two_steps_of_taking(cache: Store, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(placing, "_reflink", lambda source, path: False)
    cache.put(KEY, "film", made(tmp_path / "a"))
    step = 0
    while killed_at(step := step + 1, lambda: cache.fetch(KEY, wanted(tmp_path / "b"))):
        assert is_whole(cache)
        for name, content in contents(tmp_path / "b").items():
            assert content == contents(tmp_path / "a")[name]
    assert step > 10
    assert cache.fetch(KEY, wanted(tmp_path / "b"))
    assert contents(tmp_path / "b") == contents(tmp_path / "a")


def test_killed_between_any_two_steps_of_removing(cache: Store, tmp_path: Path) -> None:
    step, killed = 0, True
    while killed:
        cache.put(KEY, "film", made(tmp_path / f"a{step}"))
        killed = killed_at(step := step + 1, lambda: prune(cache, 0))
        assert is_whole(cache)
    assert step > 5
    prune(cache, 0)
    assert not list((cache.root / "new").iterdir()) and not list(entries(cache))


def _work(number: int, root: Path, folder: Path) -> None:
    """Keep, take and remove the same few results, as several runs do at once."""
    store = Store(root, max_bytes=6 * len(LARGE))
    for turn in range(12):
        letter = "abcd"[(number + turn) % 4]
        outputs = wanted(folder / f"{number}-{turn}")
        if not store.fetch(letter * 64, outputs):
            made(folder / f"{number}-{turn}", letter.encode() * len(LARGE))
            store.put(letter * 64, "film", outputs)
        assert outputs.files["film"].read_bytes() == letter.encode() * len(LARGE)
        if turn % 4 == 3:
            prune(store, 2 * len(LARGE))


def test_many_at_once(cache: Store, tmp_path: Path) -> None:
    context = get_context("fork")
    workers = [
        context.Process(target=_work, args=(number, cache.root, tmp_path)) for number in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 4
    assert is_whole(cache) and not list((cache.root / "new").iterdir())
