"""A project: the config and the tables of a run, validated together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ..engines.settings import EngineSettings
from ..media.picture_kind import is_still
from .config_file import read_one, table_path
from .decision_table import Decision, read_decisions
from .overrides import Override, read_overrides
from .overriding import check_finals, check_preset, overridden
from .settings import Settings, load
from .spoken_tables import Edit, Term, Voice, read_edits, read_glossary, read_voices
from .tables import Dub, Video, read_dubs, read_videos, tag_of


@dataclass(frozen=True)
class Project:
    """The input of a run.

    Attributes:
        settings: The config.
        videos: The videos, by id.
        dubs: The dubs, by video and `Dub.key`.
        decisions: The decisions, by video, `Dub.key` and cut.
        overrides: The overrides, the most general first.
        decisions_table: The path of decisions.tsv. The file need not exist.
        voices: The voices that are chosen, the most general first.
        glossary: The terms that are always translated in the same way.
        edits: What reviewers want of lines, by video, `Dub.key` and line.
        edits_table: The path of edits.tsv. The file need not exist.
        overrides_table: The path of overrides.tsv. The file need not exist.
    """

    settings: Settings
    videos: dict[str, Video]
    dubs: dict[tuple[str, str], Dub]
    decisions: dict[tuple[str, str, str], Decision]
    overrides: list[Override]
    decisions_table: Path
    voices: list[Voice] = field(default_factory=list)
    glossary: list[Term] = field(default_factory=list)
    edits: dict[tuple[str, str, str], Edit] = field(default_factory=dict)
    edits_table: Path = Path("edits.tsv")
    overrides_table: Path = Path("overrides.tsv")

    @classmethod
    def open(cls, config: dict[str, Any], config_files: Sequence[Path]) -> "Project":
        """Validate a config and read its tables.

        Args:
            config: The merged values of the config files.
            config_files: These files. Later files win.

        Returns:
            The project.

        Raises:
            InputError: The config or a row of a table is wrong.
        """
        for file in config_files:  # Snakemake takes what is refused here, such as a key twice
            read_one(file)
        settings = load(config, config_files)
        tables = {
            key: table_path(key, getattr(settings, key), config_files) for key in ("videos", "dubs")
        }
        for key in ("decisions", "overrides", "voices", "glossary", "edits"):
            named = getattr(settings, key)
            tables[key] = (
                table_path(key, named, config_files)
                if named
                else tables["dubs"].parent / f"{key}.tsv"
            )
        videos = read_videos(tables["videos"])
        dubs = read_dubs(tables["dubs"], videos)
        project = cls(
            settings,
            videos,
            dubs,
            read_decisions(tables["decisions"], dubs),
            read_overrides(tables["overrides"], dubs),
            tables["decisions"],
            read_voices(tables["voices"], dubs),
            read_glossary(tables["glossary"]),
            read_edits(tables["edits"], dubs),
            tables["edits"],
            tables["overrides"],
        )
        applied = [(o, project.settings_for(o.video, o.language, o.cut)) for o in project.overrides]
        check_finals(settings, applied, config_files)
        for (video, language, cut), decision in project.decisions.items():
            if decision.preset:
                engine = project.settings_for(video, language, cut).engine
                check_preset(decision.row, "preset", decision.preset, engine)
        return project

    def settings_for(self, video: str, language: str, cut: str) -> Settings:
        """Apply the overrides of a cut to the config.

        Args:
            video: The video's id.
            language: The dub's key; "*": the settings that all languages share.
            cut: The cut's id; "*": the settings that all cuts share.

        Returns:
            The settings.

        Raises:
            InputError: An override is wrong. The message names its row.
        """
        settings = self.settings
        applied: tuple[int, ...] = ()
        rows = self._overrides_on.get((video, "*"), [])
        if cut != "*":
            rows = [*rows, *self._overrides_on.get((video, cut), [])]
        for number, override in rows:
            if override.language in ("*", language, tag_of(language)):
                applied = (*applied, number)
                if applied not in self._overridden:
                    self._overridden[applied] = overridden(settings, override)
                settings = self._overridden[applied]
        return settings

    @cached_property
    def _overrides_on(self) -> dict[tuple[str, str], list[tuple[int, Override]]]:
        """Video and cut -> their overrides with their numbers; those on all cuts are before others
        in the order of all.
        """
        found: dict[tuple[str, str], list[tuple[int, Override]]] = {}
        for number, override in enumerate(self.overrides):
            found.setdefault((override.video, override.cut), []).append((number, override))
        return found

    @cached_property
    def _overridden(self) -> dict[tuple[int, ...], Settings]:
        """Settings by the overrides that made them. The rules ask for them many times a cut."""
        return {}

    @cached_property
    def stills(self) -> frozenset[str]:
        """The ids of the videos that are still pictures. Each file is looked at once: the rules
        ask many times a cut.
        """
        return frozenset(name for name, video in self.videos.items() if is_still(video.path))

    def length_policy(self, video: str, language: str) -> str:
        """Find the length policy of a film.

        Args:
            video: The video's id.
            language: The dub's key.

        Returns:
            The policy of its row in dubs.tsv, if set; else `loop` for a still picture, and the
            config's policy for a film. A dub that is made is as long as its film, `auto`, unless
            its row says `loop`.
        """
        named = self.dubs[video, language].length_policy
        if self.dubs[video, language].kind == "made":
            return named or "auto"
        if not named and video in self.stills:
            return "loop"
        return named or self.settings.delivery.length_policy

    def decisions_for(self, video: str, language: str) -> dict[str, dict[str, str]]:
        """Find the decisions on a film's cuts.

        Args:
            video: The video's id.
            language: The dub's key.

        Returns:
            `Decision.obeyed`, by cut.
        """
        return {
            cut: self.decisions[v, lang, cut].obeyed
            for v, lang, cut in sorted(self.decisions)
            if (v, lang) == (video, language)
        }

    def remarks_for(self, video: str, language: str) -> dict[str, dict[str, str]]:
        """Find who decided on a film's cuts, when, and how bad they found them.

        Args:
            video: The video's id.
            language: The dub's key.

        Returns:
            `Decision.remark`, by cut, where it says something.
        """
        return {
            cut: remark
            for v, lang, cut in sorted(self.decisions)
            if (v, lang) == (video, language)
            and any((remark := self.decisions[v, lang, cut].remark).values())
        }

    def voices_for(self, video: str, language: str) -> dict[str, str]:
        """Find the voices that are chosen for a film.

        Args:
            video: The video's id.
            language: The dub's key.

        Returns:
            The voice, `synthesizer:name`, by speaker; "*": of all others.
        """
        return {
            voice.speaker: voice.voice
            for voice in self.voices
            if voice.video in ("*", video) and voice.language in ("*", language, tag_of(language))
        }

    def speakers_named(self, video: str, language: str) -> list[str]:
        """Find the speakers that rows of voices.tsv on this very video name.

        Args:
            video: The video's id.
            language: The dub's key.

        Returns:
            The speakers, sorted. Rows for all videos are general, and name nobody of this one.
        """
        return sorted(
            {
                voice.speaker
                for voice in self.voices
                if voice.video == video
                and voice.language in ("*", language, tag_of(language))
                and voice.speaker != "*"
            }
        )

    def glossary_for(self, language: str) -> dict[str, str]:
        """Find the terms that are always translated in the same way.

        Args:
            language: The dub's key, or a BCP-47 tag.

        Returns:
            The translations, by term; the more special language wins. As in RFC 4647, "pt" stands
            for "pt-BR", too.
        """
        wanted = tag_of(language)
        terms = sorted(self.glossary, key=lambda t: (t.language != "*", len(t.language)))
        return {
            t.source: t.target
            for t in terms
            if t.language == "*" or f"{wanted}-".startswith(f"{t.language}-")
        }

    def edits_for(self, video: str, language: str) -> dict[str, Edit]:
        """Find what reviewers want of a film's lines.

        Args:
            video: The video's id.
            language: The dub's key.

        Returns:
            The edits, by line.
        """
        return {
            line: self.edits[v, lang, line]
            for v, lang, line in sorted(self.edits)
            if (v, lang) == (video, language)
        }

    def drafting_engine(
        self, video: str, language: str, cut: str, source_cut: str
    ) -> EngineSettings:
        """Find what drafts a cut.

        Args:
            video: The video's id.
            language: The dub's key.
            cut: The cut's id.
            source_cut: The cut of the video that it shows.

        Returns:
            The engine by config and overrides, with the preset that a reviewer chose for the cut.
        """
        engine = self.settings_for(video, language, source_cut).chosen_engine.resolved()
        decision = self.decisions.get((video, language, cut))
        return engine.with_preset(decision.preset) if decision and decision.preset else engine

    def is_final(self, video: str, language: str, cut: str) -> bool:
        """Tell whether a reviewer marked a cut for the final tier.

        Args:
            video: The video's id.
            language: The dub's key.
            cut: The cut's id.

        Returns:
            Whether it is marked.
        """
        decision = self.decisions.get((video, language, cut))
        return decision is not None and decision.tier == "final"

    def has_final(
        self, video: str, language: str, cut: str, source_cut: str, face_share: Callable[[], float]
    ) -> bool:
        """Tell whether a cut's draft is drawn once more by the final engine.

        An approval counts whichever draft it was made on: that of the final must not take the final
        away.

        Args:
            video: The video's id.
            language: The dub's key.
            cut: The cut's id.
            source_cut: The id of the video's cut that it shows. It differs in a looped film.
            face_share: Finds how high the cut's face is, as a share of the shorter side of the
                picture.

        Returns:
            Whether it is.
        """
        settings = self.settings_for(video, language, source_cut)
        if not settings.has_finals:
            return False
        decision = self.decisions.get((video, language, cut))
        is_approved = decision is not None and decision.decision == "approve"
        share = face_share() if settings.final.of == "close_ups" else 0.0
        marked = self.is_final(video, language, cut)
        return settings.final.applies(is_approved, marked, share)

    def is_enhanced(self, video: str, language: str, cut: str, source_cut: str) -> bool:
        """Tell whether a cut's draft is enhanced before it is delivered.

        Args:
            video: The video's id.
            language: The dub's key.
            cut: The cut's id.
            source_cut: The id of the video's cut that it shows. It differs in a looped film.

        Returns:
            Whether it is enhanced.
        """
        final = self.is_final(video, language, cut)
        return self.settings_for(video, language, source_cut).enhance.applies(final)
