"""What preflight.json holds: the facts of a source, and the problem of each of its films."""

from pathlib import Path
from typing import Any

from .errors import Fault
from .files import read_json


def read_preflight(path: Path) -> dict[str, Any]:
    """Read a preflight.json.

    Args:
        path: The file.

    Returns:
        Its values: `source`, the facts of the source, and `films`, by key of the dub.

    Raises:
        Fault: The file is broken.
    """
    try:
        return dict(read_json(path))
    except (OSError, ValueError, TypeError) as error:
        raise Fault(f"{path}: cannot be read ({error}); delete it and run again") from None
