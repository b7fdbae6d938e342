"""Translation by models that were converted for CTranslate2."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import langcodes

from ...core.errors import Fault, InputError
from ...core.languages import primary
from ..by_sentence import SentenceTranslator
from .settings import MODEL_FILE, CTranslate2Settings
from .tokens import source_tokenizer, target_tokenizer

if TYPE_CHECKING:
    from tokenizers import Tokenizer

BATCH_TOKENS = 1024

LONGEST_TOKENS = 256
"""The most tokens of a translation: networks that go astray repeat themselves for ever."""

END = "</s>"

NLLB_MACRO = {
    "ar": "arb_Arab",
    "az": "azj_Latn",
    "et": "est_Latn",
    "fa": "pes_Arab",
    "lv": "lvs_Latn",
    "mg": "plt_Latn",
    "mn": "khk_Cyrl",
    "ms": "zsm_Latn",
    "ne": "npi_Deva",
    "no": "nob_Latn",
    "or": "ory_Orya",
    "ps": "pbt_Arab",
    "sq": "als_Latn",
    "sw": "swh_Latn",
    "uz": "uzn_Latn",
    "yi": "ydd_Hebr",
}
"""NLLB's codes (FLORES-200) of languages that it names by one of their members."""


class CTranslate2(SentenceTranslator):
    """OPUS-MT, NLLB, M2M-100 and their like."""

    settings: CTranslate2Settings

    def sentences(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """See `SentenceTranslator.sentences`."""
        folder = self.settings.model_for(source, target)
        if folder is None:
            raise InputError(
                f"translate.translators.ctranslate2: no model from {source} to {target}"
            )
        reader, writer = source_tokenizer(folder), target_tokenizer(folder)
        before, begin = _language_tokens(reader, source, target)
        tokens = [
            [*before, *reader.encode(text, add_special_tokens=False).tokens, END] for text in texts
        ]
        found = self._translated(folder, tokens, begin)
        return [_text(writer, one, begin) for one in found]

    def _translated(
        self, folder: Path, tokens: list[list[str]], begin: list[str]
    ) -> list[list[str]]:
        import ctranslate2

        try:
            model = ctranslate2.Translator(
                str(folder), device=self.settings.device, intra_threads=self.settings.threads
            )
            found = model.translate_batch(
                tokens,
                target_prefix=[begin] * len(tokens) if begin else None,
                beam_size=self.settings.beam_size,
                max_batch_size=BATCH_TOKENS,
                batch_type="tokens",
                max_decoding_length=LONGEST_TOKENS,
                repetition_penalty=1.1,
            )
        except (RuntimeError, ValueError) as error:
            what = " ".join(str(error).split())[:300]
            raise Fault(f"{folder / MODEL_FILE}: cannot be used: {what}") from None
        return [list(one.hypotheses[0]) for one in found]


def _text(writer: "Tokenizer", tokens: Sequence[str], begin: Sequence[str]) -> str:
    """The text of tokens, without those that name a language or an end."""
    skipped = {*begin, END, "<s>", "<pad>", "<unk>"}
    ids = [writer.token_to_id(token) for token in tokens if token not in skipped]
    return str(writer.decode([one for one in ids if one is not None])).strip()


def _language_tokens(reader: Any, source: str, target: str) -> tuple[list[str], list[str]]:
    """What comes before source and target, in models of many languages."""
    for name in (_nllb, _m2m):
        first, second = name(source), name(target)
        if reader.token_to_id(second) is not None:
            return [first], [second]
    return [], []


def _m2m(tag: str) -> str:
    return f"__{primary(tag)}__"


def _nllb(tag: str) -> str:
    """A language as FLORES-200 names it, such as por_Latn."""
    base = primary(tag)
    if base in NLLB_MACRO:
        return NLLB_MACRO[base]
    full = langcodes.get(langcodes.standardize_tag(tag, macro=True)).maximize()
    try:
        return f"{full.to_alpha3()}_{full.script}"
    except LookupError:
        return f"{base}_Latn"
