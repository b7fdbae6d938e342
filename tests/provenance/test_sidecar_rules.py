"""What the rules tell the sidecar of a film's sound, by the kind of its dub."""

from types import SimpleNamespace
from typing import Any

import pytest

from mouthpiece.project.settings import Settings
from mouthpiece.translation.openai.settings import OpenAiSettings
from places import ROOT

FILM = SimpleNamespace(video="talk", language="de")


def told(kind: str, **service: Any) -> dict[str, Any]:
    """The params `models` and `settings` of a film whose text a service translates."""
    settings = Settings(videos="videos.tsv", dubs="dubs.tsv")
    dub = SimpleNamespace(kind=kind, has_background=kind != "mix", language="de")
    rules = {
        "PROJECT": SimpleNamespace(settings=settings),
        "each_drafted": lambda _: list,
        "film_dub": lambda _: dub,
        "is_made": lambda _: kind == "made",
        "has_given_background": lambda _: False,
        "separate_section": lambda _: settings.separate,
        "get_settings": lambda _: settings,
        "is_recognized": lambda _: True,
        "film_translators": lambda _: {"openai": OpenAiSettings(**service)},
        "film_synthesizers": lambda _: {},
        "fit_settings": lambda _: settings.speak.fit.model_dump(),
    }
    path = ROOT / "rules" / "lib" / "provenance.smk"  # no statement in it is Snakemake's own
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), rules)
    return {name: rules[f"dubbing_{name}"](FILM) for name in ("models", "settings")}


def test_what_changes_no_result_is_not_told() -> None:
    known = told("made")
    service = known["settings"]["translate"]["openai"]
    assert service and OpenAiSettings.runtime_options.isdisjoint(service)
    assert known == told("made", timeout_s=7, attempts=9, usd_per_million_input_tokens=3)
    assert {"fit", "mix"} < set(known["settings"])


@pytest.mark.parametrize(
    ("kind", "models", "settings"),
    [("dialogue", {"separate": ["spleeter"]}, {"mix"}), ("mix", {}, set())],
)
def test_a_given_dub_names_what_made_the_sound_around_it(
    kind: str, models: dict[str, list[str]], settings: set[str]
) -> None:
    known = told(kind)
    assert {section: list(found) for section, found in known["models"].items()} == models
    assert set(known["settings"]) == settings
