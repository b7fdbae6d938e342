"""The training commands, in their order; `docs/training.md` explains them.

python -m mouthpiece.training prepare GRID CACHE     track the faces of GRID's films, once
python -m mouthpiece.training build CACHE DATA       make the data set, with synthetic voices
python -m mouthpiece.training talkers CLIPS DATA     add free speech of other people to it
python -m mouthpiece.training lips DATA              train the lip motion
python -m mouthpiece.training phones DATA            fit the lip motion to a recognizer's features
python -m mouthpiece.training sync DATA              train the sync scorer
python -m mouthpiece.training phone_sync DATA        train the towers that tell who speaks
python -m mouthpiece.training evaluate DATA          measure both, write metrics.json
"""

import argparse
import logging
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from ..core.errors import Fault, InputError
from ..weights.embedded import FOLDER

log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: The command line; default this process's.

    Returns:
        The exit code: 0, 1 for a fault, 2 for bad input.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(
        prog="python -m mouthpiece.training", description="Train the embedded networks."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("prepare", help="track the faces of GRID's films, once")
    one.add_argument("corpus", type=Path, help="folder of GRID, with s1/*.mpg in it")
    one.add_argument("cache", type=Path, help="folder for the tracked clips")
    one = commands.add_parser("build", help="make the data set, with synthetic voices")
    one.add_argument("cache", type=Path)
    one.add_argument("data", type=Path, help="folder for the data set")
    one = commands.add_parser("talkers", help="add free speech of other people to the data set")
    one.add_argument("clips", type=Path, help="folder of talking clips")
    one.add_argument("data", type=Path)
    trained = {"lips": "lip motion", "sync": "sync scorer", "phone_sync": "towers of who speaks"}
    for name, what in trained.items():
        one = commands.add_parser(name, help=f"train the {what}")
        one.add_argument("data", type=Path)
        one.add_argument("--models", type=Path, default=FOLDER, help="where the weights go")
        one.add_argument("--steps", type=int, help="batches to train for")
        one.add_argument("--device", default="cpu", help="cpu or cuda")
        one.add_argument("--threads", type=int, default=torch.get_num_threads())
    one = commands.add_parser("phones", help="fit the lip motion to a recognizer's features")
    one.add_argument("data", type=Path)
    one.add_argument("--models", type=Path, default=FOLDER, help="where the weights go")
    one = commands.add_parser("evaluate", help="measure both networks, write metrics.json")
    one.add_argument("data", type=Path)
    one.add_argument("--metrics", type=Path, default=FOLDER / "metrics.json")
    options = parser.parse_args(arguments)
    try:
        _run(options)
    except (InputError, Fault) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1 if isinstance(error, Fault) else 2
    return 0


def _run(options: argparse.Namespace) -> None:
    # Imported where they are used: each command needs other tools (pocketsphinx, espeak-ng).
    if options.command == "prepare":
        from .prepare import prepare

        kept, dropped = prepare(options.corpus, options.cache)
        log.info("%d clips kept, %d dropped", kept, dropped)
    elif options.command == "build":
        from .dataset import build

        build(options.cache, options.data)
    elif options.command == "talkers":
        from .talkers import collect

        log.info("%d cuts", collect(options.clips, options.data))
    elif options.command == "phones":
        from .fit_phone_lips import fit_phone_lips

        fit_phone_lips(options.data, options.models)
    elif options.command == "evaluate":
        from .evaluate import evaluate

        evaluate(options.data, options.metrics)
    else:
        torch.set_num_threads(options.threads)
        _train(options)


def _train(options: argparse.Namespace) -> None:
    from .publish import publish

    device = torch.device(options.device)
    if options.command == "lips":
        from .train_lips import LipTraining, train_lips

        lips = LipTraining()
        lips = replace(lips, steps=options.steps or lips.steps)
        publish(train_lips(options.data, lips, device), "lips.safetensors", options.models)
    elif options.command == "phone_sync":
        from ..audio.phone_features import PhoneEncoder
        from ..scorers.phone_sync import WEIGHTS
        from .publish import write_tensors
        from .train_phone_sync import PhoneSyncTraining, train_phone_sync

        by_phones = PhoneSyncTraining()
        by_phones = replace(by_phones, steps=options.steps or by_phones.steps)
        tensors = train_phone_sync(options.data, by_phones, device, PhoneEncoder())
        write_tensors(tensors, WEIGHTS, options.models)
    else:
        from .train_sync import SyncTraining, train_sync

        sync = SyncTraining()
        sync = replace(sync, steps=options.steps or sync.steps)
        publish(train_sync(options.data, sync, device), "sync.safetensors", options.models)


if __name__ == "__main__":
    sys.exit(main())
