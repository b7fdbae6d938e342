"""Section `guard`."""

from typing import Annotated, Literal

from pydantic import Field

from .section import Degrees, Section, Share


class Guard(Section):
    """Which cuts show one clear face; a cut that does not is passed through with a reason."""

    min_score: Share = 0.5
    """Least score of a face detection."""
    min_presence: Share = 0.5
    """Least score of the face mesh for a frame to count as seen."""
    min_face_px: Annotated[float, Field(gt=0)] = 64.0
    """Least height of the face (brow to chin), in mezzanine pixels, median over the cut."""
    second_face_share: Share = 0.35
    """A second face of at least this share of the first one's height makes the cut ambiguous."""
    second_face_frames: Share = 0.1
    """Share of a cut's frames in which a second face must be seen to count."""
    two_faces: Literal["refuse", "in_sync"] = "refuse"
    """A cut with a second face is passed through; or each face is followed, and the one whose lips
    go with the source's sound is kept (wants `speaker.mode` to be on). Where the sound does not
    say, the cut is passed through."""
    face: Literal["", "left", "right", "largest"] = ""
    """Whose lips are redrawn where several faces are seen: the one at the left or the right of the
    picture, or the largest; others are then no reason. Meant for a cut's row in overrides.tsv."""
    min_apart: Annotated[float, Field(ge=0)] = 0.9
    """Where several faces are followed: the least distance, middle to middle and in face heights,
    that another one keeps from the face that is redrawn. Faces that come nearer cross, and one may
    be taken for the other from there on. 0 is off."""
    max_yaw_deg: Degrees = 35.0
    """Largest turn of the head, 90th percentile of the absolute value over the cut."""
    max_pitch_deg: Degrees = 30.0
    """Largest nod of the head, as `max_yaw_deg`."""
    max_roll_deg: Degrees = 35.0
    """Largest tilt of the head, as `max_yaw_deg`."""
    min_seen: Share = 0.9
    """Least share of frames in which the face is seen."""
    max_gap_frames: Annotated[int, Field(ge=0)] = 6
    """Longest run of frames without the face that is bridged by interpolation."""
    min_visible: Share = 0.8
    """Least share of seen frames whose mouth region is not hidden."""
    smoothing_s: Annotated[float, Field(ge=0, le=1)] = 0.03
    """Standard deviation of the face track's smoothing over time; 0 is off."""
    min_frames: Annotated[int, Field(ge=1)] = 12
    """A shorter cut is passed through."""
