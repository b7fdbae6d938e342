"""Sections `separate`, `transcribe`, `translate`, `speak`, with the settings of their plug-ins."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, cast

from pydantic import Field

from ..config.fit import Fit
from ..config.section import Section, Share
from ..recognition.registry import recognizer_settings
from ..recognition.settings import RecognizerSettings
from ..separation.registry import separator_settings
from ..separation.settings import SeparatorSettings
from ..translation.registry import translator_settings
from ..translation.settings import TranslatorSettings
from ..voices.choice import first_that_serves
from ..voices.registry import synthesizer_settings
from ..voices.settings import SynthesizerSettings
from .registered import with_sections


class SeparatorSections(Section):
    """The settings of each separator."""

    def of(self, name: str) -> SeparatorSettings:
        """Look up a separator.

        Args:
            name: Its name.

        Returns:
            Its settings.
        """
        return cast(SeparatorSettings, getattr(self, name))


class RecognizerSections(Section):
    """The settings of each recognizer."""

    def of(self, name: str) -> RecognizerSettings:
        """Look up a recognizer.

        Args:
            name: Its name.

        Returns:
            Its settings.
        """
        return cast(RecognizerSettings, getattr(self, name))


class TranslatorSections(Section):
    """The settings of each translator."""

    def of(self, name: str) -> TranslatorSettings:
        """Look up a translator.

        Args:
            name: Its name.

        Returns:
            Its settings.
        """
        return cast(TranslatorSettings, getattr(self, name))


class SynthesizerSections(Section):
    """The settings of each synthesizer."""

    def of(self, name: str) -> SynthesizerSettings:
        """Look up a synthesizer.

        Args:
            name: Its name.

        Returns:
            Its settings.
        """
        return cast(SynthesizerSettings, getattr(self, name))


if TYPE_CHECKING:
    Separators: TypeAlias = SeparatorSections
    SeparatorName: TypeAlias = str
    Recognizers: TypeAlias = RecognizerSections
    RecognizerName: TypeAlias = str
    Translators: TypeAlias = TranslatorSections
    TranslatorName: TypeAlias = str
    Synthesizers: TypeAlias = SynthesizerSections
    SynthesizerName: TypeAlias = str
else:
    Separators = with_sections("Separators", SeparatorSections, separator_settings())
    SeparatorName = Literal[tuple(separator_settings())]
    Recognizers = with_sections("Recognizers", RecognizerSections, recognizer_settings())
    RecognizerName = Literal[tuple(recognizer_settings())]
    Translators = with_sections("Translators", TranslatorSections, translator_settings())
    TranslatorName = Literal[tuple(translator_settings())]
    Synthesizers = with_sections("Synthesizers", SynthesizerSections, synthesizer_settings())
    SynthesizerName = Literal[tuple(synthesizer_settings())]


class Separate(Section):
    """Voice apart from background."""

    separator: SeparatorName = "spleeter"
    """The separator. A background that videos.tsv names is used instead."""
    separators: Separators = Separators()
    """The settings of each separator."""

    @property
    def chosen(self) -> SeparatorSettings:
        """The settings of the separator."""
        return self.separators.of(self.separator)


class Doubtful(Section):
    """From where on a line that was recognized is marked. It is marked, not left out."""

    log_probability: Annotated[float, Field(ge=-10, le=0)] = -1.0
    """Marked (`low_probability`) if the mean log-probability of its tokens is lower. Whisper itself
    hears such text once more; good speech has -0.1 to -0.5."""
    no_speech: Share = 0.6
    """Marked (`no_speech`) if the recognizer is surer than this that nobody speaks."""
    voiced_share: Share = 0.3
    """Marked (`over_silence`) if a voice is detected in a smaller share of its time."""
    compression: Annotated[float, Field(ge=1, le=20)] = 2.4
    """Marked (`repeated`) if its text can be compressed more: prose reaches 1.8."""


class Transcribe(Section):
    """What is said in the source. A script that videos.tsv names is used instead."""

    recognizer: RecognizerName = "faster_whisper"
    """The recognizer."""
    same_voice: Share = 0.3
    """Voices that are further apart are of two speakers: the cosine distance between the vectors of
    the GE2E encoder. Lines of one person are 0.15 to 0.3 apart, of two 0.35 to 0.6; noise widens
    the first. Not used where the column speakers of videos.tsv has a number.
    """
    longest_line_s: Annotated[float, Field(ge=2, le=30)] = 7.0
    """The longest line, in seconds. A longer sentence is divided at a comma or a pause."""
    doubtful: Doubtful = Doubtful()
    """From where on a line is marked as doubtful."""
    recognizers: Recognizers = Recognizers()
    """The settings of each recognizer."""

    @property
    def chosen(self) -> RecognizerSettings:
        """The settings of the recognizer."""
        return self.recognizers.of(self.recognizer)


class Translate(Section):
    """The lines of a script in another language. A script that dubs.tsv names is used instead."""

    use: tuple[TranslatorName, ...] = ("bergamot",)
    """The translators that may be used: the first one that serves source and target language. One
    that sends text to a service does so only if it is named here."""
    syllables_per_s: Annotated[float, Field(gt=0, le=20)] = 7.0
    """How many syllables a second a voice may speak. A line that needs more is flagged. Spoken
    English has 6.2, Spanish 7.8 (Coupé et al., Science Advances 2019)."""
    translators: Translators = Translators()
    """The settings of each translator."""


class Speak(Section):
    """The voices of a dub that is made here."""

    use: tuple[SynthesizerName, ...] = ("kokoro",)
    """The synthesizers that may be used: the first one that serves the language."""
    synthesizers: Synthesizers = Synthesizers()
    """The settings of each synthesizer."""
    fit: Fit = Fit()
    """How a line is fitted to the time that it has."""

    @property
    def usable(self) -> dict[str, SynthesizerSettings]:
        """The settings of the synthesizers that may be used, by name, in their order."""
        return {name: self.synthesizers.of(name) for name in self.use}

    def for_film(self, language: str, named: Collection[str]) -> dict[str, SynthesizerSettings]:
        """Find the synthesizers of a film: the one of its language, and those of chosen voices.

        Args:
            language: The language of the film, a BCP-47 tag.
            named: The names of synthesizers whose voices a person chose.

        Returns:
            Their settings, by name, the one of the language first; those that may be used where
            none of them speaks it.
        """
        known = {name: self.synthesizers.of(name) for name in type(self.synthesizers).model_fields}
        chosen = {name: settings for name, settings in known.items() if name in named}
        first = first_that_serves(self.usable, language)
        return {first: self.usable[first], **chosen} if first else {**self.usable, **chosen}
