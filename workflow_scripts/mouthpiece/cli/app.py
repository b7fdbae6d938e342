"""The `mouthpiece` command: its commands and its own options.

Modules of commands import the rest of the library only when a command runs, so that `--help` and
the completion of shells are fast.
"""

from typing import Annotated

import typer

from ..core.garbage import end_without_looking_for_garbage
from . import (
    cache,
    calibrate,
    check,
    config,
    costs,
    decisions,
    demo,
    doctor,
    greet,
    hosted,
    imports,
    localize,
    models,
    review,
    run,
    sheet,
    talk,
    verify,
    worker,
)

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("run")(run.run)
app.command("check")(check.check)
app.command("localize")(localize.localize)
app.add_typer(imports.app, name="import")
app.command("greet")(greet.greet)
app.command("review")(review.review)
app.command("talk")(talk.talk)
app.add_typer(decisions.app, name="decisions")
app.command("verify")(verify.verify)
app.command("calibrate")(calibrate.calibrate)
app.command("sheet")(sheet.sheet)
app.command("costs")(costs.costs)
app.add_typer(models.app, name="models")
app.add_typer(worker.app, name="worker")
app.add_typer(cache.app, name="cache")
app.add_typer(hosted.app, name="hosted")
app.command("doctor")(doctor.doctor)
app.command("demo")(demo.demo)
app.add_typer(config.app, name="config")


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"mouthpiece {version('mouthpiece')}")
        raise typer.Exit


@app.callback()
def mouthpiece(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Localize video: redraw mouths to fit a dub, and gate every cut by a sync score."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: What follows `mouthpiece` on the command line; default: `sys.argv`.

    Returns:
        The exit code.
    """
    end_without_looking_for_garbage()
    try:
        app(arguments, prog_name="mouthpiece")
    except SystemExit as exit:
        return exit.code if isinstance(exit.code, int) else int(exit.code is not None)
    return 0
