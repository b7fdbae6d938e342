"""`mouthpiece review`: the review server."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import ConfigFiles, default_configs, execute
from .local_page import check_port, serve
from .run import Cores, ProfileName

if TYPE_CHECKING:
    from ..runs.runner import Runner

log = logging.getLogger(__name__)


def review(
    config: ConfigFiles = [],
    decisions: Annotated[
        Path | None,
        typer.Option(metavar="TABLE", help="Save decisions to it. Default: the config's."),
    ] = None,
    edits: Annotated[
        Path | None,
        typer.Option(metavar="TABLE", help="Save edits of lines to it. Default: the config's."),
    ] = None,
    results: Annotated[Path, typer.Option(metavar="FOLDER", help="The results to review.")] = Path(
        "results"
    ),
    port: Annotated[
        int | None,
        typer.Option(help="0: any free port. Default: 8437, or any free one where that is in use."),
    ] = None,
    new_link: Annotated[
        bool,
        typer.Option("--new-link", help="Make the address new: links from before open nothing."),
    ] = False,
    apply: Annotated[
        bool,
        typer.Option(
            "--apply", help="Let the page start the run that obeys it, as the config may, too."
        ),
    ] = False,
    profile: ProfileName = "",
    cores: Cores = "all",
) -> None:
    """Serve the review pages on this machine and save each decision and edit at once."""

    def work() -> None:
        tables = {"--decisions": decisions, "--edits": edits}
        configs = default_configs(config)
        others = [name for name, table in tables.items() if table]
        others += [] if results.resolve() == Path("results").resolve() else ["--results"]
        runner = _runner(configs, ["--cores", cores] * (cores != "all"), profile, apply, others)
        _serve(configs, decisions, edits, results, port, runner, new_link)

    execute(work)


def _runner(
    configs: list[Path], cores: list[str], profile: str, apply: bool, others: list[str]
) -> "Runner | None":
    """What starts the project's run; None where pages decide on something else than it obeys."""
    from ..core.errors import InputError
    from ..project.config_file import config_files, read_config
    from ..project.settings import load
    from ..runs.runner import Runner

    files = config_files(configs)
    if others or not files:
        if apply:
            why = f"{others[0]} names another" if others else "there is no config here"
            raise InputError(f"--apply starts the run of the config's own project; {why}")
        return None
    is_allowed = apply or load(read_config(files), files).review.apply
    named = [word for file in configs for word in ("--config", str(file))]
    words = ["run", *named, *(["--profile", profile] if profile else []), *cores]
    return Runner(Path(), words, is_allowed)


def _serve(
    config: list[Path],
    decisions: Path | None,
    edits: Path | None,
    results: Path,
    port: int | None,
    runner: "Runner | None",
    is_new: bool,
) -> None:
    from ..core.errors import InputError
    from ..review.decisions import Table
    from ..review.edits import EditTable
    from ..review.override_table import OverrideTable
    from ..review.server import Server
    from ..review.store import open_reviews

    check_port(port)
    reviews = open_reviews(results, decisions, config, edits)
    Table(reviews.table)  # a wrong table is reported now, not at the first decision
    EditTable(reviews.lines.table)
    OverrideTable(reviews.remedies.table)
    secret = _secret(results, is_new)
    try:
        server = (
            Server.usual(reviews, runner, secret)
            if port is None
            else Server(reviews, port, runner, secret)
        )
    except OSError as error:
        raise InputError(f"port {port}: {error.strerror}") from None
    with server:
        log.info("decisions are saved to %s", reviews.table)
        log.info("remedies are saved to %s", reviews.remedies.table)
        if reviews.made:
            log.info("edits of lines are saved to %s", reviews.lines.table)
        if runner and runner.is_allowed:
            log.info("the page may start the run: mouthpiece %s", " ".join(runner.words))
        if secret:
            _tell_of_links(server.server_port, port)
        serve(server, "review", "decide", "delete it, and start with --new-link")
        if runner and runner.pid:
            log.info(
                "the run that the page asked for goes on: process %d; kill -INT %d stops it",
                runner.pid,
                runner.pid,
            )


def _secret(results: Path, is_new: bool) -> str:
    """The secret of the project's address; empty where none can be kept."""
    from ..core.errors import Fault, InputError
    from ..review.secret_file import SecretFile

    file = SecretFile.of(results)
    try:
        return file.renewed() if is_new else file.kept()
    except (Fault, InputError) as error:
        if is_new:
            raise InputError(f"--new-link: {error}") from None
        log.warning("the address is new, and holds until the server stops: %s", error)
        return ""


def _tell_of_links(port: int, wanted: int | None) -> None:
    """Say whether links to the address open after the next start, too."""
    from ..review.server import USUAL_PORT

    if wanted is None and port != USUAL_PORT:
        log.warning(
            "port %d is in use, so links from before do not lead here; give each project a port of "
            "its own: --port",
            USUAL_PORT,
        )
    elif wanted != 0:
        log.info("the address is the same at each start; --new-link makes it new")
