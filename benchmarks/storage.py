"""How many bytes each artefact of a film takes an hour, and how many CPU seconds each rule.

    python benchmarks/storage.py --seconds 8 --height 1080

It makes a short film at --height. The film is the demo's: one face that talks, then a picture
without one, half and half, enlarged and with grain, since an enlarged picture alone is smaller than
a filmed one. Prints MB for each hour of film: of what all languages share, and of what each
language adds.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from mouthpiece.core.cuts import CUT_PATTERN
from mouthpiece.demo import media, reel
from mouthpiece.media.ffmpeg import ffmpeg
from mouthpiece.runs.event_files import FOLDER, read_events, runs

ROOT = Path(__file__).parents[1]
RATE = 25
HOUR_S = 3600
CONFIG = "videos: videos.tsv\ndubs: dubs.tsv\ndelivery: {length_policy: pad}\n"


def first_frame(shot: str) -> int:
    """The first frame of a shot of the demo's reel."""
    names = [one.name for one in reel.REEL]
    return sum(one.frames for one in reel.REEL[: names.index(shot)])


def lay_out(folder: Path, seconds: float, height_px: int, grain: int) -> None:
    """Write a project of one film and one dub."""
    found = ROOT / "demo" / "media"
    media.build(found)
    frames = round(seconds * RATE / 2)
    parts = "".join(
        f"[0:v]trim=start_frame={first_frame(shot)},loop=-1:{least}:0,trim=end_frame={frames},"
        f"setpts=N/{RATE}/TB[v{number}];"
        for number, (shot, least) in enumerate((("good", 50), ("no_face", 20)))
    )
    width_px = height_px * 16 // 9
    ffmpeg(
        ["-i", str(found / "reel.mp4"), "-filter_complex"]
        + [
            f"{parts}[v0][v1]concat=2,scale={width_px}:{height_px}:force_original_aspect_ratio=1,"
            f"pad={width_px}:{height_px}:-1:-1,noise=alls={grain}:allf=t[v]"
        ]
        + ["-map", "[v]", "-r", str(RATE), "-c:v", "libx264", "-crf", "12", "-preset", "veryfast"]
        + ["-pix_fmt", "yuv420p", str(folder / "v.mp4")]
    )
    ffmpeg(
        ["-stream_loop", "-1", "-i", str(found / "dub.en.wav")]
        + ["-t", str(seconds)]
        + [str(folder / "en.wav")]
    )
    (folder / "job.yaml").write_text(CONFIG)
    (folder / "videos.tsv").write_text(
        "video\tpath\tconsent\tcuts\nv\tv.mp4\tthe demo's material\tcuts.tsv\n"
    )
    rows = "".join(f"{first}\t{frames}\n" for first in (0, frames))
    (folder / "cuts.tsv").write_text(f"first_frame\tframes\n{rows}")
    (folder / "dubs.tsv").write_text("video\tlanguage\taudio\nv\ten\ten.wav\n")


def artefact(path: Path) -> str:
    """A file's name without the video, the language and the cut."""
    parts = ["CUT" if re.fullmatch(CUT_PATTERN, part) else part for part in path.parts]
    return "/".join(parts)


def main() -> None:
    """Make the film, and print what it takes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--height", type=int, default=1080)
    parser.add_argument("--grain", type=int, default=5, help="ffmpeg's noise; 0: none")
    parser.add_argument("--cores", default="2")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay_out(folder, args.seconds, args.height, args.grain)
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
        command += ["--cores", args.cores, "--configfile", "job.yaml", "--quiet", "all"]
        subprocess.run(command, cwd=folder, check=True)
        results = folder / "results" / "v"
        sizes = Counter[str]()
        numbers = Counter[str]()
        files: set[int] = set()
        for path in sorted(path for path in results.rglob("*") if path.is_file()):
            name, found = artefact(path.relative_to(results)), path.stat()
            numbers[name] += 1
            sizes[name] += 0 if found.st_ino in files else found.st_size  # a link takes nothing
            files.add(found.st_ino)
        source = (folder / "v.mp4").stat().st_size
        events = read_events(folder / FOLDER, runs(folder / FOLDER)[-1])
    an_hour = HOUR_S / args.seconds / 1e6
    print(f"{'artefact':56} files  MB an hour")
    print(f"{'the source':56} {1:5} {source * an_hour:11,.0f}")
    for found, size in sizes.most_common():
        print(f"{found:56} {numbers[found]:5} {size * an_hour:11,.0f}")
    for part in ("_shared/", "en/"):
        total = sum(size for found, size in sizes.items() if found.startswith(part))
        print(f"{'all of ' + part:56} {'':5} {total * an_hour:11,.0f}")
    print("\nrule                 jobs  CPU s an hour of film")
    ended = [event for event in events if event["event"] == "job_ended"]
    for rule in dict.fromkeys(event["rule"] for event in ended):
        cpu = [event.get("cpu_s", 0.0) for event in ended if event["rule"] == rule]
        print(f"{rule:20} {len(cpu):4} {sum(cpu) * HOUR_S / args.seconds:11,.0f}")


if __name__ == "__main__":
    main()
