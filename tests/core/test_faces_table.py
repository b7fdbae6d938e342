"""Which cuts may be redrawn, and their files beside all cuts."""

from pathlib import Path

import pytest

from mouthpiece.core.errors import Fault
from mouthpiece.core.faces_table import aligned, read_face_numbers, read_faces, write_faces

CUTS = {"000000-000049": True, "000050-000069": False}


def test_cuts_are_read_as_they_were_written(tmp_path: Path) -> None:
    write_faces(CUTS, tmp_path / "faces.tsv", {"000000-000049": 1})
    assert read_faces(tmp_path / "faces.tsv") == CUTS
    assert read_face_numbers(tmp_path / "faces.tsv") == {"000000-000049": 1, "000050-000069": 0}
    assert (tmp_path / "faces.tsv").read_text(encoding="utf-8") == (
        "cut\tredrawn\tface\n000000-000049\tyes\t1\n000050-000069\tno\t0\n"
    )


@pytest.mark.parametrize("text", ["cut\tface\na\tyes\n", "cut\tredrawn\na\tmaybe\n"])
def test_a_damaged_table_is_a_fault(tmp_path: Path, text: str) -> None:
    (tmp_path / "faces.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(Fault, match="delete it and run again"):
        read_faces(tmp_path / "faces.tsv")


def test_files_are_put_beside_the_cuts_that_have_them() -> None:
    files = [Path("a"), Path("c")]
    assert aligned(files, [True, False, True, False]) == [files[0], None, files[1], None]
    for redrawn in ([True], [True] * 3):
        with pytest.raises(ValueError, match="2 files for"):
            aligned(files, redrawn)
