"""Makes small source videos with ffmpeg, each with one property of real files.

The picture counts: frame n is a flat grey of luma `luma_of(n)`, except for sources that need
structure (interlaced, odd size, rotated, HDR). By default, the sound is silence with one beep.
"""

import subprocess
from pathlib import Path

import av
import imageio_ffmpeg

LUMA_STEP = 4
LUMA_CYCLE = 50


def luma_of(frame: int) -> int:
    """The luma of a frame of a counting picture."""
    return 20 + LUMA_STEP * (frame % LUMA_CYCLE)


def counted(luma: float) -> int:
    """The frame number, modulo LUMA_CYCLE, that a mean luma shows."""
    return round((luma - 20) / LUMA_STEP)


def count_frames(film: Path) -> int:
    """How many coded pictures a film has."""
    with av.open(str(film)) as container:
        return sum(1 for packet in container.demux(video=0) if packet.size)


def ffmpeg(*arguments: object) -> None:
    """Run ffmpeg, which prints its errors."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-y", "-loglevel", "error"]
    subprocess.run([*command, *map(str, arguments)], check=True)


def counting(rate: str = "25", seconds: float = 2, size: str = "64x48") -> list[str]:
    """Input arguments of a picture whose frame n has luma `luma_of(n)`."""
    luma = f"20+{LUMA_STEP}*mod(N\\,{LUMA_CYCLE})"
    return ["-f", "lavfi", "-i", f"nullsrc=s={size}:r={rate}:d={seconds},geq={luma}:128:128"]


def pattern(rate: str = "25", seconds: float = 2, size: str = "160x120") -> list[str]:
    """Input arguments of a moving, coloured picture."""
    return ["-f", "lavfi", "-i", f"testsrc2=r={rate}:d={seconds}:s={size}"]


def beep(at_s: float = 1.0, seconds: float = 2, sample_rate: int = 44100) -> list[str]:
    """Input arguments of a sound: silence, and a tone from `at_s` on for 0.2 s."""
    wave = f"if(between(t\\,{at_s}\\,{at_s + 0.2})\\,0.5*sin(2*PI*1000*t)\\,0)"
    return ["-f", "lavfi", "-i", f"aevalsrc={wave}:s={sample_rate}:d={seconds}"]


X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "1", "-threads", "1")
AAC = ("-c:a", "aac", "-threads", "1")


def plain(path: Path, rate: str = "25", seconds: float = 2) -> None:
    """A constant-rate film with sound."""
    ffmpeg(*counting(rate, seconds), *beep(seconds=seconds), *X264, *AAC, path)


def predicted(path: Path) -> None:
    """Long groups of pictures with B frames, as from cameras and web sites."""
    ffmpeg(*counting(), *X264, "-preset", "medium", "-bf", "3", "-g", "250", path)


def variable_rate(path: Path) -> None:
    """30 frames/s, without the frames in which nothing changes, as from a screen recorder."""
    kept = "select=lt(n\\,10)+not(mod(n\\,7))*lt(n\\,50)+gt(n\\,54)"
    ffmpeg(*counting("30"), "-vf", kept, "-fps_mode", "vfr", *X264, path)


def rotated(path: Path, degrees: int = 90) -> None:
    """A phone's film: stored sideways with a black left half, shown upright by a rotation flag."""
    sideways = path.with_name(f"sideways-{path.name}")
    halves = "color=black:s=64x96:d=0.4:r=25[l];color=white:s=64x96:d=0.4:r=25[r];[l][r]hstack"
    ffmpeg("-filter_complex", halves, *X264, "-pix_fmt", "yuv420p", sideways)
    ffmpeg("-display_rotation", degrees, "-i", sideways, "-c", "copy", path)
    sideways.unlink()


def wide_pixels(path: Path) -> None:
    """Like PAL widescreen, but small: 90x72 with pixels 64:45, shown as 128x72."""
    ffmpeg(*counting(seconds=0.4, size="90x72"), "-vf", "setsar=64/45", *X264, path)


def waves(rate: str) -> str:
    """A lavfi source of smooth blobs that move sideways by 75 px/s."""
    step = 75 / int(rate)
    return (
        f"nullsrc=s=160x128:r={rate}:d=1.6,geq=128+60*sin((X+{step}*N)/7)*sin(Y/9):128:128,"
        "format=yuv420p"
    )


def interlaced(path: Path, top_first: bool = True, flagged: bool = True) -> None:
    """25 interlaced frames/s, made from 50 frames/s with fast motion."""
    mode = "interleave_top" if top_first else "interleave_bottom"
    flags = ["-flags", "+ilme+ildct", "-x264-params", f"{'tff' if top_first else 'bff'}=1"]
    fields = f"{waves('50')},tinterlace={mode}" + ("" if flagged else ",setfield=prog")
    ffmpeg("-f", "lavfi", "-i", fields, *X264, *(flags if flagged else []), path)


def progressive_flagged_interlaced(path: Path) -> None:
    """Progressive pictures stored as fields (PsF), as broadcasters do."""
    ffmpeg(
        *("-f", "lavfi", "-i", f"{waves('25')},setfield=tff"),
        *X264, "-flags", "+ilme+ildct", "-x264-params", "tff=1", path,
    )  # fmt: skip


def odd_size(path: Path, pixel_format: str = "yuv420p") -> None:
    """161x121, lossless, in Matroska."""
    odd = ("-vf", f"format=yuv444p,scale=161:121,format={pixel_format}")
    ffmpeg(*pattern(seconds=0.4), *odd, "-c:v", "ffv1", path)


def stored_as(path: Path, pixel_format: str) -> None:
    """A moving picture, stored losslessly in a pixel format."""
    ffmpeg(*pattern(seconds=0.4), "-pix_fmt", pixel_format, "-c:v", "ffv1", path)


def coloured(path: Path, colour: str, matrix: str, range_: str, size: str, tagged: bool) -> None:
    """One colour, stored in YUV with a matrix and a range, with or without colour tags."""
    made = f"color={colour}:s={size}:r=25:d=0.2,format=gbrp"
    made += f",scale=out_color_matrix={matrix}:out_range={range_},format=yuv444p"
    tags = f"range={range_}:colorspace={matrix}" if tagged else "range=unknown:colorspace=unknown"
    ffmpeg("-f", "lavfi", "-i", f"{made},setparams={tags}", *X264, path)


def with_cover(path: Path) -> None:
    """A film whose first stream is a large cover picture."""
    cover = path.with_suffix(".jpg")
    film = path.with_name(f"film-{path.name}")
    ffmpeg(*pattern(seconds=0.04, size="640x480"), "-frames:v", "1", cover)
    plain(film)
    ffmpeg(
        *("-i", cover, "-i", film, "-map", "0", "-map", "1", "-c", "copy"),
        *("-disposition:v:0", "attached_pic", path),
    )
    cover.unlink()
    film.unlink()


def several_tracks(path: Path) -> None:
    """Three sound tracks, beeping at 0.2, 0.6 and 1.2 s; the second is the default one."""
    ffmpeg(
        *counting(), *beep(0.2), *beep(0.6, sample_rate=32000), *beep(1.2),
        *("-map", "0", "-map", "1", "-map", "2", "-map", "3", *X264, *AAC),
        *("-disposition:a:0", "0", "-disposition:a:1", "default", "-disposition:a:2", "0", path),
    )  # fmt: skip


def silent(path: Path) -> None:
    """No sound track."""
    ffmpeg(*counting(), *X264, path)


def shifted_sound(path: Path, seconds: float) -> None:
    """A beep at picture time 1 s in a track that starts `seconds` after (or before) the picture.

    `seconds` must be whole frames of 25 fps: ffmpeg rounds the picture's offset to them.
    """
    late = ["-itsoffset", str(seconds)]
    sound = beep(1.0 - seconds, 2.4, 48000)
    picture = counting()
    inputs = [*picture, *late, *sound] if seconds > 0 else [
        "-itsoffset", str(-seconds), *picture, *sound,
    ]  # fmt: skip
    ffmpeg(*inputs, "-map", "0", "-map", "1", *X264, "-c:a", "pcm_s16le", path)


MUTED = "gradients=s=160x120:r=25:d=0.4:n=3:c0=0x204060:c1=0xc0a080:c2=0x608040:seed=1"
AS_BT709 = (
    "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,"
    "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
)


def muted(path: Path) -> None:
    """A picture of skin, sky and leaf colours, SDR."""
    ffmpeg("-f", "lavfi", "-i", MUTED, "-vf", AS_BT709, *X264, path)


def hdr(path: Path, transfer: str) -> None:
    """The muted picture graded for PQ ("smpte2084") or HLG ("arib-std-b67"), 10 bit BT.2020."""
    to_hdr = (
        f"{AS_BT709},zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt2020,"
        f"zscale=t={transfer}:m=bt2020nc:r=tv:npl=203,format=yuv420p10le"
    )
    tags = ["-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc"]
    ffmpeg("-f", "lavfi", "-i", MUTED, "-vf", to_hdr, *X264, *tags, "-color_range", "tv", path)


def trimmed_by_edit_list(path: Path) -> None:
    """A cut without re-encoding: an edit list hides the 0.5 s after the last key frame."""
    whole = path.with_name(f"whole-{path.name}")
    ffmpeg(*counting(), *beep(), *X264, "-g", "25", "-bf", "2", *AAC, whole)
    ffmpeg("-ss", "0.5", "-i", whole, "-c", "copy", path)
    whole.unlink()


def truncated(path: Path, share: float = 0.6, faststart: bool = True) -> None:
    """The first part of a file. Its header describes the whole file, or is lost (no faststart)."""
    whole = path.with_name(f"whole-{path.name}")
    front = ("-movflags", "+faststart") if faststart and path.suffix in (".mp4", ".mov") else ()
    ffmpeg(*pattern(seconds=3), *beep(seconds=3), *X264, *AAC, *front, whole)
    data = whole.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    whole.unlink()


def damaged(path: Path) -> None:
    """A file with wrong bytes in many frames of the picture."""
    ffmpeg(*pattern(seconds=2), *X264, "-g", "250", path)
    data = bytearray(path.read_bytes())
    for part in range(3, 9):
        at = len(data) * part // 10
        data[at : at + 4000] = bytes(4000)
    path.write_bytes(data)


def text_as_video(path: Path) -> None:
    """A text file with the name of a video."""
    path.write_text("This is no video.\n" * 200, encoding="utf-8")


def sound_only(path: Path) -> None:
    """Sound without a picture."""
    ffmpeg(*beep(), *AAC, path)


def latin_1_tags(path: Path, picture: bool) -> None:
    """A title in Latin-1, as older recorders and editors write it; it is no valid UTF-8."""
    inputs = [*(counting(seconds=1) if picture else []), *beep(seconds=1)]
    ffmpeg(*inputs, *(X264 if picture else ()), "-metadata", "title=CafQ", path)
    path.write_bytes(path.read_bytes().replace(b"CafQ", b"Caf\xe9"))
