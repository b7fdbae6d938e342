"""Paths of the project's own files, in a checkout or in an installed package."""

from pathlib import Path

from platformdirs import user_cache_path, user_state_path

PACKAGE = Path(__file__).resolve().parents[1]
"""The folder of the library."""


def _workflow() -> Path:
    checkout = PACKAGE.parents[1]
    return checkout if (checkout / "Snakefile").is_file() else PACKAGE / "workflow"


WORKFLOW = _workflow()
"""The folder of the Snakefile, the rules, the schemas and the embedded weights."""

IS_INSTALLED = WORKFLOW.is_relative_to(PACKAGE)
"""Whether this is an installed package, whose folder is not to be written to."""


def cache_folder() -> Path:
    """Find the user's folder for what can be downloaded again.

    Returns:
        On Linux `mouthpiece` in $XDG_CACHE_HOME, or in ~/.cache.
    """
    return user_cache_path("mouthpiece")


def state_folder() -> Path:
    """Find the user's folder for what is kept from one command to the next.

    Returns:
        On Linux `mouthpiece` in $XDG_STATE_HOME, or in ~/.local/state.
    """
    return user_state_path("mouthpiece")
