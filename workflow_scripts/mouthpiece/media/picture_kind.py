"""Which files are still pictures, by what they begin with. Nothing is decoded."""

import re
from pathlib import Path

HEAD_BYTES = 512

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")
"""How the names of still pictures end, where the content tells nothing."""

RAW_SUFFIXES = (
    *(".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".iiq", ".k25", ".kdc"),
    *(".mef", ".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl"),
    *(".sr2", ".srf", ".srw", ".x3f"),
)
"""How the names of cameras' raw files end. Most are TIFF inside, with a small picture first."""

RAW = "camera raw"

SIGNATURES = (
    (rb"\x89PNG\r\n", "PNG"),
    (rb"\xff\xd8\xff", "JPEG"),
    (rb"GIF8[79]a", "GIF"),
    (rb"RIFF....WEBP", "WebP"),
    (rb"BM....\0\0\0\0", "BMP"),
    (rb"II\*\0....CR\x02", RAW),  # Canon
    (rb"II\*\0|MM\0\*|II\+\0|MM\0\+", "TIFF"),
    (rb"IIU\0|IIR[OS]|MMOR|FUJIFILMCCD-RAW|FOVb|\0MRM|II\x1a\0\0\0HEAPCCDR", RAW),
    (rb"....ftypcrx ", RAW),
    (rb"....ftypavi[fs]", "AVIF"),
    (rb"....ftyp(?:hei[cfmsx]|hev[cmsx])", "HEIC"),
    (rb"....ftypm[is]f1.{0,64}?avif", "AVIF"),
    (rb"....ftypm[is]f1", "HEIC"),
    (rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51", "JPEG 2000"),
    (rb"\0\0\0\x0cJXL |\xff\x0a", "JPEG XL"),
    (rb"8BPS", "Photoshop"),
    (rb"qoif", "QOI"),
    (rb"P[1-7fF]\s", "PNM"),
    (rb"\x76\x2f\x31\x01", "OpenEXR"),
    (rb"#\?(?:RADIANCE|RGBE)", "Radiance HDR"),
    (rb"DDS ", "DDS"),
    (rb"\0\0\x01\0[\x01-\x40]\0...\0[\0\x01]\0", "icon"),
    (rb"SDPX|XPDS", "DPX"),
    (rb"(?:II|MM)\xbc\x01", "JPEG XR"),
    (rb"gimp xcf ", "GIMP"),
    (rb"%PDF-", "PDF"),
    (rb"%!PS|\xc5\xd0\xd3\xc6", "PostScript"),
    (rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml.*?)?(?:<!--.*?-->\s*|<!DOCTYPE svg.*?)*<svg[\s>]", "SVG"),
    (rb"\x1f\x8b\x08.{7}[^\0]*\.svg\0", "SVG"),
)
"""How files begin, and what they are then; the first that matches counts."""

FILMS = re.compile(rb"....ftyp|\x1aE\xdf\xa3|RIFF....(?:AVI |RMP3)|FLV\x01|\x30\x26\xb2\x75", re.S)
"""How the most usual films begin, whatever their names."""

_COMPILED = [(re.compile(pattern, re.S), kind) for pattern, kind in SIGNATURES]


def picture_kind(path: Path) -> str:
    """Tell what kind of picture a file is.

    Args:
        path: A file; it need not exist.

    Returns:
        The name of its format, such as "PNG"; empty where it is no picture, as far as its first
        bytes tell, or its name where they tell nothing.
    """
    head = _head(path)
    suffix = path.suffix.lower()
    if suffix in RAW_SUFFIXES and not FILMS.match(head):
        return RAW
    for pattern, kind in _COMPILED:
        if pattern.match(head):
            return kind
    return suffix[1:].upper() if suffix in SUFFIXES and not FILMS.match(head) else ""


def is_still(path: Path) -> bool:
    """Whether a file is a still picture, by its content; by its name where it cannot be read.

    Args:
        path: A file; it need not exist.

    Returns:
        Whether it is a picture, readable or not.
    """
    return bool(picture_kind(path))


def _head(path: Path) -> bytes:
    try:
        if not path.is_file():  # opening a pipe would wait for its other end
            return b""
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except (OSError, ValueError):
        return b""
