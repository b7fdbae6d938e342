"""Films that flash white and beep together, and when they do: is sound in step with the picture?

All are 64x48 at 25 frames/s unless a maker says otherwise; flash and beep come at 0.6 s of each
recording, and every 2 s from then on.
"""

from pathlib import Path

import av
import numpy as np
import soundfile

import makers

AT_S = 0.6
EVERY_S = 2
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-threads", "1")
AAC = ("-c:a", "aac", "-threads", "1")
MPEGTS = ("-f", "mpegts")


def picture(seconds: float, rate: int = 25, size: str = "64x48") -> list[str]:
    """Input arguments of a moving picture that flashes."""
    flash = f"between(mod(t+0.001\\,{EVERY_S})\\,{AT_S}\\,{AT_S + 0.1})"
    return [
        *("-f", "lavfi", "-i"),
        f"testsrc2=s={size}:r={rate}:d={seconds},format=yuv420p,eq=brightness=-0.3,"
        f"drawbox=t=fill:color=white:enable='{flash}'",
    ]


def sound(seconds: float, sample_rate: int = 48000) -> list[str]:
    """Input arguments of a sound that beeps."""
    beep = f"between(mod(t\\,{EVERY_S})\\,{AT_S}\\,{AT_S + 0.05})"
    wave = f"if({beep}\\,0.8*sin(2*PI*1000*t)\\,0)"
    return ["-f", "lavfi", "-i", f"aevalsrc={wave}:s={sample_rate}:d={seconds}"]


def film(path: Path, *options: object, seconds: float = 2, sound_s: float | None = None) -> Path:
    """A film in H.264 and AAC."""
    inputs = [*picture(seconds), *sound(seconds if sound_s is None else sound_s)]
    makers.ffmpeg(*inputs, *H264, *AAC, *options, path)
    return path


def flashes_s(path: Path) -> list[float]:
    """When the picture of a file turns white, in seconds."""
    found, white = [], False
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            luma = frame.reformat(format="gray").to_ndarray()
            bright = luma[luma.shape[0] // 4 : -(luma.shape[0] // 4)].mean() > 180
            if bright and not white:
                found.append(float(frame.time))
            white = bright
    return found


def beeps_s(path: Path) -> list[float]:
    """When a FLAC file begins to beep, in seconds."""
    samples, rate = soundfile.read(path, always_2d=True)
    loud_s = np.flatnonzero(np.abs(samples).max(1) > 0.2) / rate
    return [float(t) for n, t in enumerate(loud_s) if n == 0 or t - loud_s[n - 1] > 0.3]
