"""The requests of the stages of one cut: one dataclass for each stage.

A request holds only paths and JSON values.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True, kw_only=True)
class CutRequest:
    """The base class of all requests. Paths may be relative to the job's working folder.

    Attributes:
        mezzanine: The video's mezzanine.
        cut: The cut's id: its range of frames on the film's timeline.
        source_cut: In a looped film, the id of the video's cut that it shows; else empty.
        reversed: Whether that cut is shown from its last frame to its first.
        face: Which of the tracks of the cut's faces is that of the one who speaks.
    """

    mezzanine: Path
    cut: str
    source_cut: str = ""
    reversed: bool = False
    face: int = 0


@dataclass(frozen=True, kw_only=True)
class GuardRequest(CutRequest):
    """The request of stage `guard`.

    Attributes:
        speech: The sound of the whole source, WAV, 16 kHz mono, 16 bit.
        settings: The values of the config section `guard`.
        speaker_mode: The key `mode` of the config section `speaker`.
        scorer: The scorer's name.
        limits: The values of `scorers.settings.SpeakingLimits`.
        hearing: What hears the source: `phones` or `bands`; see `scorers.settings.Hearing`.
        verdict: The verdict to write, JSON.
        track: The tracks of the faces that may be redrawn, to write.
    """

    speech: Path
    settings: dict[str, Any]
    speaker_mode: str
    scorer: str
    limits: dict[str, Any]
    verdict: Path
    track: Path
    hearing: Literal["phones", "bands"] = "bands"


@dataclass(frozen=True, kw_only=True)
class EngineRequest(CutRequest):
    """The base class of the requests that need an engine.

    Attributes:
        track: The tracks of the cut's faces.
        engine: The engine's name.
        settings: The engine's settings that the result depends on.
        runtime_options: The engine's settings that do not change the result. They are not recorded.
    """

    track: Path
    engine: str
    settings: dict[str, Any]
    runtime_options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class BakeRequest(EngineRequest):
    """The request of stage `bake`.

    Attributes:
        avatar: The avatar to write.
    """

    avatar: Path


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """How a draft that the gate would not pass is retried.

    Attributes:
        presets: The engine's complete settings for each preset, in the order of the attempts.
        correct_offset: Whether a draft that is off by a constant time is drawn again, moved by it.
        scorer: The name of the scorer that judges.
        limits: The values of `scorers.settings.DraftLimits`.
    """

    presets: list[dict[str, Any]]
    correct_offset: bool
    scorer: str
    limits: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class DraftRequest(EngineRequest):
    """The request of stage `draft`.

    Attributes:
        avatar: The cut's avatar.
        speech: The cut's speech.
        video: The video's id.
        may_leave: Whether the likeness of the people in it may be sent to a hosted service.
        baked: The settings that the avatar was baked with.
        weights: The version of the weights that the engine loads.
        code: The version of the code.
        packages: The versions of the packages that compute the result.
        retry: The retry policy; None if there are no retries.
        source: The cut's guard.json with the source's own score, if retries are judged by it.
        patches: The patch set to write.
        row: The draft's row to write, JSON.
    """

    avatar: Path
    speech: Path
    video: str = ""
    may_leave: bool = False
    baked: dict[str, Any]
    weights: str
    code: str
    packages: dict[str, str] = field(default_factory=dict)
    retry: RetryPolicy | None = None
    source: Path | None = None
    patches: Path
    row: Path


@dataclass(frozen=True, kw_only=True)
class ScoreRequest(CutRequest):
    """The request of stage `score`.

    Attributes:
        track: The tracks of the cut's faces.
        draft: The patch set.
        speech: The cut's speech.
        scorer: The scorer's name.
        packages: The versions of the packages that compute the result.
        score: The score to write, JSON.
    """

    track: Path
    draft: Path
    speech: Path
    scorer: str
    packages: dict[str, str] = field(default_factory=dict)
    score: Path


@dataclass(frozen=True, kw_only=True)
class DraftFiles:
    """The files of a draft.

    Attributes:
        patches: The patch set.
        row: The draft's row, JSON.
        score: The draft's score, JSON.
    """

    patches: Path
    row: Path
    score: Path


@dataclass(frozen=True, kw_only=True)
class EnhanceRequest(CutRequest):
    """The request of stage `enhance`.

    Attributes:
        track: The tracks of the cut's faces.
        speech: The cut's speech.
        draft: The draft's files.
        settings: The values of the config section `enhance`.
        final: Whether a reviewer marked the cut for the final tier.
        scorer: The name of the scorer that judges.
        limits: The values of `scorers.settings.DraftLimits`.
        source: The cut's guard.json with the source's own score, if drafts are judged by it.
        weights: The version of the restorer's weights.
        code: The version of the steps' code.
        packages: The versions of the packages that compute the result.
        threads: How many cores the job may use.
        enhanced: The files of the enhanced draft, to write.
    """

    track: Path
    speech: Path
    draft: DraftFiles
    settings: dict[str, Any]
    final: bool
    scorer: str
    limits: dict[str, Any]
    source: Path | None = None
    weights: str
    code: str
    packages: dict[str, str] = field(default_factory=dict)
    threads: int = 1
    enhanced: DraftFiles


@dataclass(frozen=True, kw_only=True)
class FinalRequest:
    """The request of stage `final`.

    Attributes:
        draft: The draft's files.
        drawn: The files of what the final engine drew.
        engine: The final engine's name.
        max_drop: Largest share of the draft's confidence that the final may lack.
        limits: The values of `scorers.settings.DraftLimits`.
        face: Which of the tracks of the cut's faces is that of the one who speaks.
        source: The cut's guard.json with the source's own score, if drafts are judged by it.
        final: The files of the better of the two, to write.
    """

    draft: DraftFiles
    drawn: DraftFiles
    engine: str
    max_drop: float
    limits: dict[str, Any]
    face: int = 0
    source: Path | None = None
    final: DraftFiles
