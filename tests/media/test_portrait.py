"""Pictures of all kinds: black stays black, white stays white, or the file is refused by name."""

import io
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from mouthpiece.core.errors import InputError
from mouthpiece.media.picture_kind import is_still, picture_kind
from mouthpiece.media.portrait import READ_KINDS, read_portrait

SIZE = (64, 48)
RAMP = np.tile(np.linspace(0, 1, SIZE[0]), (SIZE[1], 1))
"""Black at the left, white at the right, [h, w]."""


def read(path: Path) -> np.ndarray:
    """A picture as the film shows it, [h, w, 3] uint8."""
    assert is_still(path)
    return np.asarray(read_portrait(path, 512)[0])


def assert_ramp(path: Path, tolerance: int = 2) -> None:
    found = read(path)
    assert found.shape == (SIZE[1], SIZE[0], 3)
    assert np.abs(found.astype(int) - np.round(RAMP * 255)[..., None]).max() <= tolerance


def deep(dtype: str, white: float) -> Image.Image:
    return Image.fromarray(np.round(RAMP * white).astype(dtype))


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.pgm", "a.jp2"])
def test_sixteen_bits_of_grey(tmp_path: Path, name: str) -> None:
    deep("uint16", 65535).save(tmp_path / name)
    assert_ramp(tmp_path / name)


def test_sixteen_bits_of_grey_big_endian(tmp_path: Path) -> None:
    data = np.round(RAMP * 65535).astype(">u2").tobytes()
    Image.frombytes("I;16B", SIZE, data).save(tmp_path / "a.tif")
    with Image.open(tmp_path / "a.tif") as image:
        assert image.mode == "I;16B"
    assert_ramp(tmp_path / "a.tif")


@pytest.mark.parametrize("white", [1.0, 255.0, 65535.0])
def test_floats(tmp_path: Path, white: float) -> None:
    Image.fromarray((RAMP * white).astype(np.float32)).save(tmp_path / "a.tif")
    assert_ramp(tmp_path / "a.tif")


def test_floats_whose_white_is_not_known_or_that_are_no_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    Image.fromarray((RAMP * 1e6).astype(np.float32)).save(path)
    with pytest.raises(InputError, match=r"a\.tif: has values from 0 to 1e\+06, and which"):
        read(path)
    Image.fromarray((RAMP - 0.5).astype(np.float32)).save(path)
    with pytest.raises(InputError, match=r"has values from -0\.5 to 0\.5"):
        read(path)
    Image.fromarray(np.full(RAMP.shape, np.nan, np.float32)).save(path)
    with pytest.raises(InputError, match="no numbers"):
        read(path)


@pytest.mark.parametrize("white", [255, 65535, 2**31 - 1])
def test_integers_of_32_bits(tmp_path: Path, white: int) -> None:
    deep("int32", white).save(tmp_path / "a.tif")
    assert_ramp(tmp_path / "a.tif")


def tiff(path: Path, data: bytes, bits: tuple[int, ...], photometric: int, *more: tuple) -> None:
    """Write an uncompressed TIFF, as Pillow cannot."""
    samples = len(bits)
    entries = [
        (254, 4, (0,)), (256, 4, (SIZE[0],)), (257, 4, (SIZE[1],)), (258, 3, bits), (259, 3, (1,)),
        (262, 3, (photometric,)), (273, 4, (8,)), (277, 3, (samples,)), (278, 4, (SIZE[1],)),
        (279, 4, (len(data),)), *more,
    ]  # fmt: skip
    entries = list({entry[0]: entry for entry in entries}.values())
    at = 8 + len(data)
    beyond = at + 2 + 12 * len(entries) + 4
    table, extra = struct.pack("<H", len(entries)), b""
    for tag, kind, values in sorted(entries):
        packed = struct.pack(f"<{len(values)}{'H' if kind == 3 else 'I'}", *values)
        if len(packed) > 4:
            extra, packed = extra + packed, struct.pack("<I", beyond + len(extra))
        table += struct.pack("<HHI", tag, kind, len(values)) + packed.ljust(4, b"\0")
    path.write_bytes(b"II*\0" + struct.pack("<I", at) + data + table + bytes(4) + extra)


def test_sixteen_bits_of_colour(tmp_path: Path) -> None:
    data = np.repeat(np.round(RAMP * 65535).astype("<u2")[..., None], 3, 2).tobytes()
    tiff(tmp_path / "a.tif", data, (16, 16, 16), 2)
    assert_ramp(tmp_path / "a.tif")


@pytest.mark.parametrize("channels", [3, 4])
def test_sixteen_bits_of_colour_in_png(tmp_path: Path, channels: int) -> None:
    values = np.repeat(np.round(RAMP * 65535).astype(np.uint16)[..., None], channels, 2)
    values[..., 3:] = 65535
    assert cv2.imwrite(str(tmp_path / "a.png"), values)
    assert_ramp(tmp_path / "a.png")


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif"])
def test_a_turned_picture_is_upright(tmp_path: Path, name: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned a quarter clockwise
    image = Image.fromarray(np.round(RAMP * 255).astype(np.uint8)).convert("RGB")
    image.save(tmp_path / name, exif=exif)
    found = read(tmp_path / name)
    assert found.shape == (SIZE[0], SIZE[1], 3) and found[2].max() < 30 and found[-2].min() > 225


def test_of_a_camera_s_pair_the_first_picture_is_the_portrait(tmp_path: Path) -> None:
    pair = [Image.new("RGB", SIZE, (value, 40, 40)) for value in (200, 90)]
    pair[0].save(tmp_path / "a.jpg", format="MPO", save_all=True, append_images=pair[1:])
    picture, notes = read_portrait(tmp_path / "a.jpg", 512)
    assert abs(picture.getpixel((20, 20))[0] - 200) < 8 and notes == []


def test_grey_whose_zero_is_white(tmp_path: Path) -> None:
    data = np.round((1 - RAMP) * 65535).astype("<u2").tobytes()
    tiff(tmp_path / "a.tif", data, (16,), 0)
    assert_ramp(tmp_path / "a.tif")


@pytest.mark.parametrize("more", [(50706, 3, (1, 4)), (254, 4, (1,))], ids=str)
def test_a_raw_file_under_another_name(tmp_path: Path, more: tuple) -> None:
    data = np.round(RAMP * 65535).astype("<u2").tobytes()
    tiff(tmp_path / "a.tif", data, (16,), 1, more)
    with pytest.raises(InputError, match=r"a\.tif: is a camera's raw file"):
        read(tmp_path / "a.tif")


def test_transparency_of_every_kind(tmp_path: Path) -> None:
    clear = np.zeros(RAMP.shape, np.uint8)
    clear[:, SIZE[0] // 2 :] = 255
    grey = Image.fromarray(np.full(RAMP.shape, 60, np.uint8))
    alpha = Image.merge("LA", (grey, Image.fromarray(clear)))
    alpha.save(tmp_path / "la.png")
    alpha.convert("RGBA").save(tmp_path / "rgba.webp", lossless=True)
    palette = Image.fromarray(clear // 255).convert("P")
    palette.putpalette([0, 0, 0, 60, 60, 60])
    palette.save(tmp_path / "p.png", transparency=0)
    palette.save(tmp_path / "p.gif", transparency=0)
    deep16 = Image.fromarray(np.where(clear, 60 * 257, 0).astype(np.uint16))
    deep16.save(tmp_path / "i16.png", transparency=0)
    for name in ("la.png", "rgba.webp", "p.png", "p.gif", "i16.png"):
        found = read(tmp_path / name)
        assert found[:, : SIZE[0] // 2].min() == 255, name
        assert np.abs(found[:, SIZE[0] // 2 :].astype(int) - 60).max() <= 1, name


def test_cmyk(tmp_path: Path) -> None:
    Image.new("RGB", SIZE, (200, 40, 40)).convert("CMYK").save(tmp_path / "a.jpg")
    assert np.abs(read(tmp_path / "a.jpg")[20, 20].astype(int) - (200, 40, 40)).max() <= 4


def wide_profile() -> bytes:
    """A profile whose primaries are those of Adobe RGB, so that plain values look pale."""
    base = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    columns = {
        b"rXYZ": (0.60974, 0.31111, 0.01947),
        b"gXYZ": (0.20528, 0.62567, 0.06087),
        b"bXYZ": (0.14919, 0.06322, 0.74457),
    }
    for entry in range(struct.unpack(">I", base[128:132])[0]):
        name, offset, _ = struct.unpack(">4sII", base[132 + 12 * entry : 144 + 12 * entry])
        if name in columns:
            fixed = struct.pack(">3i", *(round(value * 65536) for value in columns[name]))
            base[offset + 8 : offset + 20] = fixed
    return bytes(base)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif", "a.webp"])
def test_a_colour_profile_counts(tmp_path: Path, name: str) -> None:
    Image.new("RGB", SIZE, (120, 160, 120)).save(tmp_path / name, icc_profile=wide_profile())
    red, green, blue = read(tmp_path / name)[20, 20].astype(int)
    assert red < 100 and green >= 157 and abs(blue - 118) < 8
    Image.new("RGB", SIZE, (120, 160, 120)).save(tmp_path / name, icc_profile=b"broken")
    assert np.abs(read(tmp_path / name)[20, 20].astype(int) - (120, 160, 120)).max() <= 4


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png", "a.tif", "a.avif"])
def test_of_an_animation_the_first_picture_is_shown_and_that_is_said(
    tmp_path: Path, name: str
) -> None:
    first, *others = (Image.new("RGB", SIZE, (value, 40, 40)) for value in (200, 90, 30))
    first.save(tmp_path / name, save_all=True, append_images=others)
    picture, notes = read_portrait(tmp_path / name, 512)
    assert abs(picture.getpixel((20, 20))[0] - 200) < 8
    assert [note.row for note in notes] == [{"code": "first_picture", "pictures": 3}]


def test_avif(tmp_path: Path) -> None:
    Image.new("RGB", SIZE, (30, 160, 30)).save(tmp_path / "a.avif")
    assert np.abs(read(tmp_path / "a.avif")[20, 20].astype(int) - (30, 160, 30)).max() < 8


def ftyp(*brands: str) -> bytes:
    """The beginning of a file of the MP4 family."""
    body = b"ftyp" + brands[0].encode() + bytes(4) + "".join(brands[1:]).encode()
    return struct.pack(">I", len(body) + 4) + body + bytes(64)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.heic", ftyp("heic", "mif1"), "HEIC"),
        ("a.jpg", ftyp("heic", "mif1"), "HEIC"),
        ("a.heif", ftyp("mif1", "mif1", "heic"), "HEIC"),
        ("a.avif", ftyp("mif1", "mif1", "avif"), "AVIF"),
        ("a.jxl", b"\xff\x0a" + bytes(40), "JPEG XL"),
        ("a.jxl", b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(40), "JPEG XL"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        ("a.svg", b"<?xml version='1.0'?>\n<!-- by a tool -->\n<svg width='9'/>", "SVG"),
        ("a.exr", b"\x76\x2f\x31\x01" + bytes(40), "OpenEXR"),
        ("a.psd", b"8BPS\0\x01" + bytes(40), "Photoshop"),
        ("a.pdf", b"%PDF-1.7\n", "PDF"),
        ("a.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"),
        ("a.png", b"no picture", "PNG"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_refused_by_its_kind(
    tmp_path: Path, name: str, content: bytes, kind: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert is_still(path) and picture_kind(path) == kind
    with pytest.raises(InputError) as refused:
        read_portrait(path, 512)
    reason = (
        f"it is damaged, or a variant of {kind} that is not read"
        if kind in READ_KINDS
        else f"files of the kind {kind} are not read"
    )
    assert str(refused.value) == (
        f"{path}: cannot be read as a picture: {reason}; convert it to PNG or JPEG"
    )


@pytest.mark.parametrize("name", ["a.dng", "a.NEF", "a.cr2", "a.cr3", "a.arw", "a.raf"])
def test_raw_files_by_name(tmp_path: Path, name: str) -> None:
    deep("uint16", 65535).save(tmp_path / "a.tif")
    (tmp_path / "a.tif").rename(tmp_path / name)
    with pytest.raises(InputError, match="is a camera's raw file; develop it"):
        read(tmp_path / name)


def test_content_counts_more_than_a_name(tmp_path: Path) -> None:
    film = tmp_path / "film.png"
    film.write_bytes(ftyp("isom", "iso2"))
    assert not is_still(film)
    Image.new("RGB", SIZE).save(tmp_path / "picture.mp4", format="PNG")
    assert is_still(tmp_path / "picture.mp4")
    assert is_still(tmp_path / "missing.png") and not is_still(tmp_path / "missing.mp4")
    (tmp_path / "folder.png").mkdir()
    assert is_still(tmp_path / "folder.png")
    with pytest.raises(OSError, match="Is a directory"):
        read(tmp_path / "folder.png")
    for head in (b"\x1aE\xdf\xa3" + bytes(40), b"RIFF1234AVI LIST", b"G@\0\x10" * 99, b""):
        (tmp_path / "film.mov").write_bytes(head)
        assert not is_still(tmp_path / "film.mov")


def test_sizes_that_are_no_portrait(tmp_path: Path, monkeypatch) -> None:
    Image.new("RGB", (8, 200)).save(tmp_path / "a.png")
    with pytest.raises(InputError, match=r"is 8 x 200 pixels; 16 on each side"):
        read(tmp_path / "a.png")
    Image.new("1", (16_000, 12_000)).save(tmp_path / "a.png")
    with pytest.raises(InputError, match="too many pixels: at most 100 million"):
        read(tmp_path / "a.png")
    Image.new("1", (11_000, 10_000)).save(tmp_path / "a.png")
    with pytest.raises(InputError, match="too many pixels: at most 100 million"):
        read(tmp_path / "a.png")


def test_a_damaged_picture_is_one_message(tmp_path: Path) -> None:
    whole = io.BytesIO()
    Image.fromarray((np.random.default_rng(1).random((48, 64, 3)) * 255).astype(np.uint8)).save(
        whole, "PNG"
    )
    path = tmp_path / "a.png"
    for at in range(8, len(whole.getvalue()), 97):
        damaged = bytearray(whole.getvalue())
        damaged[at] ^= 0xFF
        path.write_bytes(damaged)
        try:
            read(path)
        except InputError as error:
            assert str(error).startswith(f"{path}: ")
