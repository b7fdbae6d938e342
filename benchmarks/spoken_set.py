"""A made film sound whose words, speakers and music are known, for benchmarks of what is heard.

Two sets: one to choose thresholds on, and one to report, with other sentences and other voices. The
sentences are written for this purpose. The voices are Kokoro's; none of them is cast by `speak` for
the languages that the demo is dubbed into.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.signal import butter, resample_poly, sosfilt

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "workflow_scripts"))

RATE_HZ = 48000

TUNING = """
1 The river was higher than anyone in the village could remember.
2 We carried the boxes up to the second floor before midnight.
2 Nobody had thought about the piano.
3 Then leave it where it is, and bring the letters instead.
1 My grandfather built this house with his own hands.
1 He would not have left it for a little water.
3 Your grandfather never saw the water come over the bridge.
2 There is a light on the other side of the field.
3 It must be the doctor, coming back from the mill.
1 Call to him, and tell him that the road is gone.
2 He cannot hear us over the wind.
3 In the morning everything was quiet and covered with mud.
1 The garden wall had fallen, but the old tree stood.
2 How long will it take to put all of this in order?
3 Longer than we have, I am afraid.
1 Write to your sister and ask her for the spare key.
2 She moved to the coast in September.
3 The post office will know the address.
1 I found this photograph behind the clock.
2 That is the summer when we learned to swim.
3 You were always the first one in the lake.
1 And you were the last one to come home.
"""

REPORTED = """
1 The museum opens at nine, but the guards arrive an hour earlier.
2 Which of the windows was broken?
1 The small one, above the staircase.
3 I have looked at the list, and only one painting is missing.
2 That is strange, because it is not even a good one.
3 It was given to us by the baker's widow.
1 She used to come here every Sunday with her dog.
2 Did she ever speak about the frame?
1 Once, when it was raining and the rooms were empty.
1 She told me that her husband had made it during the war.
3 Then somebody wanted the frame and not the picture.
2 We should go to the workshop before they close the street.
3 Take the north road, since the market blocks the square.
1 I would rather walk than wait for the bus.
2 The workshop has been locked since the spring.
3 Look at the dust on the handle, nobody has touched it.
1 There is another door behind the wood pile.
2 Be careful with the ladder, two of the steps are loose.
3 I can see a table and some tools under a sheet.
1 What is written on the wall?
3 It is a row of numbers, and the last one is crossed out.
2 Those are the sizes of the frames that he sold.
1 So the crossed one was never sold.
2 It was hanging in our museum for twenty years.
3 And someone has measured it again this week.
1 The ink is still wet on this page.
2 We have to telephone the station before the last train leaves.
3 My brother works there, he will know who bought a ticket.
1 Tell him to look for a long and narrow package.
2 The line is busy, I will try again in a minute.
3 While we wait, let me show you something odd.
1 This corner of the frame is hollow.
2 You could hide a letter in it.
3 Or a map, if you folded it with patience.
1 The widow never asked for it back.
2 Perhaps she did not know what it carried.
3 Perhaps she was the only one who did.
1 Listen, someone is coming up the path.
2 Put out the lamp and stand behind the door.
3 Good evening, I believe you have found my husband's bench.
3 I only came to finish what he began.
1 Then you will want this piece of paper.
2 Please sit down, the kettle is nearly boiling.
3 Thank you, it has been a very long day.
"""


@dataclass(frozen=True)
class SpokenSet:
    """Sentences and the voices that say them.

    Attributes:
        lines: Speaker, 1 to 3, and sentence.
        voices: The voice of each speaker.
        seed: Of pauses, levels and music.
    """

    lines: tuple[tuple[int, str], ...]
    voices: tuple[str, str, str]
    seed: int


@dataclass(frozen=True)
class SaidLine:
    """A line as it lies in the sound.

    Attributes:
        speaker: 1 to 3.
        text: The sentence.
        start_s: When it begins.
        end_s: When it ends.
    """

    speaker: int
    text: str
    start_s: float
    end_s: float


def _lines(text: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(line[0]), line[2:]) for line in text.strip().splitlines())


SETS = {
    "tuning": SpokenSet(_lines(TUNING), ("am_michael", "af_bella", "bf_emma"), 1),
    "reported": SpokenSet(_lines(REPORTED), ("bm_george", "af_sarah", "am_fenrir"), 2),
}


def speech(chosen: SpokenSet) -> tuple[np.ndarray, list[SaidLine]]:
    """Speak a set.

    Args:
        chosen: The set.

    Returns:
        Mono at `RATE_HZ`, [N] float32, with an RMS of the spoken part of -23 dB; and its lines.
    """
    from mouthpiece.voices.kokoro.settings import KokoroSettings

    synthesizer, random = KokoroSettings().build(), np.random.default_rng(chosen.seed)
    parts, said, at = [np.zeros(RATE_HZ, np.float32)], [], RATE_HZ
    for speaker, text in chosen.lines:
        voice = chosen.voices[speaker - 1]
        take = synthesizer.speak(text, "en-GB" if voice[0] == "b" else "en-US", voice, 1.0)
        samples = resample_poly(take.samples, RATE_HZ, take.sample_rate_hz).astype(np.float32)
        samples *= 10 ** ((-23 + random.uniform(-2, 2)) / 20) / np.sqrt(np.mean(samples**2))
        pause = np.zeros(int(random.uniform(0.25, 1.6) * RATE_HZ), np.float32)
        said.append(SaidLine(speaker, text, at / RATE_HZ, (at + len(samples)) / RATE_HZ))
        parts += [samples, pause]
        at += len(samples) + len(pause)
    return np.concatenate(parts), said


def music(samples: int, seed: int) -> np.ndarray:
    """Synthesize music: chords of a soft organ, a bass, a plucked tune and a drum.

    Args:
        samples: How long.
        seed: Of the tune.

    Returns:
        Mono at `RATE_HZ`, [samples] float32, with an RMS of -23 dB.
    """
    random, beat = np.random.default_rng(seed), RATE_HZ // 2
    out = np.zeros(samples + 4 * beat, np.float32)
    roots = (220.0, 174.6, 130.8, 196.0)
    time_s = np.arange(4 * beat) / RATE_HZ
    pluck = np.exp(-6 * time_s[:beat])
    for bar, start in enumerate(range(0, samples, 4 * beat)):
        root = roots[bar % 4]
        swell = np.minimum(1, np.minimum(time_s, time_s[-1] - time_s) * 4)
        for ratio in (1.0, 1.26, 1.5, 0.5):
            tone = sum(np.sin(2 * np.pi * root * ratio * k * time_s) / k**2 for k in (1, 2, 3, 4))
            out[start : start + 4 * beat] += 0.2 * swell * tone
        for step in range(8):
            note = root * 2 * (1.0, 1.125, 1.26, 1.5, 1.68)[random.integers(5)]
            first = start + step * beat // 2
            tone = np.sin(2 * np.pi * note * time_s[:beat]) * pluck
            out[first : first + beat] += 0.35 * tone
            hit = random.standard_normal(beat) * np.exp(-40 * time_s[:beat])
            out[first : first + beat] += (0.3 if step % 2 else 0.15) * hit
    out = sosfilt(butter(1, 9000, fs=RATE_HZ, output="sos"), out[:samples]).astype(np.float32)
    return out * np.float32(10 ** (-23 / 20) / np.sqrt(np.mean(out**2)))


def mixed(voice: np.ndarray, tune: np.ndarray, level_db: float | None) -> np.ndarray:
    """Lay speech over music.

    Args:
        voice: What `speech` gave.
        tune: What `music` gave.
        level_db: How much louder the speech is; None: no music.

    Returns:
        The mix, [N] float32.
    """
    return voice if level_db is None else voice + tune * np.float32(10 ** (-level_db / 20))
