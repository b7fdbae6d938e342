"""The text of each reason code of guard, gate and enhancement."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """The text of a reason.

    The texts may hold {value}, what was measured, and {limit}, the threshold that it broke;
    {frames}, {way}, {late} and {ms} describe an offset; {silent_s} is the speech that it takes to
    find that a face does not speak.

    Attributes:
        sentence: What the page says at length.
        brief: What the list of cuts says; empty: nothing.
        form: How both numbers are written: the number of decimals, then f or %.
        limit: The threshold, as `section.key`; empty: there is none.
    """

    sentence: str
    brief: str = ""
    form: str = "0f"
    limit: str = ""


REASONS = {
    # the guard
    "short": Wording(
        "The cut has {value} frames; the guard wants at least {limit}.",
        "{value} frames < {limit}",
        limit="guard.min_frames",
    ),
    "no_face": Wording("No face is seen.", "no face"),
    "two_faces": Wording(
        "A second face is seen in {value} of the frames searched; the limit is {limit}.",
        "second face {value} > {limit}",
        "0%",
        "guard.second_face_frames",
    ),
    "two_people_in_cut": Wording(
        "From frame {value} of the video on, the face is another person's: a cut was not found. "
        "Name this frame in the video's table of cuts, and both parts can be drafted.",
        "another person from frame {value} on",
        limit="guard.person_change",
    ),
    "faces_cross": Wording(
        "Another face comes as near as {value} face heights (0: both were out of sight at once), "
        "so one may be taken for the other; the guard wants {limit}.",
        "faces {value} < {limit} apart",
        "2f",
        "guard.min_apart",
    ),
    "face_lost": Wording(
        "The face is seen in {value} of the frames; the guard wants {limit}.",
        "face seen {value} < {limit}",
        "0%",
        "guard.min_seen",
    ),
    "gap": Wording(
        "The face is gone for {value} frames in a row; up to {limit} are bridged.",
        "face gone {value} > {limit} frames",
        limit="guard.max_gap_frames",
    ),
    "small_face": Wording(
        "The face is {value} px high; the guard wants {limit} px.",
        "face {value} < {limit} px",
        limit="guard.min_face_px",
    ),
    "turned": Wording(
        "The head is turned by {value}°; the limit is {limit}°.",
        "turned {value}° > {limit}°",
        limit="guard.max_yaw_deg",
    ),
    "nodded": Wording(
        "The head is nodded by {value}°; the limit is {limit}°.",
        "nodded {value}° > {limit}°",
        limit="guard.max_pitch_deg",
    ),
    "tilted": Wording(
        "The head is tilted by {value}°; the limit is {limit}°.",
        "tilted {value}° > {limit}°",
        limit="guard.max_roll_deg",
    ),
    "hidden": Wording(
        "The mouth is free in {value} of the frames; the guard wants {limit}.",
        "mouth free {value} < {limit}",
        "0%",
        "guard.min_visible",
    ),
    "mouth_covered": Wording(
        "Something, such as a hand or a microphone, covers the mouth for {value} frames in a row; "
        "up to {limit} are allowed.",
        "mouth covered {value} > {limit} frames",
        limit="guard.max_covered_frames",
    ),
    "not_speaking": Wording(
        "The face does not speak here: its lips do not go with the source's sound ({measure} "
        "{value}; under {limit} over {silent_s:g} s of speech is no speaker's).",
        "not the speaker",
        "2f",
        "speaker.silent",
    ),
    "said_not_speaking": Wording(
        "The face does not speak here: a person said so (`speaker.mode` in overrides.tsv).",
        "not the speaker, as said",
    ),
    "still_lips": Wording(
        "The face does not speak here: its lips are nearly still while somebody speaks (their "
        "opening stays within {value} distances of the eyes; a speaker's does not within {limit}).",
        "still lips",
        "3f",
        "speaker.still_lips",
    ),
    "doubtful_speaker": Wording(
        "The face may not be the one that speaks: the {measure} of its lips with the source's "
        "sound is {value}; a speaker's is {limit} or more.",
        "maybe not the speaker",
        "2f",
        "speaker.speaking",
    ),
    "source_offset": Wording(
        "In the source, the lips are {frames} {way} the sound ({ms} ms, at 25 fps), or the sound "
        "is of somebody else; up to {limit} frames are a speaker's.",
        "source {frames} {late}",
        limit="gate.speaking_offset_frames",
    ),
    "source_late": Wording(
        "The source's sound is {frames} {late} in the whole film ({ms} ms, at 25 fps); that is "
        "taken out of what is said of this cut.",
        "sound {frames} {late}",
    ),
    # the gate
    "low_confidence": Wording(
        "The sync confidence is {value}; under {limit} a draft fails.",
        "{value} < {limit}",
        "2f",
        "gate.fail_confidence",
    ),
    "off_sync": Wording(
        "The lips are {frames} {way} the voice (at 25 fps); the limit is {limit}.",
        "{frames} {late}",
        limit="gate.max_offset_frames",
    ),
    "doubtful": Wording(
        "The sync confidence is {value}; {limit} would pass.",
        "{value} < {limit}",
        "2f",
        "gate.min_confidence",
    ),
    "doubtful_short": Wording(
        "The sync confidence is {value}; where so little is said, {limit} would pass.",
        "{value} < {limit}, little speech",
        "2f",
        "gate.short_confidence",
    ),
    "silent": Wording(
        "The dub has {value} s of speech here; under {limit} s nothing can be judged.",
        "speech {value} < {limit} s",
        "2f",
        "gate.min_speech_s",
    ),
    "too_short": Wording(
        "The cut lasts {value} s; under {limit} s nothing can be judged.",
        "{value} < {limit} s",
        "2f",
        "gate.min_judged_s",
    ),
    "below_source": Wording(
        "The sync confidence is {value} of the source's own; from {limit} on a draft passes.",
        "{value} of the source < {limit}",
        "0%",
        "gate.min_source_share",
    ),
    "mouth_in_silence": Wording(
        "The mouth moves or is open for {value} s in silence; up to {limit} s are usual.",
        "moves {value} s in silence",
        "2f",
        "picture.max_mouth_in_silence_s",
    ),
    "open_in_silence": Wording(
        "The mouth is open for {value} s in silence, further than the person's own at rest; the "
        "limit is {limit} s.",
        "open {value} s in silence",
        "2f",
        "picture.max_open_in_silence_s",
    ),
    "small_opening": Wording(
        "The mouth opens {value} as far as the person's own; the gate wants {limit}.",
        "opens {value} < {limit}",
        "0%",
        "picture.min_opening_ratio",
    ),
    "small_width": Wording(
        "The mouth spreads and narrows {value} as far as the person's own; the gate wants {limit}.",
        "spreads {value} < {limit}",
        "0%",
        "picture.min_width_ratio",
    ),
    "lopsided": Wording(
        "The two halves of the mouth are less alike than the person's own, by {value} (of 1); the "
        "limit is {limit}. It may be torn.",
        "lopsided {value} > {limit}",
        "2f",
        "picture.max_asymmetry",
    ),
    "blurred": Wording(
        "The mouth has {value} of the source's sharpness; the gate wants {limit}.",
        "sharpness {value} < {limit}",
        "0%",
        "picture.min_detail",
    ),
    "shade_step": Wording(
        "The shade of what is drawn jumps by {value} levels of 255 between two frames, and the "
        "source's does not; the limit is {limit}.",
        "shade jumps {value} > {limit}",
        "1f",
        "picture.max_shade_step",
    ),
    "seam": Wording(
        "What is drawn has a rim that shows: a slope of {value} levels of 255; the limit is "
        "{limit}.",
        "rim {value} > {limit}",
        "1f",
        "picture.max_seam",
    ),
    # the enhancement
    "no_close_up": Wording("The face is {value} px high: no close-up, so it is not restored."),
    "sync_lost": Wording(
        "The enhancement was taken back: it cost {value} of the sync confidence.", form="0%"
    ),
    "verdict_lost": Wording(
        "The enhancement was taken back: with it, the draft would have got a worse verdict (sync "
        "confidence {value}).",
        form="2f",
    ),
    "flicker_gained": Wording(
        "The enhancement was taken back: with it, the face flickered by {value} more.", form="1%"
    ),
    "identity_lost": Wording(
        "The enhancement was taken back: with it, the face was further from the person's own by "
        "{value} (two people are 0.6 apart).",
        form="2f",
    ),
    # the final tier
    "final_sync_lost": Wording(
        "The final was not taken: it has {value} less sync confidence than the draft.", form="0%"
    ),
    "final_verdict_lost": Wording(
        "The final was not taken: the gate's verdict on it is worse than on the draft (sync "
        "confidence {value}).",
        form="2f",
    ),
    "final_empty": Wording("The final engine drew nothing."),
    "final_not_compared": Wording(
        "The final was taken without a comparison: the draft could not be made, or is empty."
    ),
    "final_fault": Wording(
        "The final could not be made: the draft stands, and the next run tries again."
    ),
    # what was delivered
    "in_sync": Wording("The lips follow the dub."),
    "decided": Wording("A person decided so.", "a person decided so"),
    "no_draft": Wording("The engine made no draft.", "no draft"),
    "fault": Wording(
        "The machine failed here, and its retries are used up: the original is delivered, and the "
        "next run tries again."
    ),
}
"""Reason code -> its wording."""
