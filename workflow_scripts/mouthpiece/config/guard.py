"""Section `guard`."""

from typing import Annotated, Literal

from pydantic import Field

from .section import Degrees, Section, Share


class Guard(Section):
    """Which cuts show one clear face. Other cuts are passed through with a reason."""

    min_score: Share = 0.5
    """Lowest score of a face detection."""
    min_presence: Share = 0.5
    """Lowest score of the face mesh in a frame that counts as one with a face."""
    min_face_px: Annotated[float, Field(gt=0, le=10_000)] = 64.0
    """Smallest height of the face (brow to chin, median over the cut), in mezzanine pixels."""
    second_face_share: Share = 0.35
    """A second face counts if it is at least this share of the first one's height."""
    second_face_frames: Share = 0.1
    """A cut has a second face if one is found in more than this share of the searched frames."""
    two_faces: Literal["refuse", "in_sync"] = "refuse"
    """What happens to a cut with a second face. `refuse`: it is passed through. `in_sync`: each
    face is tracked, and the one whose lips match the source's sound is redrawn (`speaker.mode` must
    not be `off`). If no face matches, the cut is passed through."""
    face: Literal["", "left", "right", "largest"] = ""
    """Which of several faces is redrawn: the leftmost, the rightmost or the largest. With this, a
    second face is no reason to pass the cut through. Meant for a cut's row in overrides.tsv."""
    min_apart: Annotated[float, Field(ge=0, le=100)] = 0.9
    """If several faces are tracked: the smallest distance (centre to centre, in face heights)
    between another face and the one that is redrawn. Closer faces may cross, and the tracker may
    then confuse them. 0 turns this off."""
    person_change: Annotated[float, Field(gt=0, le=2)] = 0.2
    """Another person: the smallest sharp change of the face from one frame to the next, as 1 minus
    the correlation of its colours. Detected cuts are divided where the face changes so, and where
    one comes or goes for a second. A cut of two people from a table is passed through, as is one
    that was not divided. 2 turns all of this off. Before cuts are known no row of
    overrides.tsv on a cut counts: dividing is turned off for a video."""
    max_yaw_deg: Degrees = 35.0
    """Largest turn of the head: the 90th percentile of the absolute value over the cut. First and
    last frames in which the head is turned by more are left as they are."""
    max_pitch_deg: Degrees = 30.0
    """Largest nod of the head; see `max_yaw_deg`."""
    max_roll_deg: Degrees = 35.0
    """Largest tilt of the head; see `max_yaw_deg`."""
    min_seen: Share = 0.9
    """Smallest share of frames in which the face is seen."""
    max_gap_frames: Annotated[int, Field(ge=0, le=10_000)] = 6
    """Longest gap, in frames without the face, that is filled by interpolation. Frames without it
    at the ends of a cut are left as they are; only `min_seen` limits them."""
    min_visible: Share = 0.8
    """Smallest share of the frames with the face in which nothing hides the mouth."""
    max_covered_frames: Annotated[int, Field(ge=0, le=100_000)] = 2
    """Longest run of frames in which a hand, a microphone or the like may cover the mouth. In a
    longer one, lips would be drawn over it."""
    smoothing_s: Annotated[float, Field(ge=0, le=1)] = 0.03
    """Standard deviation, in seconds, of the smoothing of the face track. 0 turns it off."""
    min_frames: Annotated[int, Field(ge=1, le=100_000)] = 12
    """A shorter cut is passed through."""
