"""What one job of a cluster makes of the films: a part of what a run makes.

The job runs the workflow on its node. It finds its part by an environment variable, which all
processes of the job have. This module imports only the standard library and `core`.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, Self

from ..core.errors import InputError
from ..core.files import read_json, write_json

VARIABLE = "MOUTHPIECE_PART"
"""The environment variable that names the file of a part."""

FOLDER = Path("results/.cluster")
"""Where a run on a cluster keeps its files; emptied when the next one begins."""

TOKEN = FOLDER / "token"
"""The file that names the run at work."""

Stage = Literal["before", "guards", "cuts", "shared", "films", "end"]
"""What is made: all before the cuts; the guards of some cuts; what is drawn on them; what all
languages share that needs all guards; films; the overview of all films."""


@dataclass(frozen=True)
class Part:
    """A part of the films.

    Attributes:
        run: The run that the job is of.
        stage: What is made.
        films: Of which films: video and key of the dub.
        cuts: Of which cuts of their video; none: of all.
        attempt: The number of this attempt of the job, from 1.
        attempts: How many attempts the job has.
    """

    run: str
    stage: Stage
    films: Sequence[tuple[str, str]] = ()
    cuts: Sequence[str] = ()
    attempt: int = 1
    attempts: int = 1

    @classmethod
    def here(cls, environment: Mapping[str, str] = os.environ) -> Self | None:
        """Read the part that this process makes.

        Args:
            environment: The process's environment.

        Returns:
            The part; None in a run that makes all.
        """
        file = environment.get(VARIABLE)
        if not file:
            return None
        values = read_json(Path(file))
        return cls(**values | {"films": [(video, key) for video, key in values["films"]]})

    def write(self, file: Path) -> dict[str, str]:
        """Write the part for the processes that make it.

        Args:
            file: The file.

        Returns:
            What their environment has besides the usual.
        """
        write_json(file, asdict(self))
        return {VARIABLE: str(file)}

    def check(self) -> None:
        """Make sure that the run which this part is of is still at work in this folder.

        Raises:
            InputError: It is over. A job that it left must not write beside the jobs of another.
        """
        try:
            running = TOKEN.read_text(encoding="utf-8")
        except FileNotFoundError:
            running = ""
        if running != self.run:
            raise InputError("the run that submitted this job is over; nothing was done")

    @property
    def is_of_a_job(self) -> bool:
        """Whether it is made on a node: others make what is left, and the run itself reports."""
        return self.stage != "end"

    def has_film(self, video: str, language: str) -> bool:
        """Tell whether it has a film.

        Args:
            video: The video.
            language: The key of the dub.

        Returns:
            Whether it is one of its films.
        """
        return (video, language) in self.films

    def has_cut(self, cut: str) -> bool:
        """Tell whether it has a cut.

        Args:
            cut: A cut of its video.

        Returns:
            Whether it is one of its cuts.
        """
        return not self.cuts or cut in self.cuts

    def has_file(self, file: str) -> bool:
        """Tell whether a file of the results is of one of its films.

        Args:
            file: The path of what is delivered of a film, or of a video with all its films.

        Returns:
            Whether it is.
        """
        video, *rest = Path(file).parts[1:]
        return any(v == video and (len(rest) == 1 or rest[0] == key) for v, key in self.films)
