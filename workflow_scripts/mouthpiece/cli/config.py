"""`mouthpiece config`: what is made from the declaration of the config, for developers."""

import logging
from typing import Annotated

import typer

from .console import execute

log = logging.getLogger(__name__)

app = typer.Typer(no_args_is_help=True, help="For developers: the config's schema and docs.")


@app.callback()
def config() -> None:
    """For developers: the config's schema and docs."""


@app.command()
def schema(
    write: Annotated[
        bool,
        typer.Option(
            "--write", help="Renew config/README.md and config/schemas/config.schema.json."
        ),
    ] = False,
) -> None:
    """Print the JSON schema of the config, or renew the files that are made from it."""
    execute(lambda: _schema(write))


def _schema(write: bool) -> None:
    from ..project import docs

    if not write:
        typer.echo(docs.schema(), nl=False)
        return
    docs.write()
    log.info("renewed %s and %s", docs.CONFIG / "README.md", docs.CONFIG / "schemas")
