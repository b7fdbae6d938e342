"""MuseTalk's files, named and laid out as in upstream's `models/`.

A group holds the names of files of which the first that is there is taken.
"""

Group = tuple[str, ...]

UNETS = {"1.5": "musetalkV15/unet.pth", "1.0": "musetalk/pytorch_model.bin"}
UNET_CONFIGS = {"1.5": "musetalkV15/musetalk.json", "1.0": "musetalk/musetalk.json"}
VAE = ("sd-vae/diffusion_pytorch_model.safetensors", "sd-vae/diffusion_pytorch_model.bin")
VAE_CONFIG = "sd-vae/config.json"
WHISPER = ("whisper/model.safetensors", "whisper/pytorch_model.bin")
WHISPER_CONFIG = "whisper/config.json"
PARSER = "face-parse-bisent/79999_iter.pth"
DWPOSE = "dwpose/dw-ll_ucoco_384.onnx"
ALTERNATIVES = {group[0]: group for group in (VAE, WHISPER)}
"""Files of models/weights.tsv in whose place others serve."""


def bake_files(parsing: str, landmarks: str) -> list[Group]:
    """Name the files that an avatar depends on.

    Args:
        parsing: What finds the skin, "bisenet" or "drawn".
        landmarks: What finds the landmarks, "mesh" or "dwpose".

    Returns:
        The groups of names.
    """
    groups: list[Group] = [VAE, (VAE_CONFIG,)]
    groups += [(PARSER,)] if parsing == "bisenet" else []
    groups += [(DWPOSE,)] if landmarks == "dwpose" else []
    return groups


def draft_files(version: str) -> list[Group]:
    """Name the files that a draft depends on besides its avatar.

    Args:
        version: "1.5" or "1.0".

    Returns:
        The groups of names.
    """
    unet: list[Group] = [(UNETS[version],), (UNET_CONFIGS[version],)]
    return [*unet, VAE, (VAE_CONFIG,), WHISPER, (WHISPER_CONFIG,)]


def all_files(version: str) -> list[Group]:
    """Name the files that may be loaded.

    Args:
        version: "1.5" or "1.0".

    Returns:
        The groups of names.
    """
    return [*draft_files(version), (PARSER,), (DWPOSE,)]
