"""The project of `mouthpiece greet`: one avatar, and a film for each person of a table.

Each film is a dub whose script is given, a table of its own: docs/greet.md. The avatar's own sound
is not used: its background is silence, and of its speech only the pitch is measured.
"""

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile

from ..core.errors import InputError, quoted
from ..core.files import atomic, write_text
from ..core.languages import language_problem
from ..core.timeline import parse_rate
from ..core.user_files import exists, file_problem, read_text, resolved, shown
from ..media.picture_kind import is_still
from ..media.probe import probe
from ..project.config_file import read_config, table_path
from ..project.explain import near
from ..project.project import Project
from ..project.settings import Settings, load
from ..text.syllables import syllables
from ..voices.choice import language_problem as unspoken
from ..voices.choice import voice_problem
from ..voices.registry import synthesizer_settings
from ..voices.settings import SynthesizerSettings
from .folder import Localization, config_files, lay_out
from .greeting_text import GreetingText
from .name_table import MOST_KB, Person, read_people
from .safe_ids import video_id

WORDS, SILENCE, VOICES = "avatar.srt", "silence.flac", "voices.tsv"

NO_LANGUAGE = "zxx"
"""The tag of what has no words (ISO 639-2): nothing that the avatar says in its clip is used."""

SILENCE_HZ = 48_000

FIT = "{slowest: 1, most_stretched: 1}"
"""No time of a source is kept, so no line is spoken slowly to fill one."""

SYLLABLES_PER_S = 4.5
"""How fast a voice speaks, about; a little slowly, so that sentences have pauses between them."""

START_S, PAUSE_S = 0.2, 0.25
"""Before the first sentence, and with each one."""

LONGEST_S = 600
"""No greeting takes longer, in seconds."""

VOICE = re.compile("([a-z][a-z0-9_]*)(?::([A-Za-z0-9_.-]{1,64}))?")


@dataclass(frozen=True)
class Greetings:
    """What `greet` is asked for.

    Attributes:
        avatar: A film of one person, or a picture.
        names: The table of people, CSV.
        text: What is said, with columns of the table in braces.
        language: The language of the text, a BCP-47 tag.
        consent: Who allowed the likeness to be used; empty: a folder that exists says it already.
        voice: `SYNTHESIZER` or `SYNTHESIZER:NAME`; empty: as the config says, cast by pitch.
        id_column: The column of the table that names films; empty: they are numbered.
        engine: The engine; empty: the config's, by default the preview.
        cache: A cache of results that several projects share; None: as the config says.
    """

    avatar: Path
    names: Path
    text: str
    language: str
    consent: str = ""
    voice: str = ""
    id_column: str = ""
    engine: str = ""
    cache: Path | None = None


@dataclass(frozen=True)
class _Clip:
    """How long the avatar is, in seconds, and its frames a second in the workflow."""

    length_s: float
    rate: Fraction


def lay_out_greetings(folder: Path, wanted: Greetings) -> Project:
    """Write the folder of a project of greetings, or bring one up to date.

    Args:
        folder: The folder; made where there is none.
        wanted: The avatar, the people and the text.

    Returns:
        The project.

    Raises:
        InputError: Something wanted is wrong, or differs from what the folder holds.
    """
    if resolved(folder).is_file():
        raise InputError(f"{shown(folder)}: cannot be a project's folder: it is a file")
    if problem := language_problem(wanted.language):
        raise InputError(f"language {quoted(wanted.language)}: {problem}")
    if problem := file_problem(wanted.avatar):
        raise InputError(f"{shown(wanted.avatar)}: {problem}")
    text = GreetingText.parse(wanted.text)
    people = read_people(wanted.names, text.columns, wanted.id_column)
    settings = _settings(folder)
    _check_voice(folder, wanted, settings)
    _check_cache(folder, wanted.cache, settings)
    clip = _clip(wanted.avatar, settings)
    own = folder / "greetings" / video_id(wanted.avatar)
    contents = {
        f"{wanted.language}_{person.id}": _script(wanted, text, person, clip) for person in people
    }
    scripts = {key: own / f"{key}.tsv" for key in contents}
    with _removed_on_error(folder):
        _write_shared(own, clip)
        _write_voice(folder / VOICES, wanted)
        for key, content in contents.items():
            _update(scripts[key], content)
        return lay_out(folder, _localization(own, wanted, scripts))


def _localization(own: Path, wanted: Greetings, scripts: Mapping[str, Path]) -> Localization:
    use = f", use: [{wanted.voice.partition(':')[0]}]" if wanted.voice else ""
    cache = f"cache: {{dir: {json.dumps(str(resolved(wanted.cache)))}}}\n" if wanted.cache else ""
    return Localization(
        wanted.avatar,
        dict.fromkeys(scripts),
        wanted.consent,
        wanted.engine,
        length_policy="loop",
        language=NO_LANGUAGE,
        script=own / WORDS,
        background=own / SILENCE,
        dub_scripts=scripts,
        config=f"speak: {{fit: {FIT}{use}}}\n{cache}",
    )


def _check_voice(folder: Path, wanted: Greetings, settings: Settings) -> None:
    """Refuse a language that is not spoken, and a voice that there is not, or that the config of a
    folder does not use. In tables either would stay.
    """
    voice, speak = wanted.voice, settings.speak
    if not voice:
        _check_spoken(f"--language {wanted.language}", speak.usable, wanted.language)
        return
    found = VOICE.fullmatch(voice)
    known = list(synthesizer_settings())
    if not found or found[1] not in known:
        hint = near(found[1], known) if found else ""
        raise InputError(
            f"--voice {quoted(voice)}: wanted SYNTHESIZER or SYNTHESIZER:NAME, such as "
            f"kokoro:af_heart; synthesizers: {', '.join(known)}{hint}"
        )
    chosen = {found[1]: speak.synthesizers.of(found[1])}
    _check_spoken(f"--voice {voice}", chosen, wanted.language, voice if found[2] else "")
    if config_files(folder) and not found[2] and speak.use[:1] != (found[1],):
        raise InputError(
            f"--voice {voice}: {shown(config_files(folder)[0])} uses "
            f"{', '.join(speak.use) or 'none'}; edit speak.use, or name a voice"
        )


def _check_spoken(
    option: str, synthesizers: Mapping[str, SynthesizerSettings], language: str, voice: str = ""
) -> None:
    """Refuse what these synthesizers do not speak. What they lack is told before a run."""
    if any(one.problem() for one in synthesizers.values()):
        return
    problem = unspoken(synthesizers, language)
    if voice and not problem:
        problem = voice_problem(voice, synthesizers, language)
    if problem:
        raise InputError(f"{option}: {problem}")


def _check_cache(folder: Path, cache: Path | None, settings: Settings) -> None:
    """Refuse a cache that the config of a folder does not use."""
    files = config_files(folder)
    if not cache or not files:
        return
    known = settings.cache.dir
    if not known or resolved(table_path("cache.dir", known, files)) != resolved(cache):
        raise InputError(
            f"--cache {shown(cache)}: {shown(files[0])} uses {known or 'none'}; edit cache.dir"
        )


def _settings(folder: Path) -> Settings:
    """The config of the folder; the defaults where there is none."""
    files = config_files(folder)
    return load(read_config(files) if files else {"videos": "videos.tsv", "dubs": "dubs.tsv"})


def _clip(avatar: Path, settings: Settings) -> _Clip:
    section = settings.normalize
    if is_still(avatar):
        rate = "25" if section.frame_rate == "source" else section.frame_rate
        return _Clip(section.still_s, parse_rate(rate))
    video = probe(avatar).video
    own = video.constant_rate or video.mean_rate
    rate_of_film = own if section.frame_rate == "source" else parse_rate(section.frame_rate)
    return _Clip(float(video.duration_s), rate_of_film)


def _script(wanted: Greetings, text: GreetingText, person: Person, clip: _Clip) -> str:
    """The script.tsv of a film: a line for each sentence, one after another."""
    lines = text.filled(person.values)
    spans = _spans(lines, wanted.language)
    end_s = spans[-1][1]
    if end_s > LONGEST_S:
        raise InputError(
            f"{shown(wanted.names)}, row {person.row}: its words take about {end_s:.0f} s, more "
            f"than {LONGEST_S} s; shorten --text"
        )
    frames = [tuple(round(at * clip.rate) for at in span) for span in spans]
    rows = [f"{line}\t{start}\t{end}" for line, (start, end) in zip(lines, frames, strict=True)]
    return "\n".join(["target\tstart_frame\tend_frame", *rows, ""])


def _spans(lines: Sequence[str], language: str) -> list[tuple[float, float]]:
    """When each sentence is spoken, about, in seconds."""
    spans, at_s = [], START_S
    for line in lines:
        end_s = at_s + PAUSE_S + syllables(line, language) / SYLLABLES_PER_S
        spans.append((at_s, end_s))
        at_s = end_s
    return spans


def _write_shared(own: Path, clip: _Clip) -> None:
    """Write what all films share: the words and the background of the avatar."""
    # Dots are no words: they say where the avatar's voice may be heard, and are not spoken.
    minutes, seconds = divmod(clip.length_s, 60)
    hours, minutes = divmod(int(minutes), 60)
    end = f"{hours:02d}:{minutes:02d}:{int(seconds):02d},{int(seconds % 1 * 1000):03d}"
    _update(own / WORDS, f"1\n00:00:00,000 --> {end}\n…\n")
    if not exists(own / SILENCE):
        with atomic(own / SILENCE) as temporary:
            silence = np.zeros(round(clip.length_s * SILENCE_HZ), np.int16)
            soundfile.write(temporary, silence, SILENCE_HZ, "PCM_16", format="FLAC")


def _write_voice(table: Path, wanted: Greetings) -> None:
    """Write the voice of all films into voices.tsv, where one is named."""
    if ":" not in wanted.voice:
        return
    row = f"*\t*\t{wanted.language}\t{wanted.voice}"
    if not exists(table):
        _update(table, f"video\tspeaker\tlanguage\tvoice\n{row}\n")
    elif row not in read_text(table, MOST_KB).splitlines():
        raise InputError(f"{shown(table)}: names other voices; edit it to change the voice")


def _update(file: Path, content: str) -> None:
    """Write a file of ours, unless it says the same."""
    if not (exists(file) and file.read_bytes() == content.encode()):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_text(file, content)


@contextmanager
def _removed_on_error(folder: Path) -> Iterator[None]:
    """Remove a new folder where something fails while it is written."""
    is_new = not exists(folder)
    try:
        yield
    except BaseException:
        if is_new:
            with suppress(OSError):
                shutil.rmtree(folder)
        raise
