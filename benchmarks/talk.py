"""How far sound and picture are apart in a browser that talks with an avatar.

An avatar that flashes white and beeps in the same moments is shown by the server of `mouthpiece
talk` to a headless Chromium. The page notes when the first white frame of each flash is to be seen
(`requestVideoFrameCallback`, its expected time of display) and when its beep begins (an audio
worklet that reads the received stream). Both are times of the page's clock. The sound card's delay,
which an element's own playing adds to the sound, is not in it.

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

WORKLET = f"""
registerProcessor('beeps', class extends AudioWorkletProcessor {{
  process([input]) {{
    const samples = input[0] ?? [];
    for (let at = 0; at < samples.length; at += 1) {{
      const time = currentTime + at / sampleRate;
      if (Math.abs(samples[at]) > {LOUD / 4}) {{
        if (!(time - this.last < 0.3)) this.port.postMessage(time);
        this.last = time;
      }}
    }}
    return true;
  }}
}});
"""

WATCH = """
async (worklet) => {
  const video = document.querySelector('video');
  const context = new AudioContext({latencyHint: 'interactive'});
  const source = URL.createObjectURL(new Blob([worklet], {type: 'text/javascript'}));
  await context.audioWorklet.addModule(source);
  await context.resume();
  const node = new AudioWorkletNode(context, 'beeps');
  context.createMediaStreamSource(video.srcObject).connect(node).connect(context.destination);
  window.beeps = [];
  window.flashes = [];
  node.port.onmessage = ({data}) => {
    const {contextTime, performanceTime} = context.getOutputTimestamp();
    window.beeps.push(performanceTime + (data - contextTime) * 1000);
  };
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


def offsets_ms(seconds: int) -> np.ndarray:
    """Measure.

    Args:
        seconds: How long.

    Returns:
        By how much the sound of each flash is late, in ms.
    """
    cast = Cast(Talk(), Speak(), Transcribe())
    room = Room({"flash": FlashingAvatar()}, cast.makes())
    with TalkServer(page(cast.page(("flash",))), room) as server, sync_playwright() as playwright:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        arguments = ["--headless", "--no-sandbox", "--disable-gpu"]
        arguments += ["--autoplay-policy=no-user-gesture-required"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        tab = browser.new_context(bypass_csp=True).new_page()
        tab.goto(server.address)
        tab.click("#start")
        tab.wait_for_function("!document.querySelector('#text').disabled")
        tab.wait_for_function("document.querySelector('video').readyState >= 2")
        tab.evaluate(WATCH, WORKLET)
        tab.wait_for_timeout(1000 * seconds)
        beeps, flashes = (np.array(tab.evaluate(f"window.{name}")) for name in ("beeps", "flashes"))
        browser.close()
        server.shutdown()
    room.close()
    nearest = [beeps[np.abs(beeps - flash).argmin()] - flash for flash in flashes if len(beeps)]
    return np.array([late for late in nearest if abs(late) < 500])


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=60)
    late = offsets_ms(parser.parse_args().seconds)
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


if __name__ == "__main__":
    main()
