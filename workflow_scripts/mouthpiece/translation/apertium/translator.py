"""Translation by the program apertium."""

import subprocess
from collections.abc import Sequence

from ...core.errors import Fault
from ..by_sentence import SentenceTranslator
from .pairs import chain, installed_pairs
from .settings import ApertiumSettings

MOST_GROWTH = 20
"""An answer with more bytes than this many times those of the question is none."""


class Apertium(SentenceTranslator):
    """Apertium, by one pair or by two through a pivot."""

    settings: ApertiumSettings

    def sentences(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """See `SentenceTranslator.sentences`."""
        pairs = installed_pairs(self.settings.program)
        found = list(texts)
        for pair in chain(pairs, source, target, self.settings.pivots):
            found = self._by(pair, found)
        return found

    def _by(self, pair: str, texts: Sequence[str]) -> list[str]:
        lines = [" ".join(text.split()) for text in texts]
        answered = self._run(pair, "\n".join(lines))
        if len(answered) == len(lines):
            return answered
        return [" ".join(self._run(pair, line)) if line else "" for line in lines]

    def _run(self, pair: str, text: str) -> list[str]:
        """The lines that it answers. -u: words that it does not know have no mark."""
        program = self.settings.program
        try:
            done = subprocess.run(
                [program, "-u", "-f", "txt", pair],
                input=f"{text}\n".encode(),
                capture_output=True,
                timeout=self.settings.timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Fault(
                f"{program} {pair}: does not answer within {self.settings.timeout_s:g} s"
            ) from None
        except OSError as error:
            raise Fault(f"{program}: cannot be run: {error.strerror or error}") from None
        if done.returncode != 0:
            raise Fault(f"{program} {pair}: failed with code {done.returncode}")
        if len(done.stdout) > MOST_GROWTH * len(text.encode()) + 4096:
            raise Fault(f"{program} {pair}: answers with far more than a translation")
        return done.stdout.decode("utf-8", "replace").rstrip("\n").split("\n")
