"""The small table that the film stage reads."""

from pathlib import Path

from mouthpiece.core.delivery_table import DeliveredCut, read_delivery, with_files, write_delivery


def test_cuts_are_read_as_they_were_written(tmp_path: Path) -> None:
    cuts = [
        DeliveredCut("000000-000049", 0, 50, True, "lipsync"),
        DeliveredCut("000050-000050", 50, 1, False, "passthrough"),
    ]
    write_delivery(cuts, tmp_path / "delivery.tsv")
    assert read_delivery(tmp_path / "delivery.tsv") == cuts
    assert with_files(cuts, [tmp_path]) == [(cuts[0], tmp_path), (cuts[1], None)]
    assert (tmp_path / "delivery.tsv").read_text(encoding="utf-8") == (
        "cut\tfirst_frame\tframes\tredrawn\taction\n"
        "000000-000049\t0\t50\tyes\tlipsync\n"
        "000050-000050\t50\t1\tno\tpassthrough\n"
    )
