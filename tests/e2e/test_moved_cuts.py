"""A reviewer splits a cut: the next run makes the parts, and redoes no other cut."""

from pathlib import Path

from mouthpiece.review.store import open_reviews

from .conftest import Job


def test_a_split_cut_is_redone_and_its_neighbours_are_not(finished: Job, tmp_path: Path) -> None:
    job = finished.copy(tmp_path / "job")
    columns = "video\tlanguage\tcut\tdecision\tnote"
    job.write("decisions.tsv", columns, "v\ten\t000050-000069\tpassthrough\ta cat")
    assert job.run().code == 0
    kept = job.folder / "results" / "v" / "en" / "cuts" / "000000-000049" / "draft.zip"
    before = kept.stat().st_mtime_ns
    editor = open_reviews(job.folder / "results", None, [job.folder / "job.yaml"]).cut_editor
    plan = editor.change("v", "split", 60, editor.state("v").revision)
    assert (plan.new, plan.gone) == (["000050-000059", "000060-000069"], [])
    done = job.run()
    assert done.code == 0, done.output
    assert done.ran["guard"] == 2 and done.ran["draft"] == done.ran["bake"] == 0
    assert [row["cut"] for row in job.cuts()] == ["000000-000049", *plan.new]
    assert [row["decision"] for row in job.cuts()[1:]] == ["passthrough", "passthrough"]
    assert kept.stat().st_mtime_ns == before and "there is no such cut" not in done.output
    assert job.run().nothing_to_do
    editor.undo("v", plan.step)
    done = job.run()
    assert done.code == 0 and done.ran["draft"] == 0, done.output
    assert [row["cut"] for row in job.cuts()] == ["000000-000049", "000050-000069"]
