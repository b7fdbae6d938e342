"""Profiles: files of Snakemake's options, by name or by folder."""

from pathlib import Path

from ..core.errors import InputError
from ..core.paths import WORKFLOW
from ..core.user_files import user_path
from ..project.config_file import read_one

FILES = ("profile*.yaml", "config*.yaml")
"""What a profile's folder holds one of."""


def find_profile(name: str, folder: Path) -> Path:
    """Find a profile: in the project's `profiles/`, among the packaged ones, or by its path.

    Args:
        name: A name such as "slurm", or the path of a folder or file.
        folder: The project's folder.

    Returns:
        Its absolute path.

    Raises:
        InputError: There is none.
    """
    path = user_path(name)
    named = (
        [] if len(path.parts) > 1 else [folder / "profiles" / name, WORKFLOW / "profiles" / name]
    )
    for place in (*named, path):
        if place.is_file() or any(file for files in FILES for file in place.glob(files)):
            return place.absolute()
    raise InputError(
        f"--profile {name}: there is no such profile; known: {', '.join(_names(folder))}; or name "
        "a folder that has a config.yaml"
    )


def submission_defaults(profile: Path) -> dict[str, str]:
    """Read partition and account from a profile's `default-resources`.

    Args:
        profile: Its folder, or its file.

    Returns:
        Those that it sets, by the keys of the section `cluster`.
    """
    files = [profile] if profile.is_file() else [f for name in FILES for f in profile.glob(name)]
    values = read_one(files[0]) if files else {}
    resources = values.get("default-resources") or {}
    if isinstance(resources, list):  # as on Snakemake's command line
        resources = dict(str(resource).split("=", 1) for resource in resources)
    names = {"slurm_partition": "partition", "slurm_account": "account"}
    return {own: str(resources[name]) for name, own in names.items() if resources.get(name)}


def _names(folder: Path) -> list[str]:
    places = (folder / "profiles", WORKFLOW / "profiles")
    return sorted({path.parent.name for place in places for path in place.glob("*/*.yaml")})
