"""LatentSync's files. A group holds the names of files of which the first that is there is taken:

those of models/weights.tsv, and those that they have in upstream's own folder.
"""

Group = tuple[str, ...]

UNETS: dict[str, Group] = {
    version: (
        f"latentsync-{version}/latentsync_unet.pt",
        "checkpoints/latentsync_unet.pt",
        "latentsync_unet.pt",
    )
    for version in ("1.6", "1.5")
}
CONFIGS: dict[str, Group] = {
    "1.6": ("latentsync-1.6/stage2_512.yaml", "configs/unet/stage2_512.yaml"),
    "1.5": ("latentsync-1.5/stage2.yaml", "configs/unet/stage2.yaml"),
}
SCHEDULE: Group = ("latentsync/scheduler_config.json", "configs/scheduler_config.json")
WHISPER: Group = ("whisper/tiny.pt", "checkpoints/whisper/tiny.pt")
VAE: Group = tuple(
    f"{folder}/diffusion_pytorch_model.{kind}"
    for folder in ("sd-vae", "sd-vae-ft-mse")
    for kind in ("safetensors", "bin")
)
VAE_CONFIG: Group = ("sd-vae/config.json", "sd-vae-ft-mse/config.json")


def bake_files(version: str) -> list[Group]:
    """Name the files that an avatar depends on.

    Args:
        version: "1.6" or "1.5".

    Returns:
        The groups of names.
    """
    return [CONFIGS[version], VAE, VAE_CONFIG]


def draft_files(version: str) -> list[Group]:
    """Name the files that a draft depends on.

    Args:
        version: "1.6" or "1.5".

    Returns:
        The groups of names.
    """
    return [*bake_files(version), UNETS[version], SCHEDULE, WHISPER]


def alternatives(name: str) -> Group:
    """Name the files that serve in place of one of models/weights.tsv.

    Args:
        name: The file.

    Returns:
        The file itself, and those.
    """
    groups = [*UNETS.values(), *CONFIGS.values(), SCHEDULE, WHISPER, VAE, VAE_CONFIG]
    return next((group for group in groups if group[0] == name), (name,))
