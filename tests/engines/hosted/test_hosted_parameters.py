"""A parameter that a model does not take is told when the config is read."""

from pathlib import Path

import pytest

from mouthpiece.core.errors import InputError
from mouthpiece.engines.hosted.fal import INPUTS
from mouthpiece.engines.hosted.parameters import PARAMETERS
from mouthpiece.engines.hosted.sync import MODELS
from mouthpiece.project.config_file import read_config
from mouthpiece.project.project import Project

CONFIG = """
videos: videos.tsv
dubs: dubs.tsv
engines:
  hosted: {{service: {service}, model: {model}, parameters: {parameters}}}
"""


def opened(folder: Path, service: str, model: str, parameters: str) -> dict:
    (folder / "v.mp4").touch()
    (folder / "videos.tsv").write_text("video\tpath\tconsent\nv\tv.mp4\tme, here\n")
    (folder / "dubs.tsv").write_text("video\tlanguage\taudio\nv\tde\tv.mp4\n")
    config = folder / "job.yaml"
    config.write_text(CONFIG.format(service=service, model=model, parameters=parameters))
    project = Project.open(read_config([config]), [config])
    return project.settings.engines.of("hosted").model_dump()["parameters"]


def test_each_known_model_has_its_parameters() -> None:
    assert PARAMETERS["fal"].keys() == INPUTS.keys()
    assert set(PARAMETERS["sync"]) == set(MODELS)


@pytest.mark.parametrize(
    ("service", "model", "parameters"),
    [
        ("fal", "fal-ai/latentsync", {"guidance_scale": 1.5, "seed": 3}),
        ("fal", "fal-ai/latentsync", {"guidance_scale": 2}),
        ("fal", "fal-ai/sync-lipsync/v2", {"model": "lipsync-2-pro"}),
        ("sync", "lipsync-2", {"temperature": 0.3, "occlusion_detection_enabled": True}),
        ("replicate", "a/b", {"anything": 1}),  # its own schema is asked
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
