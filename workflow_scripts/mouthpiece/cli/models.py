"""The command `models`."""

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

from ..core import jobs as job
from ..core.errors import InputError
from ..weights.table import read_table, select

log = logging.getLogger(__name__)

STOPPED = 130
"""The exit code after ctrl-C, as shells have it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(prog="python -m mouthpiece.weights", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (("fetch", "download weights"), ("list", "show the table with licences")):
        command = commands.add_parser(name, help=text)
        add = command.add_argument
        add("names", nargs="*", metavar="NAME")
        add("--for", dest="users", action="append", default=[], metavar="USER")
        add("--configfile", nargs="+", type=Path, default=[], metavar="FILE",
            help="what this config asks for, as for snakemake")  # fmt: skip
        if name == "fetch":
            add("--unpinned", action="store_true", help="take files without hash")
    options = parser.parse_args(arguments)
    try:
        return job.run_command(lambda: _run(options))
    except KeyboardInterrupt:
        log.error("stopped; run again: it goes on from there")
        return STOPPED


def _run(options: argparse.Namespace) -> None:
    # Here, since no stage that reads weights depends on their code.
    from ..project import required_weights as needs
    from ..project.project import Project, config_files, read_config
    from ..weights import download

    table = read_table()
    named = select(table, options.names, options.users)
    files = config_files(options.configfile)
    if options.configfile or (options.command == "fetch" and files and not named):
        project = Project.open(read_config(files), files)
        needs.check_folders(project, files)
        asked = needs.to_fetch(project)
        named = list({weight.name: weight for weight in (*named, *asked)}.values())
    if options.command == "list":
        everything = not (options.names or options.users or options.configfile)
        for weight in table.values() if everything else named:
            users = ",".join(weight.needed_by)
            log.info("%s\t%s\t%s\t%s", weight.name, weight.source, weight.licence, users)
    elif named:
        download.fetch(named, unpinned=options.unpinned)
    elif files:
        log.info("all that the config asks for lies in folders of your own")
    else:
        raise InputError(
            "say which weights: names, --for a user such as guard or musetalk, or --configfile "
            "job.yaml for what a config asks for (there is no config/config.yaml here)"
        )
