"""The progress of a run, film by film, as its events tell it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ..core.cuts import Cut
from .events import Event, JobFailed, JobFinished, JobName, JobsKnown, JobStarted
from .stages import NAMES, cost_of, stage_of

FilmName = tuple[str, str]
"""Video, and the key of the dub."""


@dataclass(frozen=True)
class FilmProgress:
    """How far a film is.

    Attributes:
        video: Its video.
        language: The key of its dub.
        stage: The place in `NAMES` of the last stage that has started; -1: none has yet.
        cuts: How many cuts this run works on; 0: not known yet.
        cuts_done: How many of them are done.
        frames_done: The frames of those.
        started: When its first job started, in seconds since 1970; None: none has yet.
        cuts_since: When the number of cuts was first known; None: it is not known yet.
        ended: When its last job ended; None: it is under way, or waits.
        failed: How many of its jobs failed.
        gpu_s: For how long its jobs held GPUs, in seconds times GPUs; without those that serve all
            languages.
        hits: How many of its jobs came from the cache between projects; without those.
        jobs_left: How many of its jobs are unfinished, as far as they are known.
        work_done: What its finished jobs of cuts cost, in seconds of one core.
        work_left: What its unfinished jobs will probably cost.
    """

    video: str
    language: str
    stage: int = -1
    cuts: int = 0
    cuts_done: int = 0
    frames_done: int = 0
    started: float | None = None
    cuts_since: float | None = None
    ended: float | None = None
    failed: int = 0
    gpu_s: float = 0.0
    hits: int = 0
    jobs_left: int = 0
    work_done: float = 0.0
    work_left: float = 0.0

    @property
    def stage_name(self) -> str:
        """The stage in words."""
        if self.ended is not None:
            return "stopped" if self.jobs_left else "done"
        return NAMES[self.stage] if self.stage >= 0 else "waiting"

    def frames_per_s(self, now: float) -> float | None:
        """Measure the speed of this run.

        Args:
            now: Seconds since 1970.

        Returns:
            Finished frames per second since the cuts are known; None before one is finished.
        """
        if self.cuts_since is None or not self.frames_done:
            return None
        return self.frames_done / max((self.ended or now) - self.cuts_since, 0.001)

    def left_s(self, now: float) -> float | None:
        """Estimate the time that is left.

        Args:
            now: Seconds since 1970.

        Returns:
            Seconds; None where too little is done to tell.
        """
        if self.cuts_since is None or self.ended is not None:
            return None
        if self.work_done <= 0.05 * (self.work_done + self.work_left):
            return None
        return (now - self.cuts_since) * self.work_left / self.work_done


@dataclass
class _Film:
    """What is known of a film."""

    stage: int = -1
    cuts: set[str] = field(default_factory=set)
    frames: int = 0
    """Of all its cuts."""
    started: float | None = None
    cuts_since: float | None = None
    ended: float | None = None
    gpu_s: float = 0.0
    hits: int = 0
    done: Counter[str] = field(default_factory=Counter)
    """Finished jobs by rule, since the cuts are known."""


class _Unfinished:
    """The unfinished jobs of a film, or those that all films of a video share.

    They are counted as they come and go: a display asks a few times a second.
    """

    def __init__(self) -> None:
        self.names: set[JobName] = set()
        self.rules: Counter[str] = Counter()
        self.frames = 0
        """The frames of the cuts that have such a job."""
        self._cuts: Counter[str] = Counter()

    @property
    def cuts(self) -> int:
        """How many cuts have such a job."""
        return len(self._cuts)

    def add(self, name: JobName) -> None:
        """Take notice of a job that is to be done."""
        if name in self.names:
            return
        self.names.add(name)
        self.rules[name.rule] += 1
        if name.cut:
            if name.cut not in self._cuts:
                self.frames += Cut.from_id(name.cut).frames
            self._cuts[name.cut] += 1

    def remove(self, name: JobName) -> None:
        """Take notice of a job that is done."""
        if name not in self.names:
            return
        self.names.remove(name)
        self.rules[name.rule] -= 1
        if name.cut:
            self._cuts[name.cut] -= 1
            if not self._cuts[name.cut]:
                del self._cuts[name.cut]
                self.frames -= Cut.from_id(name.cut).frames


class Progress:
    """The progress of a run, kept up to date by its events.

    The work on a film is counted only from the moment its cuts are known: before, nobody knows how
    much there will be, and afterwards the share that is done only grows.
    """

    def __init__(self, films: Iterable[FilmName]) -> None:
        self._films = {film: _Film() for film in films}
        self._unfinished: dict[FilmName, _Unfinished] = defaultdict(_Unfinished)
        """By video and dub; the dub is empty where a job serves all of them."""
        self._running: dict[int, tuple[JobName, float]] = {}
        self._failed: set[JobName] = set()
        self._spent: dict[str, float] = defaultdict(float)
        self._finished: Counter[str] = Counter()
        self.gpu_s, self.hits = 0.0, 0
        """What all finished jobs spent: seconds times GPUs; and how many came from the cache."""
        self.known = False
        """Whether the run has said which jobs it has."""

    def update(self, event: Event) -> None:
        """Take notice of an event.

        Args:
            event: What happened.
        """
        match event:
            case JobsKnown(time, jobs):
                self.known = True
                for name in jobs:
                    self._unfinished[name.video, name.language].add(name)
                    self._count_cut(name, time)
                    for film in self._films_of(name):
                        film.ended = None  # of what another machine did before
            case JobStarted(time, job, name):
                self._running[job] = name, time
                self._failed.discard(name)
                for film in self._films_of(name):
                    film.stage = max(film.stage, stage_of(name.rule))
                    film.started = time if film.started is None else film.started
            case JobFinished(time, job, took) if job in self._running:
                name, started = self._running.pop(job)
                self._finish(name, started, time)
                if took:
                    self._spend(name, took.gpu_s or 0.0, int(took.cache == "hit"))
            case JobFailed(job=job, took=took) if job in self._running:
                name, _ = self._running.pop(job)
                self._failed.add(name)
                if took:
                    self._spend(name, took.gpu_s or 0.0, 0)

    def end(self, time: float) -> None:
        """Take notice of the end of the run.

        Args:
            time: When, in seconds since 1970.
        """
        for film in self._films.values():
            if film.started is not None:
                film.ended = time if film.ended is None else film.ended

    def complete(self, time: float) -> None:
        """Take notice of a run that has done all that it had to.

        Jobs that it did not come to were not needed: a checkpoint found that nothing changed for
        them, such as the cuts of a dub whose speech is the same.

        Args:
            time: When, in seconds since 1970.
        """
        self._unfinished.clear()
        self.end(time)

    def films(self) -> list[FilmProgress]:
        """List the films that this run works on.

        Returns:
            Their progress, in the order of the project's tables.
        """
        costs, failed = self._costs(), self._failed_jobs()
        return [
            self._progress(name, film, costs, failed)
            for name, film in self._films.items()
            if film.started is not None or self._jobs_left(name)
        ]

    def running(self) -> list[JobName]:
        """List the jobs that are running.

        Returns:
            Their names.
        """
        return [name for name, _ in self._running.values()]

    def _finish(self, name: JobName, started: float, time: float) -> None:
        self._unfinished[name.video, name.language].remove(name)
        self._finished[name.rule] += 1
        self._spent[name.rule] += time - started
        for key, film in self._named_films_of(name):
            if film.cuts:
                film.done[name.rule] += 1
            if not self._jobs_left(key):
                film.ended = time

    def _spend(self, name: JobName, gpu_s: float, hits: int) -> None:
        self.gpu_s += gpu_s
        self.hits += hits
        if film := self._films.get((name.video, name.language)):
            film.gpu_s += gpu_s
            film.hits += hits

    def _count_cut(self, name: JobName, time: float) -> None:
        film = self._films.get((name.video, name.language))
        if film and name.cut and name.cut not in film.cuts:
            film.cuts.add(name.cut)
            film.frames += Cut.from_id(name.cut).frames
            film.cuts_since = time if film.cuts_since is None else film.cuts_since

    def _named_films_of(self, name: JobName) -> list[tuple[FilmName, _Film]]:
        """The films that need a job."""
        if name.language:
            film = self._films.get((name.video, name.language))
            return [((name.video, name.language), film)] if film else []
        return [(key, film) for key, film in self._films.items() if key[0] == name.video]

    def _films_of(self, name: JobName) -> Sequence[_Film]:
        return [film for _, film in self._named_films_of(name)]

    def _unfinished_of(self, film: FilmName) -> tuple[_Unfinished, _Unfinished]:
        """The unfinished jobs that a film needs: its own, and those of its video."""
        return self._unfinished[film], self._unfinished[film[0], ""]

    def _jobs_left(self, film: FilmName) -> int:
        return sum(len(jobs.names) for jobs in self._unfinished_of(film))

    def _failed_jobs(self) -> Counter[FilmName]:
        """How many of the jobs that are left have failed, by video and dub."""
        films = ((name, self._unfinished[name.video, name.language]) for name in self._failed)
        return Counter((name.video, name.language) for name, left in films if name in left.names)

    def _costs(self) -> Callable[[str], float]:
        """What a job of a rule took so far, or probably takes."""
        guessed = sum(cost_of(name) * count for name, count in self._finished.items())
        scale = sum(self._spent.values()) / guessed if guessed else 1.0

        def cost(rule: str) -> float:
            if self._finished[rule]:
                return self._spent[rule] / self._finished[rule]
            return scale * cost_of(rule)

        return cost

    def _progress(
        self,
        name: FilmName,
        film: _Film,
        cost: Callable[[str], float],
        failed: Counter[FilmName],
    ) -> FilmProgress:
        own, shared = self._unfinished_of(name)
        left = own.rules + shared.rules
        return FilmProgress(
            *name,
            stage=film.stage,
            cuts=len(film.cuts),
            cuts_done=len(film.cuts) - own.cuts,
            frames_done=film.frames - own.frames,
            started=film.started,
            cuts_since=film.cuts_since,
            ended=film.ended,
            failed=failed[name] + failed[name[0], ""],
            gpu_s=film.gpu_s,
            hits=film.hits,
            jobs_left=self._jobs_left(name),
            work_done=sum(cost(rule) * count for rule, count in film.done.items()),
            work_left=sum(cost(rule) * count for rule, count in left.items()),
        )
