"""Wav2Lip's files. A group holds the names of files of which the first that is there is taken:

those of models/weights.tsv, and those that they have in upstream's own folder.
"""

Group = tuple[str, ...]

CHECKPOINTS: dict[str, Group] = {
    version: (f"wav2lip/{name}", f"checkpoints/{name}", name)
    for version, name in (("gan", "wav2lip_gan.pth"), ("plain", "wav2lip.pth"))
}

USERS = {"gan": "wav2lip", "plain": "wav2lip-plain"}
"""The users of the files, as models/weights.tsv names them."""


def alternatives(name: str) -> Group:
    """Name the files that serve in place of one of models/weights.tsv.

    Args:
        name: The file.

    Returns:
        The file itself, and those.
    """
    return next((group for group in CHECKPOINTS.values() if group[0] == name), (name,))
