"""What a project's cuts would cost at a hosted service, and from where an own GPU is cheaper."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path

from ..core.errors import Fault, InputError
from ..core.face_share import read_face_share
from ..core.faces_table import read_faces
from ..core.files import read_json
from ..engines.purchases import Purchases, purchases_of
from ..engines.settings import EngineSettings
from ..project.project import Project

HOUR_S = 3600


@dataclass
class FilmCost:
    """What the cuts of a film cost.

    Attributes:
        film: Video and language.
        cuts: How many are drawn by a service.
        bought: How many of them are drawn already.
        length_s: The length of the others, in seconds.
        usd: What the others cost, in US dollars.
        is_guessed: Whether the film counts as one cut, as its cuts are not known.
    """

    film: str
    cuts: int = 0
    bought: int = 0
    length_s: float = 0.0
    usd: float = 0.0
    is_guessed: bool = field(default=False)

    def add(self, length_s: float, shop: Purchases) -> None:
        """Count a cut that is not bought.

        Args:
            length_s: How long it is.
            shop: Who knows what it costs.
        """
        self.length_s += length_s
        self.usd += shop.usd(length_s)


def cost_lines(project: Project, results: Path) -> Iterator[str]:
    """Say what the cuts of a project would cost. Nothing is sent.

    Args:
        project: The project.
        results: The folder of results.

    Yields:
        A table with tabs, and what it means.

    Raises:
        InputError: No cut is drawn by a service, or no price is set.
    """
    films = [film_cost(project, results, *key) for key in project.dubs]
    films = [film for film in films if film.cuts]
    if not films:
        raise InputError(
            "no cut of this project is drawn by a hosted service: set engine, or final.engine, to "
            "hosted"
        )
    yield "film\tcuts\tbought\tminutes\tusd"
    for film in films:
        mark = " (its whole length: its cuts are not known yet)" if film.is_guessed else ""
        counts = f"{film.cuts}\t{film.bought}\t{film.length_s / 60:.2f}"
        yield f"{film.film}\t{counts}\t{film.usd:.3f}{mark}"
    usd, length_s = sum(film.usd for film in films), sum(film.length_s for film in films)
    yield f"still to be bought: {length_s / 60:.2f} minutes for {usd:.3f} USD"
    if length_s:
        yield from _break_even(project, usd, length_s)


def film_cost(project: Project, results: Path, video: str, language: str) -> FilmCost:
    """Work out what the cuts of a film cost.

    Args:
        project: The project.
        results: The folder of results.
        video: The video's id.
        language: The dub's key.

    Returns:
        Its cost.
    """
    found = FilmCost(f"{video} {language}")
    shared = results / video / "_shared"
    frames, rate = _length(shared)
    dub = project.dubs[video, language].audio
    table = shared / "faces.tsv"
    cuts = [cut for cut, drawn in read_faces(table).items() if drawn] if table.is_file() else []
    for cut in cuts:
        settings = project.settings_for(video, language, cut)
        rows = {"draft.json": project.drafting_engine(video, language, cut, cut)}
        if project.has_final(video, language, cut, cut, partial(_face_share, shared, cut)):
            rows["final/drawn.json"] = settings.of_final.chosen_engine
        for row, engine in rows.items():
            shop = purchases_of(engine)
            if shop is None:
                continue
            found.cuts += 1
            if _is_drawn(results / video / language / "cuts" / cut / row, engine, dub):
                found.bought += 1
                continue
            first, last = (int(number) for number in cut.split("-"))
            found.add(float((last - first + 1) / rate), shop)
    if not table.is_file():
        for drawing in project.settings_for(video, language, "*").drawing:
            if shop := purchases_of(drawing.chosen_engine):
                found.cuts, found.is_guessed = 1, True
                found.add(float(frames / rate), shop)
    return found


def _face_share(shared: Path, cut: str) -> float:
    return read_face_share(shared / "cuts" / cut / "guard.json", shared / "source.json")


def _length(shared: Path) -> tuple[int, Fraction]:
    """Frames and rate of a video, as far as they were looked at."""
    for name in ("preflight.json", "check.json"):
        if (shared / name).is_file():
            try:
                source = read_json(shared / name)["source"]
                return int(source["frames"]), Fraction(source["rate"])
            except (ValueError, KeyError, TypeError) as error:
                raise Fault(f"{shared / name}: cannot be read ({error}); delete it") from None
    raise InputError(f"{shared.parent.name}: how long it is, is not known; run `mouthpiece check`")


def _is_drawn(row: Path, engine: EngineSettings, dub: Path | None) -> bool:
    """Whether a cut was bought as it is wanted now, of the dub as it is now."""
    if not row.is_file():
        return False
    if dub and dub.is_file() and dub.stat().st_mtime > row.stat().st_mtime:
        return False
    values = read_json(row)
    wanted = engine.resolved().model_dump(mode="json", exclude=set(engine.runtime_options))
    return values.get("settings") == wanted and bool(values.get("draft"))


def _break_even(project: Project, usd: float, length_s: float) -> Iterator[str]:
    """At which price of a GPU's hour the engines with large networks cost as much."""
    prices = project.settings.overview
    for name, engine in _own_engines(project):
        work_s = (engine.shared_work_s + engine.language_work_s) * length_s
        unit = "GPU" if engine.gpus else "core"
        yield (
            f"{name} would take about {work_s:.0f} s of a {unit} for them: it costs less where an "
            f"hour of the {unit} costs less than {usd * HOUR_S / work_s:.2f} USD"
        )
        price = prices.gpu_price_per_hour if engine.gpus else prices.cpu_price_per_hour
        if price:
            yield f"by the section overview that is {work_s * price / HOUR_S:.2f} {prices.currency}"


def _own_engines(project: Project) -> Iterator[tuple[str, EngineSettings]]:
    engines = project.settings.engines
    for name in type(engines).model_fields:
        if (engine := engines.of(name)).uses_worker:
            yield name, engine
