"""What tables and config tell of a dub that is made: can it be translated, and be spoken?"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ..translation.choice import choose, is_kept, not_served
from ..translation.settings import TranslatorSettings
from ..voices.settings import SynthesizerSettings
from .explain import near
from .project import Project
from .required_weights import missing_for_sound
from .rows import Row
from .settings import Settings
from .tables import Dub, Video, tag_of


def sound_problem(project: Project, config_files: Sequence[Path], dub: Dub) -> str:
    """Look for what is wrong with a film whose sound is made, in whole or in part.

    Args:
        project: The project.
        config_files: The config files named on the command line.
        dub: The dub of the film.

    Returns:
        A sentence for each problem; empty: there is none. A dub that is complete has none.
    """
    return "; also: ".join(dict.fromkeys(filter(None, _problems(project, config_files, dub))))


def _problems(project: Project, config_files: Sequence[Path], dub: Dub) -> Iterator[str]:
    video, settings = project.videos[dub.video], project.settings_for(dub.video, dub.key, "*")
    yield dub.script_problem
    if not dub.has_background:
        return
    yield video.background_problem
    if not video.background:
        yield _of_plugin(
            "separate.separator", settings.separate.separator, settings.separate.chosen
        )
    if dub.kind == "made":
        yield video.script_problem
        if is_recognized(video):
            name = settings.transcribe.recognizer
            yield _of_plugin("transcribe.recognizer", name, settings.transcribe.chosen)
        if not dub.script:
            yield translation_problem(settings, video.language, dub)
        yield from _of_voices(project, settings, dub)
    yield missing_for_sound(project, config_files, dub)


def is_recognized(video: Video) -> bool:
    """Tell whether a recognizer hears a source.

    Args:
        video: The source.

    Returns:
        Whether it does: not where subtitles say what is said, and the table in what language. A
        transcript without times is aligned to what is heard.
    """
    has_times = video.script is not None and video.script.suffix.lower() != ".txt"
    return not (has_times and video.language)


def translators_in_use(settings: Settings) -> dict[str, TranslatorSettings]:
    """List the translators that may be used.

    Args:
        settings: The config.

    Returns:
        Their settings by name, the first choice first.
    """
    section = settings.translate
    return {name: section.translators.of(name) for name in section.use}


def translation_problem(settings: Settings, source: str, dub: Dub) -> str:
    """Look for what keeps a dub from being translated.

    Args:
        settings: The config.
        source: The language of the source; empty: not known yet.
        dub: The dub.

    Returns:
        A sentence; empty: it can be.
    """
    if is_kept(source, dub.language):
        return ""
    translators = translators_in_use(settings)
    name = choose(translators, source, dub.language)
    if name is None:
        # A source whose language is not known may be in the language of the dub.
        return not_served(translators, source, dub.language, f"{dub.video}, {dub.key}")
    return _of_plugin("translate.translators", name, translators[name])


def _of_plugin(key: str, name: str, settings: object) -> str:
    problem = getattr(settings, "problem", str)()
    return f"{key}: {name}: {problem}" if problem else ""


def _of_voices(project: Project, settings: Settings, dub: Dub) -> Iterator[str]:
    section = settings.speak
    named = {name: section.synthesizers.of(name) for name in section.use}
    speaking = next((name for name, one in named.items() if one.serves(dub.language)), None)
    if speaking is None:
        lacking = [f"{n} ({one.problem()})" if one.problem() else n for n, one in named.items()]
        known = type(section.synthesizers).model_fields
        others = ", ".join(name for name in known if name not in named)
        more = f" name another synthesizer in speak.use ({others})," if others else ""
        yield (
            f"{dub.video}, {dub.key}: no synthesizer of speak.use ({', '.join(lacking) or 'none'}) "
            f"speaks {dub.language};{more} or give the dub in the column audio of dubs.tsv"
        )
    else:
        yield _of_plugin("speak.synthesizers", speaking, named[speaking])
    known_settings = {
        name: section.synthesizers.of(name) for name in type(section.synthesizers).model_fields
    }
    for row, voice in _chosen_voices(project, dub):
        if problem := _voice_problem(known_settings, voice, dub.language):
            yield str(row.error("voice", problem))


def _chosen_voices(project: Project, dub: Dub) -> Iterator[tuple[Row, str]]:
    """The voices that somebody chose for a film, with their rows."""
    in_force = set(project.voices_for(dub.video, dub.key).items())
    for voice in project.voices:
        languages = ("*", dub.key, tag_of(dub.key))
        is_of_film = voice.video in ("*", dub.video) and voice.language in languages
        if is_of_film and (voice.speaker, voice.voice) in in_force:
            yield voice.row, voice.voice
    for (video, key, _), edit in project.edits.items():
        if (video, key) == (dub.video, dub.key) and edit.voice:
            yield edit.row, edit.voice


def _voice_problem(
    synthesizers: Mapping[str, SynthesizerSettings], voice: str, language: str
) -> str:
    """What is wrong with a voice, `synthesizer:name`; empty where nothing is."""
    synthesizer, _, name = voice.partition(":")
    if synthesizer not in synthesizers:
        known = ", ".join(synthesizers)
        hint = near(synthesizer, list(synthesizers))
        return f"there is no synthesizer {synthesizer!r}; there are {known}{hint}"
    settings = synthesizers[synthesizer]
    problem = settings.voice_problem(name, language) or settings.problem()
    return f"{synthesizer}: {problem}" if problem else ""
