"""`mouthpiece talk`: a page on which one talks with an avatar."""

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .consent import Consent, with_consent
from .console import ConfigFiles, default_configs, execute
from .local_page import check_port, serve

if TYPE_CHECKING:
    from ..engines.base import EngineFactory
    from ..live.avatar import Avatar
    from ..project.project import Project
    from ..project.settings import Settings
    from ..project.talk_settings import Talk
    from ..talk.casting import Cast

log = logging.getLogger(__name__)

MOST_AVATARS = 8
"""How many avatars are loaded at most: each holds its pictures."""


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for.

    Attributes:
        avatars: Videos, pictures or folders of avatars; empty: the project's videos, else the
            demo's.
        consent: Who allowed their likeness to be used.
        config: Config files.
        engine: Draws the mouths; empty: as the config says.
        changes: Keys of the section `talk` that the command line changes.
        port: The port; None: the usual one.
    """

    avatars: list[Path]
    consent: str
    config: list[Path]
    engine: str
    changes: dict[str, str]
    port: int | None


def talk(
    avatar: Annotated[
        list[Path],
        typer.Option(
            metavar="FILE",
            help="A video of one person, a picture, or the folder of a baked avatar; repeat it for "
            "more. Default: the videos of the project here, else the demo's.",
        ),
    ] = [],
    consent: Consent = "",
    config: ConfigFiles = [],
    engine: Annotated[
        str, typer.Option(metavar="NAME", help="Draws the mouth. Default: the config's.")
    ] = "",
    language: Annotated[
        str, typer.Option(metavar="TAG", help="The language that is spoken. Default: the config's.")
    ] = "",
    voice: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="The voice, such as kokoro:af_heart. Default: the config's, else the one "
            "nearest in pitch to the avatar's own.",
        ),
    ] = "",
    port: Annotated[
        int | None,
        typer.Option(help="0: any free port. Default: 8438, or any free one where that is in use."),
    ] = None,
) -> None:
    """Serve a page on this machine on which you talk with an avatar, by text or microphone.

    It says what you say, or what an OpenAI-compatible endpoint answers that the config names
    (`talk.endpoint`). Without one, nothing leaves this machine. Nothing is kept.
    """
    changes = {key: value for key, value in {"language": language, "voice": voice}.items() if value}
    execute(lambda: _talk(Wanted(avatar, consent, config, engine, changes, port)))


def _talk(wanted: Wanted) -> None:
    from ..core.errors import InputError
    from ..engines.registry import EngineCache

    if find_spec("aiortc") is None:
        raise InputError(
            "the package aiortc is missing, which carries sound and picture to the page: install "
            "mouthpiece with its extra `talk`, as in pip install 'mouthpiece[talk]'"
        )
    check_port(wanted.port)
    settings, project = _project(wanted.config)
    is_demo = not wanted.avatars and project is None
    cast = _cast(settings, wanted.changes, is_demo)
    cast.check()
    if is_demo:
        from ..weights.download import fetch

        fetch(cast.weights)
    cast.check_weights()
    create = EngineCache()  # one set of weights, though there are several avatars
    with contextlib.ExitStack() as stack:
        avatars: dict[str, Avatar] = {}
        for name, path, consent in _sources(wanted, project):
            log.info("%s: loading the avatar; a new one is baked first", name)
            avatars[name] = _load(path, wanted.engine, settings, consent, create)
            stack.callback(avatars[name].close)
            avatars[name].get_ready()
        voices = {name: cast.voice_for(one.pitch_hz) for name, one in avatars.items()}
        _serve(avatars, voices, cast, wanted.port)


def _project(config: list[Path]) -> "tuple[Settings | None, Project | None]":
    """The settings of the current folder, and its project where it has videos."""
    from ..project.config_file import config_files, read_config, table_path
    from ..project.project import Project
    from ..project.settings import load

    files = config_files(default_configs(config))
    if not files:
        return None, None
    values = read_config(files)
    settings = load(values, files)
    if not table_path("videos", settings.videos, files).exists():
        return settings, None
    project = Project.open(values, files)
    return settings, project if project.videos else None


def _cast(settings: "Settings | None", changes: dict[str, str], is_demo: bool) -> "Cast":
    from pydantic import ValidationError

    from ..core.errors import InputError
    from ..project.spoken_settings import Speak, Transcribe
    from ..project.talk_settings import Talk
    from ..talk.borders import why_refused
    from ..talk.casting import Cast

    said = settings.talk if settings else Talk()
    pitch_hz = said.pitch_hz or (_demo_talk().pitch_hz if is_demo else 0.0)
    try:
        said = Talk.model_validate({**said.model_dump(), "pitch_hz": pitch_hz, **changes})
    except ValidationError as error:
        raise InputError(f"--language: {why_refused(error)}") from None
    if settings is None:
        return Cast(said, Speak(), Transcribe())
    return Cast(said, settings.speak, settings.transcribe)


def _sources(wanted: Wanted, project: "Project | None") -> Iterator[tuple[str, Path, str]]:
    """Name, file and consent of each avatar."""
    from ..core.errors import InputError

    if wanted.avatars:
        found = [(_called(path), path, wanted.consent) for path in wanted.avatars]
    elif project:
        videos = project.videos.items()
        found = [(name, video.path, wanted.consent or video.consent) for name, video in videos]
    else:
        found = [_demo()]
    names = [name for name, _, _ in found]
    if len(found) > MOST_AVATARS:
        raise InputError(f"{len(found)} avatars are too many: name up to {MOST_AVATARS} (--avatar)")
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise InputError(f"--avatar: two avatars are called {twice!r:.99}; rename a file")
    yield from found


def _called(path: Path) -> str:
    """What the page calls an avatar that is given: text that a browser sends back as it is."""
    from ..project.rows import one_line
    from ..talk.borders import LONGEST_NAME

    return " ".join(one_line(path.absolute().stem).split())[:LONGEST_NAME].rstrip() or "avatar"


def _demo_talk() -> "Talk":
    """The section `talk` of the demo's config."""
    from ..demo.media import DEMO
    from ..project.config_file import read_config
    from ..project.settings import load

    files = [DEMO / "config.yaml"]
    return load(read_config(files), files).talk


def _demo() -> tuple[str, Path, str]:
    """The demo's film, which is made where it is not there."""
    from ..core.plain_table import read_plain
    from ..demo.media import DEMO, build
    from .demo import demo_folders

    media = demo_folders()[1] / "media"
    build(media)
    (row,) = read_plain(DEMO / "videos.tsv")
    return "demo", media / "film.mp4", row["consent"]


def _load(
    path: Path,
    wanted: str,
    settings: "Settings | None",
    consent: str,
    create: "EngineFactory",
) -> "Avatar":
    from ..core.errors import InputError, quoted
    from ..core.user_files import shown
    from ..engines.registry import engine_settings
    from ..live.avatar import load_avatar
    from ..live.baking import Baked

    baked_by = Baked.load(path).engine if path.is_dir() else ""
    if baked_by and wanted not in ("", baked_by):
        raise InputError(
            f"--engine {quoted(wanted)}: {shown(path)} was baked by {baked_by}; name the video, or "
            "leave --engine out"
        )
    engine = baked_by or wanted or (settings.engine if settings else "preview")
    values = {}
    if settings and engine in engine_settings():  # else `load_avatar` refuses it
        values = settings.engines.of(engine).model_dump(exclude_unset=True)
    if baked_by:
        return load_avatar(path, settings=values, create=create)
    return with_consent(
        consent,
        lambda said: load_avatar(path, engine=engine, settings=values, consent=said, create=create),
    )


def _serve(
    avatars: "dict[str, Avatar]", voices: dict[str, str], cast: "Cast", port: int | None
) -> None:
    from ..core.errors import InputError
    from ..talk.page import page
    from ..talk.room import Room
    from ..talk.server import TalkServer

    room = Room(avatars, cast.makes(voices))
    shown = page(cast.page(voices))
    try:
        try:
            server = (
                TalkServer.usual(shown, room) if port is None else TalkServer(shown, room, port)
            )
        except OSError as error:
            raise InputError(f"port {port}: {error.strerror}") from None
        with server:
            if cast.talk.reply == "endpoint":
                log.info("the words of a conversation go to %s", cast.talk.endpoint.host)
            serve(server, "talk", "talk")
    finally:
        room.close()
