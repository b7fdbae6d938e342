"""Pixel formats: what they hold, and which of x264's keeps most of it."""

import av


def is_rgb(stored: av.VideoFormat) -> bool:
    """Whether samples are RGB, plain or by a palette.

    Args:
        stored: A pixel format.

    Returns:
        True for RGB, False for YUV and grey.
    """
    return stored.is_rgb or stored.has_palette


def nearest_pixel_format(stored: av.VideoFormat) -> str:
    """Choose the pixel format of x264, 8 or 10 bit, that keeps most of a stored one.

    Args:
        stored: A pixel format. Its alpha is dropped.

    Returns:
        ffmpeg's name of a planar YUV format: 4:2:0, 4:2:2 or 4:4:4.
    """
    depth = max(component.bits for component in stored.components)
    if is_rgb(stored):
        chroma = "444"
    elif len(stored.components) < 3:
        chroma = "420"
    else:
        across, down = 64 // stored.chroma_width(64), 64 // stored.chroma_height(64)
        # 4:4:0 loses nothing in 4:4:4, nor 4:1:1 in 4:2:2.
        chroma = {(1, 1): "444", (1, 2): "444", (2, 1): "422", (4, 1): "422"}.get(
            (across, down), "420"
        )
    return f"yuv{chroma}p" + ("10le" if depth > 8 else "")
