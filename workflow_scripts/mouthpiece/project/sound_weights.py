"""The weights that the sound of films requires: nothing for a dub that is given whole."""

from collections.abc import Iterator

from .project import Project
from .settings import Settings
from .tables import Dub, Video

SPEAKER_WEIGHTS = "speakers"
"""The user (column `needed_by` of models/weights.tsv) of the network that tells voices apart."""


def sound_users(project: Project, of: Dub | None = None) -> set[str]:
    """List the users of weights that make the sound of films.

    Args:
        project: The project.
        of: The dub whose film is meant; None: all.

    Returns:
        Words of `needed_by` in models/weights.tsv.
    """
    return {
        user
        for dub in ([of] if of else project.dubs.values())
        for user in _users(project, project.settings_for(dub.video, dub.key, "*"), dub)
    }


def _users(project: Project, settings: Settings, dub: Dub) -> Iterator[str]:
    video = project.videos[dub.video]
    if dub.has_background and not video.background:
        yield from settings.separate.chosen.weight_users
    if dub.kind == "made":
        yield from settings.transcribe.chosen.weight_users
        if video.speakers != 1:
            yield SPEAKER_WEIGHTS
        if not dub.script:
            yield from _translator_users(settings, video, dub)
        yield from _voice_users(project, settings, dub)


def _translator_users(settings: Settings, video: Video, dub: Dub) -> Iterator[str]:
    for name in settings.translate.use:
        translator = settings.translate.translators.of(name)
        if translator.serves(video.language, dub.language):
            yield from translator.weight_users
            return


def _voice_users(project: Project, settings: Settings, dub: Dub) -> Iterator[str]:
    """Those of the synthesizer in use, and of all whose voices somebody chose."""
    of = settings.speak.synthesizers.of
    in_use = [name for name in settings.speak.use if of(name).serves(dub.language)][:1]
    voices = [*project.voices_for(dub.video, dub.key).values()]
    voices += [edit.voice for edit in project.edits_for(dub.video, dub.key).values()]
    chosen = {voice.partition(":")[0] for voice in voices}
    known = type(settings.speak.synthesizers).model_fields
    for name in {*in_use, *(chosen & known.keys())}:
        yield from of(name).weight_users
