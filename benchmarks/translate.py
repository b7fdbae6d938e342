"""Measure the translator bergamot: how fast it is, how much longer a dub gets, what comes back.

    python benchmarks/translate.py

It translates the sentences of `spoken_set.py` to Portuguese and back, one a line. Printed are CPU
milliseconds a sentence, the syllables of the target for each of the source, and the word error
rate of what comes back, which counts every other wording as an error. A reader of Portuguese is
the only judge of the text itself.
"""

import time
from pathlib import Path

import jiwer
from spoken_set import SETS

from mouthpiece.services.store import AnswerStore
from mouthpiece.text.syllables import syllables
from mouthpiece.translation.base import Line
from mouthpiece.translation.bergamot.settings import BergamotSettings

PAIR = ("en", "pt-BR")


def translated(texts: list[str], source: str, target: str) -> tuple[list[str], float]:
    """Translate sentences, and measure CPU seconds."""
    lines = [Line(text, f"S{n}") for n, text in enumerate(texts)]  # no two are one sentence
    begin = time.process_time()
    store = AnswerStore(Path("unused"), ".json")
    found = BergamotSettings().build().translate(lines, source, target, store)
    return [one.target for one in found], time.process_time() - begin


def normalized(text: str) -> str:
    """A text without capitals and marks."""
    return "".join(c for c in text.lower() if c.isalnum() or c.isspace())


def main() -> None:
    """Print the figures."""
    texts = [text for one in SETS.values() for _, text in one.lines]
    translated(texts[:1], *PAIR)  # loads the network
    targets, took_s = translated(texts, *PAIR)
    back, _ = translated(targets, "pt", "en")
    pairs = list(zip(texts, targets, strict=True))
    growth = [syllables(b, PAIR[1]) / syllables(a, PAIR[0]) for a, b in pairs]
    error = jiwer.wer([normalized(one) for one in texts], [normalized(one) for one in back])
    print(f"sentences                    {len(texts)}")
    print(f"CPU ms a sentence            {1000 * took_s / len(texts):.1f}")
    print(f"syllables, target / source   {sum(growth) / len(growth):.2f}")
    print(f"word error rate, and back     {error:.2f}")


if __name__ == "__main__":
    main()
