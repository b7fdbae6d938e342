"""The settings that the tables of a project ask for, one cut or another."""

from .project import Project
from .settings import Settings
from .tables import tag_of


def settings_in_use(project: Project, of_video: str = "") -> list[Settings]:
    """List all combinations of settings that the tables ask for.

    Args:
        project: The project.
        of_video: The video whose cuts count; empty: all videos.

    Returns:
        The settings, each once, first those that all cuts share.
    """
    found = [project.settings_for(of_video, "*", "*")]
    languages: dict[str, set[str]] = {}
    for override in project.overrides:
        languages.setdefault(override.video, set()).add(override.language)
    for override in project.overrides:
        if of_video not in ("", override.video):
            continue
        named = languages[override.video]
        keys = sorted(key for _, key in project.dubs if named & {key, tag_of(key)})
        found += [
            project.settings_for(override.video, language, override.cut)
            for language in ("*", *keys)
        ]
    for (video, language, cut), decision in project.decisions.items():
        if decision.preset and of_video in ("", video):
            settings = project.settings_for(video, language, cut)
            found.append(settings.with_preset(decision.preset))
    return list(dict.fromkeys(found))


def finals_asked_for(project: Project, video: str) -> list[Settings]:
    """List the settings by which finals of a video are drawn, where some are asked for.

    Args:
        project: The project.
        video: The video.

    Returns:
        The settings; none where config names no final engine, and where no cut is chosen yet.
    """
    is_chosen = any(
        decision.decision == "approve" or decision.tier == "final"
        for (of_video, _, _), decision in project.decisions.items()
        if of_video == video
    )
    found = [
        settings.of_final
        for settings in settings_in_use(project, video)
        if settings.has_finals and (is_chosen or settings.final.of in ("all", "close_ups"))
    ]
    return list(dict.fromkeys(found))
