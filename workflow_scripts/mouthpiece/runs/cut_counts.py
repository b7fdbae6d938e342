"""How many cuts a run works on, and how many of them are done."""

from ..core.cuts import Cut


class CutCounts:
    """Counts the cuts of videos by their jobs; a cut is one, however many languages it has.

    A cut whose guard is done may get more jobs, and then is not done any more.

    Attributes:
        done: Cuts of which no job is left, as far as they are known.
        left: The others.
        frames: The frames of those that are done.
    """

    def __init__(self) -> None:
        self.done = self.left = self.frames = 0
        self._jobs: dict[tuple[str, str], int] = {}

    def add(self, video: str, cut: str, jobs: int) -> None:
        """Take notice of jobs of a cut that became known, or that are done.

        Args:
            video: The video.
            cut: The cut; empty: jobs that are of no cut, which are not counted.
            jobs: How many; below 0: they are done.
        """
        if not cut:
            return
        before = self._jobs.get((video, cut))
        after = self._jobs[video, cut] = max(0, (before or 0) + jobs)
        if before is not None:
            self._count(cut, before, -1)
        self._count(cut, after, 1)

    def finish(self) -> None:
        """Count all cuts as done: the run was, and came to no job of the others."""
        for (video, cut), jobs in list(self._jobs.items()):
            self.add(video, cut, -jobs)

    def _count(self, cut: str, jobs: int, number: int) -> None:
        if jobs:
            self.left += number
        else:
            self.done += number
            self.frames += number * Cut.from_id(cut).frames
