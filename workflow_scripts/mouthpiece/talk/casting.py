"""Who takes part in a conversation, by the config; what is missing is told before it begins."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..core.errors import InputError
from ..core.language_names import language_name
from ..project.spoken_settings import Speak, Transcribe
from ..project.talk_settings import Talk
from ..voices.casting import Part, cast
from ..voices.choice import SEPARATOR, first_that_serves, language_problem, voice_problem
from ..voices.settings import SynthesizerSettings
from ..weights.find import find_weight
from ..weights.table import Weight, read_table
from .borders import Speech
from .conversation import Parts
from .limited import Limited
from .page import TalkPage
from .replies import ChatReplies, Echo, Replies
from .voice import Voice


@dataclass(frozen=True)
class Cast:
    """Who takes part.

    Attributes:
        talk: The section `talk` of the config.
        speak: The section `speak`.
        transcribe: The section `transcribe`.
    """

    talk: Talk
    speak: Speak
    transcribe: Transcribe

    def check(self) -> None:
        """Look for what is wrong before anybody talks.

        Raises:
            InputError: A voice, a service or its key is missing. Weights are not looked for.
        """
        talk, usable = self.talk, self.speak.usable
        named = talk.voice.partition(SEPARATOR)[0]
        known = type(self.speak.synthesizers).model_fields
        if talk.voice:
            everyone = {name: self.speak.synthesizers.of(name) for name in known}
            problem = voice_problem(talk.voice, everyone, talk.language)
            problem = problem or self.speak.synthesizers.of(named).problem()
            if problem:
                raise InputError(f"talk.voice: {problem}")
        elif problem := language_problem(usable, talk.language):
            raise InputError(f"talk.language: {problem}")
        if talk.reply == "endpoint" and (problem := talk.endpoint.problem()):
            raise InputError(f"talk.endpoint: {problem}")

    def voice_for(self, pitch_hz: float) -> str:
        """Choose a voice as dubbing does: the nearest in pitch, unless the config names one.

        Args:
            pitch_hz: The median pitch that was measured of the avatar's voice; 0: not known.

        Returns:
            The voice, as SYNTHESIZER:NAME.
        """
        if self.talk.voice:
            return self.talk.voice
        voices = self._synthesizer.voices(self.talk.language)
        part = Part("avatar", self.talk.pitch_hz or pitch_hz, 0.0)
        name = cast([part], voices, {})["avatar"]
        return f"{self._synthesizer_name}{SEPARATOR}{name}"

    @property
    def weights(self) -> list[Weight]:
        """The weights that voice and recognizer need."""
        users = self._weight_users
        return [row for row in read_table().values() if not users.isdisjoint(row.needed_by)]

    def check_weights(self) -> None:
        """Look for weights.

        Raises:
            InputError: Some are missing; the message has the command that fetches them.
        """
        for user in sorted(self._weight_users):
            for weight in self.weights:
                if user in weight.needed_by and not _is_there(weight):
                    raise InputError(
                        f"{weight.name} is missing, which talking needs: fetch it with `mouthpiece "
                        f"models fetch --for {user}`"
                    )

    def makes(self, voices: Mapping[str, str]) -> Callable[[str], Parts]:
        """Make what makes the parts of a conversation.

        Args:
            voices: The voice of each avatar, by name: see `voice_for`.

        Returns:
            A function of an avatar's name: conversations share voices and recognizer, and none
            remembers another.
        """
        talk, synthesizer = self.talk, self._synthesizer.build()
        limited: Limited[Speech] = Limited("the voice", talk.voice_timeout_s)
        speakers = {
            avatar: Voice(synthesizer, voice.partition(SEPARATOR)[2], talk.language, limited)
            for avatar, voice in voices.items()
        }
        recognizer = self.transcribe.chosen.build()
        return lambda avatar: Parts(
            self._replies(),
            speakers[avatar],
            recognizer,
            talk.language,
            talk.hearing_timeout_s,
            talk.longest_reply,
        )

    def page(self, voices: Mapping[str, str]) -> TalkPage:
        """Say what the page says.

        Args:
            voices: The voice of each avatar that can be talked with, by name.

        Returns:
            What it says.
        """
        talk = self.talk
        answered_by = talk.endpoint.host if talk.reply == "endpoint" else talk.reply
        return TalkPage(dict(voices), answered_by, language_name(talk.language), hears=True)

    @property
    def _weight_users(self) -> set[str]:
        return {*self._synthesizer.weight_users, *self.transcribe.chosen.weight_users}

    @property
    def _synthesizer(self) -> SynthesizerSettings:
        return self.speak.synthesizers.of(self._synthesizer_name)

    @property
    def _synthesizer_name(self) -> str:
        named = self.talk.voice.partition(SEPARATOR)[0]
        return named or first_that_serves(self.speak.usable, self.talk.language)

    def _replies(self) -> Replies:
        talk = self.talk
        if talk.reply == "echo":
            return Echo()
        return ChatReplies(talk.endpoint, talk.instructions, talk.remembered_turns)


def _is_there(weight: Weight) -> bool:
    try:
        find_weight((weight.name,))
    except InputError:
        return False
    return True
