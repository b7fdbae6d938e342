import pytest
import yaml

from mouthpiece.config.enhance import Enhance
from mouthpiece.core.errors import InputError
from mouthpiece.engines.musetalk.settings import MusetalkSettings
from mouthpiece.engines.preview.settings import PreviewSettings
from mouthpiece.project.settings import Engines, load


@pytest.mark.parametrize("name", Engines.model_fields)
def test_baked_keys_are_keys_of_the_engine(name: str) -> None:
    section = type(getattr(Engines(), name))
    assert section.baked <= set(section.model_fields)


def test_an_avatar_is_baked_with_the_settings_it_is_drawn_with() -> None:
    chosen = MusetalkSettings(preset="opens_too_much", models="/w", device="cpu", batch_frames=4)
    values = chosen.model_dump()
    baked = MusetalkSettings(**{key: values[key] for key in chosen.baked})
    assert {k: getattr(baked, k) for k in chosen.baked} == {k: values[k] for k in chosen.baked}
    assert baked.bbox_shift_px == -5


def test_an_unknown_preset_is_the_only_error_reported() -> None:
    with pytest.raises(InputError) as error:
        load({"videos": "v", "dubs": "d", "retry": {"presets": ["louder"]}})
    assert str(error.value).startswith("config: retry.presets: preview has no preset 'louder'")
    assert "videos" not in str(error.value)


def test_unquoted_off_is_read_as_the_word() -> None:
    values = yaml.safe_load("{videos: v, dubs: d, speaker: {mode: off}, enhance: {restore: off}}")
    settings = load(values)
    assert (settings.speaker.mode, settings.enhance.restore) == ("off", "off")
    values["engines"] = {"musetalk": {"compile": False, "keep_silence": False}}
    musetalk = load(values).engines.musetalk
    assert (musetalk.compile, musetalk.keep_silence) == ("off", False)


@pytest.mark.parametrize(
    ("chosen", "not_final", "final"),
    [
        (Enhance(), False, False),
        (Enhance(mode="final"), False, True),
        (Enhance(mode="close_ups"), True, True),
        (Enhance(mode="all"), True, True),
        (Enhance(mode="all", restore="off"), False, False),
        (Enhance(mode="all", restore="off", smooth_s=0.1), True, True),
    ],
)
def test_enhance_mode_selects_cuts(chosen: Enhance, not_final: bool, final: bool) -> None:
    assert (chosen.applies(False), chosen.applies(True)) == (not_final, final)


@pytest.mark.parametrize("before", ["standard", "opens_too_much", "upstream", "close_up"])
def test_a_preset_replaces_all_of_the_previous_one(before: str) -> None:
    """Keys that are set beside the preset stay."""
    for preset in ("standard", "jaw_seam", "opens_too_little"):
        explicit = {"mask_blur": 0.1, "batch_frames": 4}
        settings = MusetalkSettings.model_validate({"preset": before} | explicit)
        changed = settings.with_preset(preset)
        assert changed == MusetalkSettings.model_validate({"preset": preset} | explicit)


def test_resources_follow_the_engine_settings() -> None:
    gpu, cpu = MusetalkSettings(threads=5), MusetalkSettings(device="cpu")
    assert (gpu.gpus, gpu.cores, cpu.gpus) == (1, 5, 0)
    assert (PreviewSettings().gpus, PreviewSettings().cores) == (0, 1)
    assert gpu.mem_mb > PreviewSettings().mem_mb


def test_runtime_options_are_not_baked() -> None:
    for section in (MusetalkSettings, PreviewSettings):
        assert section.runtime_options <= set(section.model_fields)
        assert not section.runtime_options & section.baked
