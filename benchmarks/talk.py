"""How far sound and picture are apart in a browser that talks with an avatar.

An avatar that flashes white and beeps in the same moments is shown by the server of `mouthpiece
talk` to a headless Chromium. The page notes when the first white frame of each flash is to be seen
(`requestVideoFrameCallback`, its expected time of display), and when its beep leaves the receiver's
jitter buffer (`MediaStreamTrackProcessor`). To that comes what Chromium's statistics call the
playout delay: from there to the loudspeaker. All are times of the page's clock.

    python benchmarks/talk.py [--seconds 60]
"""

import argparse
import sys
import threading
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "workflow_scripts"), str(ROOT / "tests")]

from browsing import CHROMIUM  # noqa: E402
from flashing_avatar import FORM, LOUD, FlashingAvatar  # noqa: E402
from mouthpiece.project.spoken_settings import Speak, Transcribe  # noqa: E402
from mouthpiece.project.talk_settings import Talk  # noqa: E402
from mouthpiece.talk.casting import Cast  # noqa: E402
from mouthpiece.talk.page import page  # noqa: E402
from mouthpiece.talk.room import Room  # noqa: E402
from mouthpiece.talk.server import TalkServer  # noqa: E402

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
    with TalkServer(page(cast.page(voices)), room) as server, sync_playwright() as playwright:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        arguments = ["--headless", "--no-sandbox", "--disable-gpu"]
        arguments += ["--autoplay-policy=no-user-gesture-required"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        tab = browser.new_context(bypass_csp=True).new_page()
        tab.add_init_script(KEEP)
        tab.goto(server.address)
        tab.click("#start")
        tab.wait_for_function("!document.querySelector('#text').disabled")
        tab.wait_for_function("document.querySelector('video').readyState >= 2")
        tab.evaluate(WATCH, LOUD)
        tab.wait_for_timeout(1000 * seconds)
        beeps, flashes = (np.array(tab.evaluate(f"window.{name}")) for name in ("beeps", "flashes"))
        playout_ms, browser_ms = tab.evaluate(STATS)
        browser.close()
        server.shutdown()
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
    late, browser_ms = offsets_ms(parser.parse_args().seconds)
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
