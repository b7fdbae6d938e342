"""What the jobs of one cut are asked to do: one dataclass a stage.

A request holds paths and JSON values only, so that it is sent to a worker as it is. This module
imports nothing but the standard library: the jobs that only pass a request on start fast.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from ..core.files import atomic

CLOSED = {"extra": "forbid"}
"""How pydantic checks a request: unknown keys are refused."""


@dataclass(frozen=True, kw_only=True)
class CutRequest:
    """What all requests have. Paths may be relative to the folder of the job that asks.

    Attributes:
        mezzanine: The video's mezzanine.
        cut: The cut's id: its range of frames on the film's timeline.
        source_cut: In a looped film, the id of the mezzanine's cut that is shown; else empty.
        reversed: Whether that is shown from its last frame to its first.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = CLOSED
    outputs: ClassVar[tuple[str, ...]] = ()
    """The fields that name files which the stage writes."""

    mezzanine: Path
    cut: str
    source_cut: str = ""
    reversed: bool = False

    @property
    def output_paths(self) -> list[Path]:
        """The files that the stage writes."""
        return [getattr(self, name) for name in self.outputs]

    @contextlib.contextmanager
    def staged(self) -> Iterator[Self]:
        """Ask for files of temporary names, which are renamed when the block succeeds.

        So what a worker writes becomes a result only when the job that asked renames it.

        Yields:
            The same request with temporary output paths.
        """
        with contextlib.ExitStack() as stack:
            names: dict[str, Any] = {
                name: stack.enter_context(atomic(getattr(self, name))) for name in self.outputs
            }
            yield replace(self, **names)


@dataclass(frozen=True, kw_only=True)
class GuardRequest(CutRequest):
    """Guard a cut: `stages.guard`.

    Attributes:
        settings: The values of the config section `guard`.
        verdict: The verdict to write, JSON.
        faces: The face tracks to write.
    """

    outputs: ClassVar[tuple[str, ...]] = ("verdict", "faces")

    settings: dict[str, Any]
    verdict: Path
    faces: Path
    stage: Literal["guard"] = "guard"


@dataclass(frozen=True, kw_only=True)
class SpeakerRequest(CutRequest):
    """Find out whether the face of a cut speaks: `stages.speaker`.

    Attributes:
        guard: The guard's verdict.
        faces: The guard's face tracks.
        speech: The source's sound, 16 kHz mono, of the whole film.
        mode: Key `mode` of the config section `speaker`.
        scorer: The scorer's name.
        limits: The values of `scorers.settings.SpeakingLimits`.
        verdict: The verdict to write, JSON.
        track: The track of the face that speaks, to write.
    """

    outputs: ClassVar[tuple[str, ...]] = ("verdict", "track")

    guard: Path
    faces: Path
    speech: Path
    mode: str
    scorer: str
    limits: dict[str, Any]
    verdict: Path
    track: Path
    stage: Literal["speaker"] = "speaker"


@dataclass(frozen=True, kw_only=True)
class EngineRequest(CutRequest):
    """What the requests to an engine have.

    Attributes:
        track: The track of the face that speaks.
        engine: The engine's name.
        settings: The engine's settings that the result depends on.
        runtime_options: The engine's settings that change no result, of which nothing is kept.
    """

    track: Path
    engine: str
    settings: dict[str, Any]
    runtime_options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class BakeRequest(EngineRequest):
    """Bake a cut's avatar: `stages.bake`.

    Attributes:
        avatar: The avatar to write.
    """

    outputs: ClassVar[tuple[str, ...]] = ("avatar",)

    avatar: Path
    stage: Literal["bake"] = "bake"


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """How a draft that the gate would not pass is tried again, and who judges.

    Attributes:
        presets: The engine's settings, complete, for each preset that is tried, in order.
        correct_offset: Whether a draft that is off by a constant time is drawn again, moved by it.
        scorer: The name of the scorer that judges.
        limits: The values of `scorers.settings.GateLimits`.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = CLOSED

    presets: list[dict[str, Any]]
    correct_offset: bool
    scorer: str
    limits: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class DraftRequest(EngineRequest):
    """Draft a cut: `stages.draft`.

    Attributes:
        avatar: The cut's avatar.
        speech: The cut's speech.
        baked: The settings that the avatar was baked with.
        weights: The version of the weights that the engine loads.
        code: The version of the code.
        packages: The versions of the packages that compute the result.
        retry: How a draft is tried again; None where it is not.
        source: The source's own score, where retries are judged by it, JSON.
        patches: The patch set to write.
        row: The draft's row to write, JSON.
    """

    outputs: ClassVar[tuple[str, ...]] = ("patches", "row")

    avatar: Path
    speech: Path
    baked: dict[str, Any]
    weights: str
    code: str
    packages: dict[str, str] = field(default_factory=dict)
    retry: RetryPolicy | None = None
    source: Path | None = None
    patches: Path
    row: Path
    stage: Literal["draft"] = "draft"


@dataclass(frozen=True, kw_only=True)
class ScoreRequest(CutRequest):
    """Score a cut's draft: `stages.score`.

    Attributes:
        track: The track of the face that speaks.
        draft: The patch set.
        speech: The cut's speech.
        scorer: The scorer's name.
        packages: The versions of the packages that compute the result.
        score: The score to write, JSON.
    """

    outputs: ClassVar[tuple[str, ...]] = ("score",)

    track: Path
    draft: Path
    speech: Path
    scorer: str
    packages: dict[str, str] = field(default_factory=dict)
    score: Path
    stage: Literal["score"] = "score"


@dataclass(frozen=True, kw_only=True)
class DraftFiles:
    """The files of a draft.

    Attributes:
        patches: The patch set.
        row: The draft's row, JSON.
        score: The draft's score, JSON.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = CLOSED

    patches: Path
    row: Path
    score: Path


@dataclass(frozen=True, kw_only=True)
class EnhanceRequest(CutRequest):
    """Enhance a cut's draft: `stages.enhance`.

    Attributes:
        track: The track of the face that speaks.
        speech: The cut's speech.
        draft: The draft's files.
        settings: The values of the config section `enhance`.
        final: Whether a reviewer marked the cut for the final tier.
        scorer: The name of the scorer that judges.
        limits: The values of `scorers.settings.GateLimits`.
        source: The source's own score, where drafts are judged by it, JSON.
        weights: The version of the restorer's weights.
        code: The version of the code of the steps.
        packages: The versions of the packages that compute the result.
        enhanced: The enhanced draft's files, to write.
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
    enhanced: DraftFiles
    stage: Literal["enhance"] = "enhance"
