"""Localizing a film from Python: what `mouthpiece localize` does, without a terminal."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from ..core.errors import Fault, InputError
from ..core.user_files import resolved
from ..project.project import Project
from ..reports.summary import FilmSummary, summarize
from ..runs.events import Event
from ..runs.failures import Failures, named
from ..runs.folder import Localization, check_weights, lay_out, named_configs
from ..runs.process import Command, log_file, run
from ..runs.safe_ids import video_id


@dataclass(frozen=True)
class Result:
    """What a run made of a film.

    Attributes:
        folder: The project's folder.
        films: The films, by the key of the dub.
        pages: The review pages, by the key of the dub.
        summaries: What became of the cuts, by the key of the dub.
    """

    folder: Path
    films: dict[str, Path]
    pages: dict[str, Path]
    summaries: dict[str, FilmSummary]


def localize(
    film: str | os.PathLike[str],
    dubs: Mapping[str, str | os.PathLike[str]] = MappingProxyType({}),
    *,
    to: Sequence[str] = (),
    consent: str = "",
    language: str = "",
    script: str | os.PathLike[str] | None = None,
    background: str | os.PathLike[str] | None = None,
    may_leave: bool = False,
    out: str | os.PathLike[str] | None = None,
    engine: str = "",
    length_policy: str = "",
    cores: int | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
) -> Result:
    """Localize a film. What is made already is kept; an interrupted call can be repeated.

    Args:
        film: The film, or a still picture.
        dubs: Dubs of your own: the audio files by language tag, such as "de"; a name after it tells
            several dubs in one language apart, as in "en_anna".
        to: The languages of dubs that are made from the film's own sound, such as ["pt-BR"].
        consent: Who allowed the likeness of the people in the film to be used, and where that is
            kept. Needed once a film.
        language: The language that is spoken in the film, a BCP-47 tag; default: detected.
        script: What is said in it: subtitles or a transcript; default: it is recognized.
        background: Its music and effects without voices; default: they are separated.
        may_leave: Whether the people in the film allow that pictures of them are sent to a hosted
            service, where an engine does that.
        out: The project's folder; default: one named after the film, in the working folder.
        engine: The engine; default: the preview.
        length_policy: Where a dub and the film differ in length: "auto", "pad", "trim", "loop" or
            "error".
        cores: How many cores to use; default: all.
        on_event: Called with each event of the run, for a display of your own.

    Returns:
        The films and pages of these dubs.

    Raises:
        InputError: Something that was given is wrong. Nothing is written then.
        Fault: The run failed. The message has each error once.
    """
    if cores is not None and cores < 1:
        raise InputError(f"cores: {cores} is not a number from 1")
    source = Path(film)
    audio: dict[str, Path | None] = dict.fromkeys(to)
    audio |= {key: Path(path) for key, path in dubs.items()}
    folder = Path(out) if out is not None else Path(video_id(source))
    wanted = Localization(
        source,
        audio,
        consent,
        engine,
        length_policy,
        language,
        Path(script) if script else None,
        Path(background) if background else None,
        may_leave,
    )
    project = lay_out(folder, wanted)
    check_weights(folder, project)
    _run(folder, "all" if cores is None else str(cores), on_event)
    return _result(folder, project, source, list(audio))


def _run(folder: Path, cores: str, on_event: Callable[[Event], None]) -> None:
    log, failures = log_file(folder), Failures(folder)

    def notice(event: Event) -> None:
        failures.update(event)
        on_event(event)

    outcome = run(Command(folder, named_configs(folder), cores), folder / log, notice)
    if outcome.code:
        messages = [
            f"{problem.message} (in {named(problem.jobs)})" if problem.jobs else problem.message
            for problem in failures.problems()
        ]
        told = "; ".join(messages) or f"Snakemake ended with code {outcome.code}"
        raise Fault(f"{told}; the whole log: {folder / log}")


def _result(folder: Path, project: Project, source: Path, keys: list[str]) -> Result:
    film = resolved(source)
    video = next(name for name, one in project.videos.items() if one.path == film)
    found = dict(
        zip(keys, summarize(folder / "results", [(video, key) for key in keys]), strict=True)
    )
    return Result(
        folder,
        {key: one.film for key, one in found.items() if one.film},
        {key: one.page for key, one in found.items() if one.page},
        found,
    )
