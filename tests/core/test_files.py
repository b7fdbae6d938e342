from pathlib import Path

import pytest

from mouthpiece.core.files import atomic, digest, read_json, remove, sha256, write_json


def test_atomic_writes_a_complete_file_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.txt"
    with atomic(path) as temporary:
        temporary.write_text("done")
        assert not path.exists()
        assert temporary.suffix == ".txt"
    assert path.read_text() == "done"

    with pytest.raises(RuntimeError), atomic(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "done"
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]


def test_atomic_folder_replaces_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "page"
    for text in ("one", "two"):
        with atomic(path) as temporary:
            temporary.mkdir()
            (temporary / f"{text}.txt").write_text(text)
    assert [p.name for p in path.iterdir()] == ["two.txt"]
    remove(path)
    remove(path)
    assert not path.exists()


def test_equal_json_values_give_equal_bytes(tmp_path: Path) -> None:
    for name, value in (("a", {"x": 1, "y": [2.5]}), ("b", {"y": [2.5], "x": 1})):
        write_json(tmp_path / name, value)
    assert sha256(tmp_path / "a") == sha256(tmp_path / "b")
    assert read_json(tmp_path / "a") == {"x": 1, "y": [2.5]}
    assert digest({"x": 1, "y": 2}) == digest({"y": 2, "x": 1})


def test_json_has_no_nan(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "a", float("nan"))
    assert list(tmp_path.iterdir()) == []
