"""A model that is not known, or what it does not take, is told when the config is read."""

from pathlib import Path

import pytest

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.engines.hosted.shop import Shop
from mouthpiece.project.config_file import read_config
from mouthpiece.project.project import Project
from service_worlds import MODELS, VERSION, ReplicateWorld, serving

from .purchases import FakeClock, buyer, line_to, order, settings

CONFIG = """
videos: videos.tsv
dubs: dubs.tsv
engines:
  hosted: {{service: {service}, model: '{model}', parameters: {parameters}}}
"""


def opened(folder: Path, service: str, model: str, parameters: str) -> dict:
    (folder / "v.mp4").touch()
    (folder / "videos.tsv").write_text("video\tpath\tconsent\nv\tv.mp4\tme, here\n")
    (folder / "dubs.tsv").write_text("video\tlanguage\taudio\nv\tde\tv.mp4\n")
    config = folder / "job.yaml"
    config.write_text(CONFIG.format(service=service, model=model, parameters=parameters))
    project = Project.open(read_config([config]), [config])
    return project.settings.engines.of("hosted").model_dump()["parameters"]


@pytest.mark.parametrize(
    ("service", "model", "parameters"),
    [
        ("fal", "fal-ai/latentsync", {"guidance_scale": 1.5, "seed": 3}),
        ("fal", "fal-ai/latentsync", {"guidance_scale": 2}),
        ("fal", "fal-ai/sync-lipsync/v2", {"model": "lipsync-2-pro"}),
        ("sync", "lipsync-2", {"temperature": 0.3, "occlusion_detection_enabled": True}),
        ("replicate", f"a/b:{VERSION}", {"anything": 1}),  # its own schema is asked
        ("fal", "", {"seed": 3}),  # another file may name the model
    ],
)
def test_what_a_model_takes_is_sent_as_it_is_given(
    service: str, model: str, parameters: dict, tmp_path: Path
) -> None:
    assert opened(tmp_path, service, model, str(parameters)) == parameters


@pytest.mark.parametrize(
    ("service", "model", "parameters", "words"),
    [
        ("fal", "fal-ai/latentsync", "{guidance: 1.5}", "takes no 'guidance'; it takes guidance_s"),
        (
            "fal",
            "fal-ai/latentsync",
            "{guidance_scale: 7}",
            "guidance_scale: .* less than or equal",
        ),
        ("fal", "fal-ai/latentsync", "{seed: true}", "seed: .*integer"),
        ("fal", "fal-ai/latentsync", "{video_url: x}", "takes no 'video_url'"),
        ("fal", "fal-ai/musetalk", "{seed: 1}", "takes no 'seed'; it takes none"),
        ("sync", "lipsync-2", "{sync_mode: cutoff}", "sync_mode: .*'cut_off'"),
        ("sync", "lipsync-2", "{active_speaker_detection: true}", "takes no 'active_speaker"),
        ("sync", "sync-3", "{temperature: 0.2}", "sync-3 takes no 'temperature'; it takes sync_m"),
    ],
)
def test_a_parameter_that_a_model_does_not_take(
    service: str, model: str, parameters: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=rf"engines\.hosted.*parameters: .*{words}"):
        opened(tmp_path, service, model, parameters)


@pytest.mark.parametrize(
    ("service", "model", "words"),
    [
        ("fal", "fal-ai/flux/dev", "no lip sync of 'fal' .*; one of fal-ai/musetalk, fal-ai/lat"),
        ("fal", "lipsync-2", "no lip sync of 'fal'"),
        ("sync", "lipsync-9", "no lip sync of 'sync' .*; one of sync-3, lipsync-2-pro, lipsync-2"),
        ("sync", "lipsync-1.9.0-beta", "no lip sync of 'sync'"),  # it takes no boxes
        ("replicate", "bytedance/latentsync", "no version of a model of Replicate, such as OWNER/"),
        ("replicate", f"a/../b:{VERSION}", "no version of a model"),
    ],
)
def test_a_model_that_is_not_known(service: str, model: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=rf"engines\.hosted.*model: .*{words}"):
        opened(tmp_path, service, model, "{}")


def replicate(world: ReplicateWorld, **values: object) -> Shop:
    return Shop(settings("replicate", base_url=world.base, **values))


def test_a_model_of_replicate_is_asked_when_a_run_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with serving(ReplicateWorld()) as world:
        replicate(world).check()
        with pytest.raises(InputError, match="takes no 'guidance'; it takes audio"):
            replicate(world, parameters={"guidance": 1.0}).check()
        with pytest.raises(InputError, match="has no a/b:000000000000"):
            replicate(world, model=f"a/b:{'0' * 64}").check()
        assert not world.paid
    with pytest.raises(Fault, match="no connection"):
        replicate(world).check()


def test_a_model_that_drew_before_is_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    world = ReplicateWorld()
    buyer(line_to(world), "replicate", tmp_path, FakeClock()).buy(
        order(tmp_path, model=MODELS["replicate"])
    )
    asked = len(world.seen)
    with serving(world):
        replicate(world).check()
    assert len(world.seen) == asked
