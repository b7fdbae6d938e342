import pytest

from mouthpiece.settings import Engines, Musetalk


@pytest.mark.parametrize("name", Engines.model_fields)
def test_what_is_baked_are_keys_of_the_engine(name: str) -> None:
    section = type(getattr(Engines(), name))
    assert section.baked <= set(section.model_fields)


def test_an_avatar_is_baked_with_the_settings_it_is_drawn_with() -> None:
    chosen = Musetalk(preset="opens_too_much", models="/w", device="cpu", batch_frames=4)
    values = chosen.model_dump()
    baked = Musetalk(**{key: values[key] for key in chosen.baked})
    assert {k: getattr(baked, k) for k in chosen.baked} == {k: values[k] for k in chosen.baked}
    assert baked.bbox_shift_px == -5
