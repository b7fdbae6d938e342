"""A conversation: one person and one avatar, turn by turn."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from ..core.errors import Fault, InputError, location_of
from ..live.moments import Format, Moment
from ..recognition.base import Recognizer
from ..voices.base import UnspeakableError
from .borders import Sentence, Utterance, Words, why_refused
from .captions import Captions
from .events import Event, Kind, State
from .limited import LOOK_S, Limited, Unwanted
from .live_avatar import LiveSession
from .replies import Replies
from .sentences import sentences
from .voice import Voice

log = logging.getLogger(__name__)

MOST_AHEAD_S = 60.0
"""How much of an answer is spoken before it is heard: a session does not hold all of a long one."""


@dataclass(frozen=True)
class Parts:
    """Who takes part in each turn.

    Attributes:
        replies: Answers.
        voice: Speaks the answers.
        recognizer: Hears the microphone; None: nothing is heard.
        language: The language that is spoken, a BCP-47 tag.
        hearing_timeout_s: How long the recognizer may take, in seconds.
        longest_reply: How many characters of an answer are spoken.
    """

    replies: Replies
    voice: Voice
    recognizer: Recognizer | None
    language: str
    hearing_timeout_s: float
    longest_reply: int


class Conversation:
    """Turns what a person says into what an avatar says. Its calls return at once."""

    def __init__(
        self, session: LiveSession, form: Format, parts: Parts, tell: Callable[[Event], None]
    ) -> None:
        """Begin.

        Args:
            session: The avatar.
            form: What the session emits.
            parts: Who takes part.
            tell: Told what happens, from any thread.
        """
        self._session, self._fps, self._parts = session, float(form.fps), parts
        self._tell = tell
        self._hearing: Limited[str] = Limited("the recognizer", parts.hearing_timeout_s)
        self._lock = threading.RLock()
        self._turn = _Turn(self._fps)
        self._turn.is_over = True
        self._state: State = "idle"
        self._is_closed = False

    def say(self, text: str) -> None:
        """Answer what a person typed. What is being said is interrupted.

        Args:
            text: The text.
        """
        self._begin(lambda turn: _words(text))

    def hear(self, utterance: Utterance | None) -> None:
        """Answer what a person said. What is being said is interrupted.

        Args:
            utterance: The sound; None: it was no word.
        """
        if utterance is None:
            self._set_state("idle")
        else:
            self._begin(lambda turn: self._heard(utterance, turn))

    def interrupt(self) -> None:
        """Be silent: what is not shown yet is dropped."""
        with self._lock:
            self._stop()
            self._set_state("idle")

    def listen(self) -> None:
        """Be silent, for somebody begins to speak."""
        with self._lock:
            self._stop()
            self._set_state("listening")

    def show(self, moment: Moment) -> None:
        """Take note of a moment that is shown.

        Args:
            moment: The moment.
        """
        with self._lock:
            turn = self._turn
            if turn.is_stopped:
                return
            if caption := turn.captions.show(moment):
                turn.heard.append(caption)
                self._tell_of("caption", caption)
            if moment.speaking:
                self._set_state("speaking")
            elif turn.is_over and self._state == "speaking":
                self._remember(turn)
                self._set_state("idle")

    def close(self) -> None:
        """End the conversation and the session."""
        with self._lock:
            self._is_closed = True
            self._stop()
        self._session.shutdown()

    def _begin(self, words: "Callable[[_Turn], Words | None]") -> None:
        turn = _Turn(self._fps)
        with self._lock:
            if self._is_closed:
                return
            self._stop()
            self._turn = turn
            self._set_state("thinking")
        threading.Thread(target=self._run, args=[turn, words], name="turn", daemon=True).start()

    def _stop(self) -> None:
        """End the turn under way; the lock is held."""
        self._remember(self._turn)
        self._turn.is_stopped = True
        self._session.interrupt()

    def _remember(self, turn: "_Turn") -> None:
        """Remember what was heard of a turn, once; the lock is held."""
        if turn.said and turn.heard:
            self._parts.replies.remember(turn.said, " ".join(turn.heard))
            turn.said = ""

    def _run(self, turn: "_Turn", words: "Callable[[_Turn], Words | None]") -> None:
        try:
            said = words(turn)
            if said is not None:
                turn.said = said.text
                self._answer(turn, said.text)
        except Unwanted:
            pass
        except (InputError, Fault, UnspeakableError) as error:
            self._problem(turn, str(error))
        except Exception as error:
            log.error("a turn failed: unexpected %s %s", type(error).__name__, location_of(error))
            self._problem(turn, "this turn failed; the log says where")
        finally:
            self._end(turn)

    def _end(self, turn: "_Turn") -> None:
        with self._lock:
            turn.is_over = True
            if turn.is_stopped:
                return
            self._session.flush()
            if not turn.texts:
                self._set_state("idle")

    def _heard(self, utterance: Utterance, turn: "_Turn") -> Words | None:
        recognizer = self._parts.recognizer
        if recognizer is None:
            raise InputError("there is no recognizer: type instead")
        text = self._hearing.call(
            lambda: " ".join(
                segment.text
                for segment in recognizer.transcribe(utterance.samples, self._parts.language)
            ),
            lambda: turn.is_stopped,
        )
        try:
            words = Words(text=text)
        except ValidationError:
            return None  # a cough, a door: nobody said a word
        self._tell_of("heard", words.text)
        return words

    def _answer(self, turn: "_Turn", said: str) -> None:
        for text in _read_ahead(self._parts, said, turn):
            if turn.is_stopped:
                return
            try:
                sentence = Sentence(text=text)
                speech = self._parts.voice.speak(sentence, lambda: turn.is_stopped)
            except ValidationError:
                continue  # marks without a word
            except UnspeakableError as error:
                self._problem(turn, f"a sentence is left out: {error}")
                continue
            with self._lock:
                if turn.is_stopped:
                    return
                turn.push(sentence.text, speech.seconds)
                self._session.push_audio(speech.samples, speech.rate_hz)
            turn.keep_pace()
        if not turn.texts:
            self._problem(turn, "the answer has nothing that can be spoken")

    def _problem(self, turn: "_Turn", message: str) -> None:
        if not turn.is_stopped and not turn.has_problem:
            turn.has_problem = True
            self._tell_of("problem", message)

    def _set_state(self, state: State) -> None:
        with self._lock:
            if state != self._state:
                self._state = state
                self._tell_of("state", state)

    def _tell_of(self, kind: Kind, text: str) -> None:
        if not self._is_closed:
            self._tell(Event(kind=kind, text=text))


class _Turn:
    """What is known of a turn.

    Attributes:
        captions: Its sentences, and which is heard.
        is_over: Whether nothing more is pushed.
        is_stopped: Whether it was interrupted.
        has_problem: Whether the page was told of a problem; it is told of one.
        said: What the person said, until the turn is remembered.
        texts: The sentences that were pushed.
        heard: Those whose sound has begun.
    """

    def __init__(self, fps: float) -> None:
        self.captions = Captions(fps)
        self.is_over = self.is_stopped = self.has_problem = False
        self.said = ""
        self.texts: list[str] = []
        self.heard: list[str] = []

    def push(self, text: str, seconds: float) -> None:
        self.captions.push(text, seconds)
        self.texts.append(text)

    def keep_pace(self) -> None:
        """Wait while much of what was pushed is not heard yet."""
        while self.captions.ahead_s > MOST_AHEAD_S and not self.is_stopped:
            time.sleep(LOOK_S)


def _words(text: str) -> Words:
    try:
        return Words(text=text)
    except ValidationError as error:
        raise InputError(f"what was typed cannot be answered: {why_refused(error)}") from None


def _read_ahead(parts: Parts, said: str, turn: _Turn) -> Iterator[str]:
    """The sentences of an answer, which is read on while they are spoken."""
    # No more than `longest_reply` waits. The service does not, whose time is limited.
    waiting: queue.SimpleQueue[str | Exception | None] = queue.SimpleQueue()

    def read() -> None:
        try:
            for sentence in sentences(_bounded(parts.replies.parts(said), parts.longest_reply)):
                if turn.is_stopped:
                    return
                waiting.put(sentence)
            waiting.put(None)
        except Exception as error:
            waiting.put(error)

    threading.Thread(target=read, name="answer", daemon=True).start()
    while not turn.is_stopped:
        try:
            item = waiting.get(timeout=0.1)
        except queue.Empty:
            continue
        if item is None:
            return
        if isinstance(item, Exception):
            raise item
        yield item
    raise Unwanted


def _bounded(parts: Iterator[str], most: int) -> Iterator[str]:
    """An answer up to so many characters: a service may write for ever."""
    left = most
    for part in parts:
        yield part[:left]
        left -= len(part)
        if left <= 0:
            return
