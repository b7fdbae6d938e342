"""Who talks over an avatar, into the microphone of a real browser, stops it and is answered."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from browsing import Reviewer, launched
from mouthpiece.talk.borders import HEARD_RATE_HZ
from mouthpiece.talk.conversation import Parts

pytest.importorskip("aiortc", reason="install the extra talk: aiortc")

from .serving import begin, served

NOTE_STATES = """
(() => {
  const state = document.querySelector('#state');
  const video = document.querySelector('video');
  window.states = [];
  new MutationObserver(() => window.states.push([state.dataset.state, video.muted])).observe(
    state, {attributeFilter: ['data-state']});
})()
"""
"""Lets `states` be what the page shows of the avatar, and whether it is mute then."""


@pytest.mark.slow
def test_talking_over_it_stops_it(
    make_parts: Callable[..., Parts], dub: np.ndarray, tmp_path: Path
) -> None:
    microphone = tmp_path / "microphone.wav"
    soundfile.write(microphone, dub, HEARD_RATE_HZ, "PCM_16")
    arguments = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}%noloop",
    )
    with launched(*arguments) as browser, served(lambda: make_parts(hears="wait")) as server:
        reviewer = Reviewer(browser.new_page())
        begin(reviewer, server)
        reviewer.page.evaluate(NOTE_STATES)
        reviewer.page.fill("#text", "A long sentence that goes on and on. " * 50)
        reviewer.page.click("#say")
        reviewer.wait("document.querySelector('#state').dataset.state === 'speaking'")
        (session,) = server.room.avatars["Ada"].sessions
        interrupts = session.interrupts
        reviewer.page.click("#microphone")
        reviewer.wait(
            "[...document.querySelectorAll('#log .you')].at(-1).innerText.endsWith('wait')"
        )
        states = reviewer.page.evaluate("window.states")
        assert states[:4] == [
            ["thinking", False],
            ["speaking", False],
            ["listening", True],
            ["thinking", False],
        ]
        assert session.interrupts > interrupts
        reviewer.wait(
            "[...document.querySelectorAll('#log .avatar')].at(-1).innerText.endsWith('wait')"
        )
    assert not reviewer.errors
