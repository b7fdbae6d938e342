"""The small table that the film stage reads."""

from pathlib import Path

from mouthpiece.core.delivery_table import DeliveredCut, read_delivery, write_delivery


def test_cuts_are_read_as_they_were_written(tmp_path: Path) -> None:
    cuts = [
        DeliveredCut("000000-000049", 0, 50, "lipsync"),
        DeliveredCut("000050-000050", 50, 1, "passthrough"),
    ]
    write_delivery(cuts, tmp_path / "delivery.tsv")
    assert read_delivery(tmp_path / "delivery.tsv") == cuts
    assert (tmp_path / "delivery.tsv").read_text(encoding="utf-8") == (
        "cut\tfirst_frame\tframes\taction\n"
        "000000-000049\t0\t50\tlipsync\n"
        "000050-000050\t50\t1\tpassthrough\n"
    )
