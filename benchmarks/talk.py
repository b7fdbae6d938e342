"""How far sound and picture are apart in a browser that talks with an avatar.

An avatar that flashes white and beeps in the same moments is shown by the server of `mouthpiece
talk` to a headless Chromium. The page notes when the first white frame of each flash is to be seen
(`requestVideoFrameCallback`, its expected time of display), and when its beep leaves the receiver's
jitter buffer (`MediaStreamTrackProcessor`). To that comes what Chromium's statistics call the
playout delay: from there to the loudspeaker. All are times of the page's clock.

    python benchmarks/talk.py [--seconds 60]

How soon it is silent when somebody talks over it: while the avatar speaks a tone, Chromium's fake
microphone plays the demo's voice. Prints, from the first loud sample of the microphone, when the
page was told and fell silent, and when the tone had ended in what it received; all but the time of
a loudspeaker. Rounds in which a voice that is not loud yet was heard already are not counted.

    python benchmarks/talk.py --barge-in 10
"""

import argparse
import contextlib
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "workflow_scripts"), str(ROOT / "tests")]

from browsing import CHROMIUM  # noqa: E402
from flashing_avatar import FORM, LOUD, FlashingAvatar  # noqa: E402
from mouthpiece.project.spoken_settings import Speak, Transcribe  # noqa: E402
from mouthpiece.project.talk_settings import Talk  # noqa: E402
from mouthpiece.recognition.base import HeardSegment  # noqa: E402
from mouthpiece.talk.casting import Cast  # noqa: E402
from mouthpiece.talk.conversation import Parts  # noqa: E402
from mouthpiece.talk.limited import Limited  # noqa: E402
from mouthpiece.talk.page import TalkPage, page  # noqa: E402
from mouthpiece.talk.replies import Echo  # noqa: E402
from mouthpiece.talk.room import Room  # noqa: E402
from mouthpiece.talk.server import TalkServer  # noqa: E402
from mouthpiece.talk.voice import Voice  # noqa: E402
from mouthpiece.voices.base import Sound  # noqa: E402

KEEP = """
const Connection = RTCPeerConnection;
window.RTCPeerConnection = class extends Connection {
  constructor(...given) {
    super(...given);
    window.connection = this;
  }
};
"""
"""Lets the measurement find the page's connection."""

WATCH = """
async (loud) => {
  const video = document.querySelector('video');
  window.beeps = [];
  window.flashes = [];
  const hear = async (track) => {
    const reader = new MediaStreamTrackProcessor({track}).readable.getReader();
    let last = 0;
    for (;;) {
      const {done, value: sound} = await reader.read();
      if (done) return;
      const now = performance.now();
      const samples = new Float32Array(sound.numberOfFrames);
      sound.copyTo(samples, {planeIndex: 0, format: 'f32-planar'});
      const at = samples.findIndex((sample) => Math.abs(sample) > loud / 4);
      if (at >= 0) {
        if (now - last > 300) window.beeps.push(now + (at * 1000) / sound.sampleRate);
        last = now;
      }
      sound.close();
    }
  };
  hear(video.srcObject.getAudioTracks()[0]);
  const canvas = Object.assign(document.createElement('canvas'), {width: 4, height: 4});
  const drawing = canvas.getContext('2d', {willReadFrequently: true});
  let wasWhite = false;
  const look = (now, {expectedDisplayTime}) => {
    drawing.drawImage(video, 0, 0, 4, 4);
    const isWhite = drawing.getImageData(2, 2, 1, 1).data[0] > 150;
    if (isWhite && !wasWhite) window.flashes.push(expectedDisplayTime);
    wasWhite = isWhite;
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
}
"""

STATS = """
async () => {
  const found = {};
  for (const entry of (await window.connection.getStats()).values()) {
    if (entry.type === 'inbound-rtp') found[entry.kind] = entry.estimatedPlayoutTimestamp;
    if (entry.type === 'media-playout')
      found.playout = (1000 * entry.totalPlayoutDelay) / entry.totalSamplesCount;
  }
  return [found.playout, found.video - found.audio];
}
"""


MICROPHONE = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const stream = await ask(wanted);
  const reader = new MediaStreamTrackProcessor({track: stream.getAudioTracks()[0].clone()})
    .readable.getReader();
  window.voiced = 0;
  const hear = async () => {
    const {done, value: sound} = await reader.read();
    if (done || window.voiced) return;
    const samples = new Float32Array(sound.numberOfFrames);
    sound.copyTo(samples, {planeIndex: 0, format: 'f32-planar'});
    const at = samples.findIndex((sample) => Math.abs(sample) > 0.02);
    const left = samples.length - at;
    if (at >= 0) window.voiced = performance.now() - (left * 1000) / sound.sampleRate;
    sound.close();
    hear();
  };
  hear();
  return stream;
};
"""
"""Lets `voiced` be when the microphone's voice begins."""

OVERHEAR = """
async (loud) => {
  const state = document.querySelector('#state');
  new MutationObserver(() => {
    if (state.dataset.state === 'listening') window.told ||= performance.now();
  }).observe(state, {attributeFilter: ['data-state']});
  const track = document.querySelector('video').srcObject.getAudioTracks()[0];
  const reader = new MediaStreamTrackProcessor({track}).readable.getReader();
  const hear = async () => {
    const {value: sound} = await reader.read();
    const samples = new Float32Array(sound.numberOfFrames);
    sound.copyTo(samples, {planeIndex: 0, format: 'f32-planar'});
    const at = samples.findLastIndex((sample) => Math.abs(sample) > loud);
    if (at >= 0) window.heard = performance.now() + (at * 1000) / sound.sampleRate;
    sound.close();
    hear();
  };
  hear();
}
"""
"""Lets `told` be when the page was told that somebody talks, and `heard` when it was loud last."""


class Tone:
    """A voice that lasts: see `voices.base.Synthesizer`."""

    def speak(self, text: str, language: str, voice: str, rate: float) -> Sound:
        """Speak for 20 s."""
        time_s = np.arange(20 * 24000) / 24000
        return Sound((0.3 * np.sin(2 * np.pi * 440 * time_s)).astype(np.float32), 24000)


class Deaf:
    """Hears no words: see `recognition.base.Recognizer`."""

    languages = ("en",)

    def language_of(self, samples: np.ndarray) -> dict[str, float]:
        """Hear a language."""
        return {"en": 1.0}

    def transcribe(self, samples: np.ndarray, language: str = "") -> list[HeardSegment]:
        """Hear nothing."""
        return []


def silences_ms(rounds: int) -> np.ndarray:
    """Talk over the avatar.

    Args:
        rounds: How often.

    Returns:
        When the page was told, and when the tone had ended, [N, 2], in ms from the voice; rounds in
        which the voice was heard before it was loud are left out.
    """
    found = []
    voice = Voice(Tone(), "tone", "en", Limited("the voice", 20))
    room = Room(
        {"tone": FlashingAvatar(flashes=False)},
        lambda name: Parts(Echo(), voice, Deaf(), "en", 20, 2000),
    )
    said = TalkPage({"tone": "tone"}, "echo", "English", True)
    fake = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    fake += [f"--use-file-for-fake-audio-capture={ROOT / 'demo' / 'media' / 'dub.en.wav'}"]
    with TalkServer(page(said), room) as server, shown(server, fake) as tab:
        tab.evaluate(OVERHEAR, 0.05)
        for _ in range(rounds):
            tab.evaluate("window.told = window.heard = 0")
            tab.fill("#text", "Speak.")
            tab.click("#say")
            tab.wait_for_function("document.querySelector('#state').dataset.state === 'speaking'")
            tab.wait_for_timeout(1500)
            tab.click("#microphone")
            tab.wait_for_function("window.told")
            tab.wait_for_timeout(1000)
            playout_ms, _ = tab.evaluate(STATS)
            voiced, told, heard = tab.evaluate("[window.voiced, window.told, window.heard]")
            if 0 < voiced < told:  # else it was heard before it was loud
                found.append((told - voiced, heard - voiced + playout_ms))
            tab.click("#microphone")
            tab.click("#stop")
            tab.wait_for_timeout(1000)  # what was said ends, for the microphone is off
    room.close()
    return np.array(found)


@contextlib.contextmanager
def shown(server: TalkServer, more: list[str]) -> Iterator[Page]:
    """Show a server's page in Chromium, which is let in."""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", *more]
    arguments += ["--autoplay-policy=no-user-gesture-required"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        tab = browser.new_context(bypass_csp=True).new_page()
        tab.add_init_script(KEEP)
        tab.add_init_script(MICROPHONE)
        tab.goto(server.address)
        tab.click("#start")
        tab.wait_for_function("!document.querySelector('#text').disabled")
        tab.wait_for_function("document.querySelector('video').readyState >= 2")
        yield tab
        browser.close()
    server.shutdown()


def offsets_ms(seconds: int) -> tuple[np.ndarray, float]:
    """Measure.

    Args:
        seconds: How long.

    Returns:
        By how much the sound of each flash is late, in ms; and what Chromium reckons at the end.
    """
    cast = Cast(Talk(), Speak(), Transcribe())
    voices = {"flash": cast.voice_for(0.0)}
    room = Room({"flash": FlashingAvatar()}, cast.makes(voices))
    with TalkServer(page(cast.page(voices)), room) as server, shown(server, []) as tab:
        tab.evaluate(WATCH, LOUD)
        tab.wait_for_timeout(1000 * seconds)
        beeps, flashes = (np.array(tab.evaluate(f"window.{name}")) for name in ("beeps", "flashes"))
        playout_ms, browser_ms = tab.evaluate(STATS)
    room.close()
    beeps = beeps + playout_ms
    nearest = [beeps[np.abs(beeps - flash).argmin()] - flash for flash in flashes if len(beeps)]
    return np.array([late for late in nearest if abs(late) < 500]), browser_ms


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--barge-in", type=int, metavar="ROUNDS", default=0)
    chosen = parser.parse_args()
    if chosen.barge_in:
        found = silences_ms(chosen.barge_in)
        print(f"{len(found)} of {chosen.barge_in} rounds: others began too softly to be timed")
        for name, values in zip(("the page is told", "the sound ended"), found.T, strict=True):
            print(f"{name}: {np.median(values):.0f} ms (median), {values.max():.0f} at worst")
        return
    late, browser_ms = offsets_ms(chosen.seconds)
    if not len(late):
        sys.exit("no flash was seen, or no beep heard")
    settled = late[len(late) // 3 :]
    frame_ms = 1000 / float(FORM.fps)
    for name, values in (("all", late), ("settled (the last two thirds)", settled)):
        print(
            f"{name}: {len(values)} flashes; sound late by {np.median(values):.1f} ms (median), "
            f"{values.min():.1f} to {values.max():.1f}; within a frame ({frame_ms:g} ms): "
            f"{(np.abs(values) <= frame_ms).mean():.0%}"
        )
    print(f"Chromium itself reckons that the sound is late by {browser_ms:.0f} ms at the end")


if __name__ == "__main__":
    main()
