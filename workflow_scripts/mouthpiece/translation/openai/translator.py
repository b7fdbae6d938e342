"""Translation by a chat model behind an OpenAI-compatible endpoint.

Each translation is kept by what it was made of: the line, those around it, its terms, its budget.
So after a kill, a retry or a change of the transcript only the other lines are asked for. Where the
service gives none it is kept, too: each ask is paid, whatever comes of it.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...core.errors import Fault
from ...services.chat import ChatAnswer, Usage, ask
from ...services.endpoint import Endpoint, UselessAnswerError
from ...services.store import AnswerStore
from ...text.syllables import syllables
from ..base import Line, Translation, Translator
from .prompt import PROMPT, SCHEMA, shortening, translating
from .settings import OpenAiSettings

log = logging.getLogger(__name__)

ASKS = 2
"""How often lines are asked for, where an answer is none or leaves some out."""

MUCH_TOO_LONG = 1.15
"""A shorter wording is asked for from this share of the budget on: voices differ by as much."""

LONGEST_GROWTH = 8
"""A translation with more letters than this many times those of the source is nonsense."""

SPARE_LETTERS = 80

Messages = list[dict[str, str]]


class OpenAi(Translator):
    """A translator that knows the lines around a line, terms, and how long a line may be."""

    settings: OpenAiSettings

    def translate(
        self, lines: Sequence[Line], source: str, target: str, store: AnswerStore
    ) -> list[Translation]:
        """See `Translator.translate`."""
        film = _Film(self.settings, lines, (source, target), store)
        film.translate()
        if self.settings.shorten:
            film.shorten()
        return film.translations()


class _Film:
    """The lines of a film while they are translated."""

    def __init__(
        self,
        settings: OpenAiSettings,
        lines: Sequence[Line],
        languages: tuple[str, str],
        store: AnswerStore,
    ) -> None:
        self.settings = settings
        self.lines = lines
        self.languages = languages
        self.store = store
        self.endpoint = Endpoint(settings)
        self.found: dict[int, Translation] = {}

    def translate(self) -> None:
        """Translate what the store does not have."""

        def messages(wanted: Sequence[int]) -> Messages:
            context, instructions = self.settings.context_lines, self.settings.instructions
            return translating(self.lines, wanted, context, self.languages, instructions)

        self._complete(range(len(self.lines)), self._key, messages)

    def shorten(self) -> None:
        """Ask once for a shorter wording of what does not fit its slot."""
        first = {index: one.target for index, one in self.found.items() if self._is_long(index)}
        before = dict(self.found)

        def key(index: int) -> dict[str, Any]:
            return {**self._key(index), "shorter_than": first[index]}

        def messages(wanted: Sequence[int]) -> Messages:
            longer = {index: first[index] for index in wanted}
            return shortening(self.lines, longer, self.languages, self.settings.instructions)

        self._complete(sorted(first), key, messages, asks=1, is_needed=False)
        for index, target in first.items():
            short, long = self.found[index], before[index]
            is_shorter = bool(short.target) and (
                self._syllables(short.target) < self._syllables(target)
            )
            self.found[index] = Translation(
                short.target if is_shorter else target,
                *_sum_of(long, short),
            )

    def translations(self) -> list[Translation]:
        """One for each line; empty where the service gave none."""
        return [self.found.get(index, Translation("")) for index in range(len(self.lines))]

    def _complete(
        self,
        indices: Iterable[int],
        key: Callable[[int], dict[str, Any]],
        messages: Callable[[Sequence[int]], Messages],
        asks: int = ASKS,
        is_needed: bool = True,
    ) -> None:
        """Find lines in the store, and ask for the others."""
        unknown = []
        for index in indices:
            kept = _kept(self.store.get(key(index)))
            if kept is None:
                unknown.append(index)
            else:
                self.found[index] = kept
        for batch in self._batches(unknown):
            if is_needed:
                self._check()
            self._ask(batch, key, messages, asks)
        if is_needed:
            self._check()
        log.info("%d lines asked for, the others were known", len(unknown))

    def _check(self) -> None:
        """Stop where the service has answered, and not one line of the film can be used."""
        problems = [one.problem for one in self.found.values()]
        if problems and all(problems):
            raise Fault(
                f"{self.settings.host}: its answer cannot be used: {problems[-1]}; it was asked "
                f"{ASKS} times, and as each is paid, not again: take another model, or delete "
                f"{self.store.folder} and run again"
            )

    def _batches(self, indices: Sequence[int]) -> Iterator[list[int]]:
        """Lines that are asked for together: near to each other, as they are context."""
        batch: list[int] = []
        for index in indices:
            is_far = batch and index - batch[-1] > 2 * self.settings.context_lines + 1
            if is_far or len(batch) == self.settings.batch_lines:
                yield batch
                batch = []
            batch.append(index)
        if batch:
            yield batch

    def _ask(
        self,
        batch: Sequence[int],
        key: Callable[[int], dict[str, Any]],
        messages: Callable[[Sequence[int]], Messages],
        asks: int,
    ) -> None:
        """Ask for lines, and once more for those that the answer leaves out; keep each at once."""
        missing, problem, lost = list(batch), "", (0.0, 0.0)
        for _ in range(asks):
            answer = self._answer(messages(missing))
            cost = lost[0] + answer.usage.cost_usd(
                self.settings.usd_per_million_input_tokens,
                self.settings.usd_per_million_output_tokens,
            )
            tokens = lost[1] + answer.usage.input_tokens + answer.usage.output_tokens
            targets = _targets(answer.value, {index: self.lines[index].text for index in missing})
            for index, target in targets.items():
                share = len(targets)
                self.found[index] = Translation(target, cost / share, tokens / share)
                self.store.put(key(index), _written(self.found[index]))
            lost = (0.0, 0.0) if targets else (cost, tokens)
            problem = answer.problem or ("" if targets else "it is not what was asked for")
            missing = [index for index in missing if index not in targets]
            if not missing:
                return
        log.warning("%d of %d lines were not answered", len(missing), len(batch))
        for index in missing:
            cost, tokens = (of / len(missing) for of in lost)
            self.found[index] = Translation("", cost, tokens, problem or "it is left out")
            self.store.put(key(index), _written(self.found[index]))

    def _answer(self, messages: Messages) -> ChatAnswer:
        try:
            return ask(self.endpoint, messages, SCHEMA, self.settings.answer_format)
        except UselessAnswerError as error:
            return ChatAnswer(None, str(error), Usage())

    def _key(self, index: int) -> dict[str, Any]:
        """All that a line's translation depends on."""
        line, context = self.lines[index], self.settings.context_lines
        around = [
            (one.speaker, one.text)
            for one in self.lines[max(0, index - context) : index + context + 1]
        ]
        return {
            "prompt": PROMPT,
            "service": self.settings.base_url,
            "model": self.settings.model,
            "instructions": self.settings.instructions,
            "languages": self.languages,
            "text": line.text,
            "around": around,
            "glossary": dict(line.glossary or {}),
            "most_syllables": line.most_syllables,
        }

    def _syllables(self, text: str) -> int:
        return syllables(text, self.languages[1])

    def _is_long(self, index: int) -> bool:
        room = self.lines[index].most_syllables
        return bool(room) and self._syllables(self.found[index].target) > room * MUCH_TOO_LONG


def _targets(value: Any, texts: Mapping[int, str]) -> dict[int, str]:
    """The translations in an answer, of lines that were asked for."""
    rows = value.get("lines") if isinstance(value, dict) else None
    found: dict[int, str] = {}
    for row in rows if isinstance(rows, list) else ():
        number, target = (row.get("id"), row.get("target")) if isinstance(row, dict) else (0, "")
        if type(number) is not int or not isinstance(target, str) or number - 1 not in texts:
            continue
        plain = " ".join("".join(c if c.isprintable() else " " for c in target).split())
        most = LONGEST_GROWTH * len(texts[number - 1]) + SPARE_LETTERS
        if plain and len(plain) <= most:
            found.setdefault(number - 1, plain)
    return found


def _written(translation: Translation) -> bytes:
    return json.dumps(
        {
            "target": translation.target,
            "cost_usd": translation.cost_usd,
            "tokens": translation.tokens,
            "problem": translation.problem,
        }
    ).encode()


def _kept(content: bytes | None) -> Translation | None:
    """A kept translation; None where there is none, or it cannot be read."""
    if content is None:
        return None
    try:
        row = json.loads(content)
        paid = float(row["cost_usd"]), float(row["tokens"])
        return Translation(str(row["target"]), *paid, str(row.get("problem", "")))
    except (ValueError, LookupError, TypeError):
        return None


def _sum_of(one: Translation, other: Translation) -> tuple[float, float]:
    return one.cost_usd + other.cost_usd, one.tokens + other.tokens
