"""What the jobs of a video ask for, by its config and by the cluster's partitions."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import yaml

from mouthpiece.cli.slurm import section
from mouthpiece.cluster.needs import video_work
from mouthpiece.cluster.partitions import parse_partitions
from mouthpiece.cluster.run_file import VideoWork
from mouthpiece.cluster.work import Work, cluster_run
from mouthpiece.config.cluster import Cluster
from mouthpiece.core.errors import InputError
from mouthpiece.project.project import Project
from mouthpiece.runs.profiles import submission_defaults

PARTITIONS = parse_partitions(
    "cpu*|2|8000|(null)|1:00:00|up\ngpu|16|64000|gpu:a100:2|2-00:00:00|up\n"
)


def open_project(folder: Path, overrides: str = "", **config: object) -> Project:
    (folder / "v.mp4").touch()
    (folder / "de.wav").touch()
    (folder / "videos.tsv").write_text("video\tpath\tconsent\nv\tv.mp4\tby letter\n")
    (folder / "dubs.tsv").write_text("video\tlanguage\taudio\nv\tde\tde.wav\nv\tfr\tde.wav\n")
    if overrides:
        (folder / "overrides.tsv").write_text(overrides)
    file = folder / "config.yaml"
    values = {"videos": "videos.tsv", "dubs": "dubs.tsv", **config}
    file.write_text(yaml.safe_dump(values))
    return Project.open(values, [file])


def work(project: Project, length_s: float, **cluster: object) -> VideoWork:
    return video_work(
        project, "v", {"de": length_s, "fr": length_s}, length_s, PARTITIONS, Cluster(**cluster)
    )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return open_project(tmp_path)


def test_a_short_film_is_one_job_and_a_long_one_many(project: Project) -> None:
    short, long = work(project, 60), work(project, 600)
    assert short.is_short and not long.is_short
    assert (short.shared_s, short.language_s) == pytest.approx((1.9, 2.3))
    assert work(project, 600, shard_minutes=100).is_short
    unknown = work(project, 0, partition="gpu")
    assert not unknown.is_short  # its first job finds how long it is, and parts it or makes all
    assert unknown.needs["prepare"].minutes_at(1) == 24 * 60
    assert work(project, 0).needs["prepare"].minutes_at(1) == 60  # the partition's


def test_cores_are_those_of_the_node_and_time_grows_with_work(project: Project) -> None:
    needs = work(project, 600).needs
    assert {one.cores for one in needs.values()} == {2}
    assert {one.mem_mb_at(1) for one in needs.values()} == {4000}
    assert needs["cuts"].minutes_at(1) == 60  # the partition's, of 30 + 30 that are wanted
    assert needs["film"].minutes == 35
    assert needs["cuts"].mem_mb_at(3) == 8000 and needs["cuts"].minutes_at(2) == 60
    assert work(project, 600, partition="gpu", cores=8).needs["cuts"].cores == 8


def test_a_gpu_is_asked_for_where_something_needs_one(tmp_path: Path) -> None:
    cut = "000000-000049"
    row = f"video\tlanguage\tcut\tsetting\tvalue\nv\t*\t{cut}\tengine\tmusetalk\n"
    for project in (
        open_project(tmp_path, engine="musetalk"),
        open_project(tmp_path, enhance={"mode": "all"}),
        open_project(tmp_path, final={"engine": "musetalk", "of": "all"}),
        open_project(tmp_path, overrides=row),
    ):
        with pytest.raises(InputError, match=r"the job cuts of v needs a GPU, .*--gpu-partition"):
            work(project, 6000)
        needs = work(project, 6000, gpu_partition="gpu").needs
        assert [needs[kind].gpus for kind in ("prepare", "cuts", "film")] == [0, 1, 0]
        assert [needs[kind].partition_at(1) for kind in ("prepare", "cuts")] == ["", "gpu"]
        (tmp_path / "overrides.tsv").unlink(missing_ok=True)
    two = open_project(tmp_path, engine="musetalk", worker={"jobs_per_gpu": 2})
    needs = work(two, 6000, gpu_partition="gpu", cores=4).needs["cuts"]
    assert needs.mem_mb == 2 * 9000 + 3 * 2000, "guards and scores run beside the GPU's jobs"
    work_s = 30 * 60  # of a shard, which cores do not divide
    assert needs.minutes == 30 + 2 * work_s / 60
    drawn = open_project(tmp_path, engine="musetalk", engines={"musetalk": {"device": "cpu"}})
    assert work(drawn, 1, partition="gpu").needs["prepare"].gpus == 0


def test_a_worker_without_a_gpu_keeps_the_networks_of_drafts_and_of_finals(tmp_path: Path) -> None:
    def mem_mb(final_on: str, **chosen: object) -> int:
        engines = {"musetalk": {"device": "cpu"}, "latentsync": {"device": final_on}}
        project = open_project(tmp_path, engines=engines, **chosen)
        return work(project, 6000, partition="gpu", cores=1).needs["cuts"].mem_mb

    both = {"engine": "musetalk", "final": {"engine": "latentsync", "of": "all"}}
    assert mem_mb("cpu", engine="musetalk") == 9000
    assert mem_mb("cpu", **both) == 9000 + 13000
    assert mem_mb("cuda", **both) == 9000 + 13000, "the worker of the GPU draws both"
    assert mem_mb("cpu", final={"engine": "latentsync", "of": "all"}) == 13000
    (tmp_path / "overrides.tsv").write_text(
        "video\tlanguage\tcut\tsetting\tvalue\nv\t*\t000000-000049\tengines.musetalk.bbox_shift_px\t3\n"
    )
    assert mem_mb("cpu", engine="musetalk") == 9000, "one set of networks, whatever the settings"


def test_finals_take_time_where_cuts_may_have_them(tmp_path: Path) -> None:
    def seconds(**final: str) -> tuple[float, float]:
        found = work(open_project(tmp_path, final=final), 60, gpu_partition="gpu")
        return found.shared_s, found.language_s

    none = seconds()
    assert seconds(engine="musetalk") == none, "nobody approved anything"
    drafts = work(open_project(tmp_path, final={"engine": "musetalk"}), 6000).needs["cuts"]
    assert drafts.gpus == 0, "drafts do not wait for the GPU of finals"
    every = seconds(engine="musetalk", of="all")
    assert every[0] > none[0] and every[1] > none[1]
    (tmp_path / "decisions.tsv").write_text(
        "video\tlanguage\tcut\tdecision\nv\tde\t000000-000049\tapprove\n"
    )
    assert seconds(engine="musetalk") == every
    approved = open_project(tmp_path, final={"engine": "latentsync"})
    needs = work(approved, 6000, gpu_partition="gpu", cores=4).needs
    assert (needs["cuts"].gpus, needs["cuts"].mem_mb) == (1, 13000 + 3 * 2000)
    assert needs["cuts"].minutes == 30 + 2 * 30, "a shard's share, whatever its engine"
    assert (needs["film"].gpus, needs["film"].partition_at(1)) == (0, "")
    assert seconds(engine="musetalk", of="off") == none


def test_what_a_partition_lacks_is_refused_with_the_key_to_change(project: Project) -> None:
    with pytest.raises(InputError, match=r"cluster.mem_mb is 9000, and .* 8000 MB; set it lower"):
        work(project, 60, mem_mb=9000)
    with pytest.raises(InputError, match=r"mem_mb is 1000, and the job .* 3000 MB; set it higher"):
        work(project, 60, mem_mb=1000)
    with pytest.raises(
        InputError, match=r"cluster.minutes is 61, and the default partition allows 60"
    ):
        work(project, 60, minutes=61)
    with pytest.raises(InputError, match="no partition 'night'"):
        work(project, 60, partition="night")


MIXED = parse_partitions(
    "wide|64|16000|(null)|1:00:00|up\nhigh|2|500000|(null)|1:00:00|up\n"
    "long|8|32000|(null)|infinite|up\nsmall|2|2000|(null)|1:00:00|up\n"
)


def test_a_job_goes_to_partitions_of_a_list_that_have_all_of_its_needs(tmp_path: Path) -> None:
    project = open_project(tmp_path)

    def asked(length_s: float, attempt: int = 1, **cluster: object) -> tuple[str, int, int, int]:
        given = Cluster(partition="wide,high,long,small", cores=8, **cluster)
        needs = video_work(project, "v", {"de": length_s}, length_s, MIXED, given).needs["cuts"]
        return (
            needs.partition_at(attempt),
            needs.cores,
            needs.mem_mb_at(attempt),
            needs.minutes_at(attempt),
        )

    assert asked(9000) == ("wide,long", 8, 16000, 38)  # none has 64 cores and 500 GB
    assert asked(9000, 2) == ("long", 8, 32000, 76)
    assert asked(9000, 3) == ("long", 8, 32000, 76)
    assert asked(9000, mem_mb=100_000) == ("high", 2, 100_000, 60)
    assert asked(9000, minutes=90) == ("long", 8, 16000, 90)
    with pytest.raises(InputError, match=r"wide has 16000 MB.*; .*high allows 60.*small has 2000"):
        asked(9000, mem_mb=100_000, minutes=90)


def test_the_command_wins_over_the_config_and_that_over_the_profile(tmp_path: Path) -> None:
    profile = tmp_path / "config.yaml"
    profile.write_text("default-resources: {slurm_partition: p, slurm_account: a}\n")
    found = section(
        Cluster(partition="q"), submission_defaults(profile), {"qos": "high", "partition": ""}
    )
    assert (found.partition, found.account, found.qos) == ("q", "a", "high")
    profile.write_text("default-resources: [slurm_partition=p]\n")
    assert submission_defaults(tmp_path) == {"partition": "p"}
    with pytest.raises(InputError, match="--gpu-partition two words: "):
        section(Cluster(), {}, {"gpu_partition": "two words"})
    with pytest.raises(InputError, match=r"--shard-minutes 0\.0: "):
        section(Cluster(), {}, {"shard_minutes": 0.0})
    assert section(Cluster(shard_minutes=7), {}, {"shard_minutes": None}).shard_minutes == 7


def test_a_film_that_loops_its_video_has_the_work_of_its_dub(tmp_path: Path) -> None:
    project = open_project(tmp_path, delivery={"length_policy": "loop"})
    soundfile.write(tmp_path / "de.wav", np.zeros(8000 * 300), 8000)

    def planned(*languages: str) -> VideoWork:
        work = Work({"v": [*languages]})
        given = Cluster(partition="gpu", shard_minutes=15)
        return cluster_run("t", project, work, {"v": 10.0}, PARTITIONS, given, []).videos["v"]

    assert planned("de").is_short  # 10 s of shared work and 300 s of drawing
    assert not planned("de", "fr").is_short
    assert (
        planned("de").needs["film"].minutes == 30 + 2
    )  # half a second for each of 300, on 4 cores


def test_one_file_with_all_languages_takes_the_time_of_all(tmp_path: Path) -> None:
    each = open_project(tmp_path)
    together = open_project(tmp_path, delivery={"profiles": ["multilingual"]})
    minutes = [
        work(project, 6000, partition="gpu").needs["film"].minutes for project in (each, together)
    ]
    assert minutes[1] - 30 == 2 * (minutes[0] - 30)


def test_a_stage_that_no_node_holds_is_told_by_its_own_demand(tmp_path: Path) -> None:
    project = open_project(tmp_path, engine="musetalk", engines={"musetalk": {"device": "cpu"}})
    small = parse_partitions("tiny*|2|1000|(null)|1:00:00|up\n")
    with pytest.raises(InputError, match=r"has a stage that needs \d+ MB, .*another partition$"):
        video_work(project, "v", {"de": 60.0}, 60, small, Cluster())
