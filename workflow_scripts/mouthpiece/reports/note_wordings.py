"""The text of each note on a file, and of a note whose code is not known.

A note is a fact with values. The words are made where it is shown, so that other words change no
film.
"""

from collections.abc import Iterable, Mapping, Sequence

from ..core.notes import Note

NOTES = {
    # the source
    "head_dropped": (
        "It begins in the middle of a group of pictures. The film begins with the first picture"
        " that can be decoded; frames before it that are left out: {frames}."
    ),
    "clock_repaired": "Its clock jumps. The jumps are closed; how many there are: {jumps}.",
    "decode_errors": "It is damaged; frames that are lost or have errors concealed: {frames}.",
    "sound_errors": "Its sound is damaged; errors in decoding: {errors}.",
    "cut_short": "It is cut short: {missing}.",
    "rate_assumed": "It states no times; its frames are shown at {rate} frames/s.",
    "form_changes": (
        "Its picture changes its size or format midway; frames that are conformed to {form}:"
        " {frames}."
    ),
    "pictures_crowded": "Pictures that are not shown, as they have the time of the one before:"
    " {pictures}. A program forced its clock; convert it again from the first recording.",
    "picture_stands": "Its picture stands still for {held_s:.0f} s, from {at_s:.1f} s on.",
    "first_picture": (
        "The file holds {pictures} pictures; only the first is shown. For all, convert it to MP4."
    ),
    "sound_starts_early": (
        "Its sound starts {ms:.0f} ms before its picture. A dub that was made over that sound"
        " alone, and begins with it, comes as much too late: cut that time off its start."
    ),
    "sound_starts_late": (
        "Its sound starts {ms:.0f} ms after its picture. A dub that was made over that sound"
        " alone, and begins with it, comes as much too early: put that much silence before it."
    ),
    "source_late": (
        "The source's sound is {frames} frames late ({ms} ms, at 25 fps) in the whole film. Who"
        " speaks is judged with that taken out. To deliver it corrected, raise"
        " normalize.sound_late_ms by {ms} (it is 0 unless set)."
    ),
    "source_early": (
        "The source's sound is {frames} frames early ({ms} ms, at 25 fps) in the whole film. Who"
        " speaks is judged with that taken out. To deliver it corrected, lower"
        " normalize.sound_late_ms by {ms} (it is 0 unless set)."
    ),
    # the dub
    "dub_starts_late": (
        "Its sound starts {ms:.0f} ms after its file's start; before it there is silence."
    ),
    "dub_starts_early": (
        "Its sound starts {ms:.0f} ms before its file's picture; that part is left out."
    ),
    "dub_damaged": "It is damaged; errors while its sound was decoded: {errors}.",
    "sound_channels": "It has {channels} sound channels; what is taken of them: {taken}.",
    "dub_tracks": "It has {tracks} sound tracks; track {track} is used.",
    "downmix_cancelled": (
        "Its channels cancel each other when they are mixed; the lips follow channel {channel}."
    ),
    # a script that was given
    "script_encoding_assumed": (
        "The script is not Unicode; it is read as {encoding}. Where letters are wrong, save it as"
        " UTF-8."
    ),
    "translated_to_variant": (
        "The translator writes {variant}; a voice of another region speaks it with its own accent."
    ),
    "text_sent": "The text of its lines was sent to {host}, as the config says.",
    "translation_paid": (
        "Its translation took {tokens} tokens of a service: {cost_usd:.4f} US dollars by the prices"
        " of the config."
    ),
    "lines_unanswered": (
        "Lines that {translator} was asked for in vain, and are silent: {lines}. As that may be"
        " paid, they are not asked for again: write them in the Script tab."
    ),
    "script_cues_empty": "Cues of the script that say nothing and are left out: {cues}.",
    "script_cues_sorted": "Cues of the script that were out of order: {cues}.",
    "script_cues_overlap": (
        "Cues of the script that begin before the one before has ended: {cues}; the first is cue"
        " {first_cue}."
    ),
    "script_past_end": (
        "Cues of the script that begin after the film's end ({film_s} s) and are left out: {cues}."
    ),
    "script_cut_at_end": (
        "Cues of the script that end with the film ({film_s} s), not after it: {cues}."
    ),
    "speech_without_cue": "Speech that is outside all cues of the script: {speech_s} s.",
    # what is heard in the source
    "language_mismatch": (
        "Its speech sounds like {heard} (probability {probability}), and videos.tsv says {named};"
        " it is taken for {named}. Correct the column language, or leave it empty."
    ),
    "language_unsure": (
        "Its speech is taken for {language} (probability {probability}). Name the language in the"
        " column language of videos.tsv where that is wrong."
    ),
    "other_languages": "Lines that are in another language ({languages}): {lines}.",
    # a dub that is made here
    "lines_not_spoken": "Lines that could not be spoken, and are silent: {lines}.",
    "lines_without_text": "Lines that have no text, and are silent: {lines}.",
    "lines_overrun": (
        "Lines that are longer than the time they have, and run into the next one: {lines}."
    ),
    "speakers_unknown": (
        "voices.tsv names speakers that it does not have, so these rows do nothing: {speakers}. Its"
        " speakers are {known}."
    ),
    "text_spoken_by": "Its lines were sent to {host}, which speaks them.",
    "speech_paid": "Its voices took {cost_usd:.4f} US dollars by the prices in the config.",
    "robotic_voices": "Lines that are spoken in a robotic voice (espeak-ng): {lines}.",
    # voices and background
    "source_silent": (
        "The source has next to no sound ({dbfs:.0f} dBFS on average): nothing is heard under the"
        " dub. Name its music and effects in the column background of videos.tsv, if there are any."
    ),
    "voice_not_found": "No voice was found in the source's sound; all of it is background.",
    "background_holds_voice": (
        "The background is the whole source: its voices are heard under the dub."
    ),
    "background_short": (
        "The given background is {s:.1f} s shorter than the picture; silence fills its end."
    ),
    "background_long": "The given background is {s:.1f} s longer than the picture; its end is cut.",
    # the film
    "sound_resampled": ("AAC has no sample rate of {hz} Hz; the film's sound has {film_hz} Hz."),
    "silence_added": "The dub is {s:.2f} s shorter than the picture; silence fills its end.",
    "silence_cut": "The dub is {s:.2f} s longer than the picture; its silent end is cut.",
    "picture_held": "The dub is longer than the picture; the last picture is held for {s:.2f} s.",
    "picture_cut": "The dub is {s:.2f} s shorter than the picture; the end of the picture is cut.",
    "sound_cut": "The dub is {s:.2f} s longer than the picture; its end is cut.",
    # the sound gate
    "not_heard_back": "No take was heard back: {reason}.",
    "background_not_heard": "The background was not searched for the source's words: {reason}.",
    # the loudness of a mix
    "mix_quiet": (
        "Dub and background are near silence ({lufs} LUFS); they are not made louder, which would"
        " only raise noise."
    ),
    "loudness_missed": "The film measures {lufs} LUFS; {target_lufs:.0f} were wanted.",
    "peak_over": "The film's true peak is {dbtp} dBTP; the limit is {limit_dbtp:.0f}.",
    # its subtitles
    "subtitle_rules": (
        "Subtitles ({language}): {flagged} of {of} break a rule of timed text: {flags}."
    ),
    "subtitles_outside": (
        "Subtitles ({language}): texts after the end of the film, which are left out: {texts}."
    ),
    "subtitles_untimed": (
        "It has no subtitles: the script of its dub has no times; give them as srt, vtt or ttml."
    ),
    # its other forms
    "mxf_without_tracks": (
        "MXF holds one sound track: further sound, subtitles and chapters are in the MP4 alone."
    ),
    "stems_mix_alone": (
        "The dub was given as a complete mix, so its stems are the mix alone; give it as `dialogue`"
        " in dubs.tsv for a background."
    ),
    "multilingual_no_dub": (
        "Its picture is the source's: the video has no dub {dub}, which"
        " delivery.multilingual_picture names, only {known}."
    ),
    "multilingual_left_out": (
        "Not in the multilingual file: {language}. Its film has {frames} frames, the picture has"
        " {picture_frames}."
    ),
    # what a film does not have of its source
    "track_not_kept": "Not kept: {kind} ({details}): {reason}.",
    "title_not_kept": "Not kept: the title ({title}): off in delivery.keep.",
    "chapters_not_kept": "Chapters that are not kept: {chapters}: {reason}.",
    "subtitles_cut": "Subtitles ({language}) end with the film: some come after its end.",
    "subtitles_damaged": (
        "Subtitles ({language}): texts that cannot be decoded and are left out: {texts}."
    ),
    "captions_not_kept": "Not kept: the closed captions beside the picture.",
    "metadata_not_kept": "Not kept: the metadata {names}.",
    # how it says that it was made by AI
    "signed_by_test_certificate": (
        "It is signed by a test certificate: others will not trust it. provenance.sign says how to"
        " sign with yours, or not at all."
    ),
    "credentials_no_place": (
        "{file}: files of this kind hold no content credentials; the sidecar says what was"
        " generated."
    ),
    "source_credentials_broken": (
        "The source's own content credentials do not hold ({codes}); they are kept as they are."
    ),
    "source_credentials_unread": (
        "The source's own content credentials, if it has any, cannot be read: {why}."
    ),
    "tone_mapped": "The source is HDR ({transfer}); the film is SDR.",
}
"""Code -> sentence. A sentence may hold the note's values, in the form of `str.format`."""

KINDS = {
    "original_sound": "the original sound",
    "sound": "further sound",
    "picture": "further pictures",
    "cover": "the cover",
    "timecode": "the timecode",
    "attachment": "attachments",
    "data": "data tracks",
}
"""Kinds of tracks that are called otherwise than their key."""

REASONS = {
    "off": "off in delivery.keep",
    "pictures": "they are pictures, and MP4 holds only text",
    "unknown": "the codec is not known",
    "repaired": "the source's clock was repaired, so the times are not known",
    "damaged": "cannot be decoded",
    "empty": "nothing is in it",
    "outside": "outside the film",
    "no_place": "the film has no place for it",
    "replaced": "the subtitles of the dub are in its place",
}
"""Why something of a source is not kept, by key."""

FLAGS = {
    "long_line": "a word is longer than a line",
    "too_fast": "too fast to read",
    "too_short": "shown too briefly",
    "late": "begins after its speech",
    "early_end": "ends before its speech",
    "near_shot": "crosses a change of shot just before or after it",
}
"""What is wrong with subtitles, by flag."""

TRACK = "track_not_kept"
"""The code of a note on a track that a film does not have."""

SHOWN_TRACKS = 6


def sentences(notes: Iterable[Note]) -> list[str]:
    """Put notes into words.

    Args:
        notes: The notes on a file.

    Returns:
        A sentence each, as `sentence` gives it; one for all tracks of a kind that are not kept for
        the same reason.
    """
    groups: dict[object, list[Note]] = {}
    for number, note in enumerate(notes):
        kind = (note.values.get("kind"), note.values.get("reason"))
        groups.setdefault(kind if note.code == TRACK else number, []).append(note)
    return [sentence(_together(group)) for group in groups.values()]


def _together(notes: Sequence[Note]) -> Note:
    """One note on several tracks."""
    first = notes[0]
    if len(notes) == 1:
        return first
    details = [_words(note.values)["details"] for note in notes[:SHOWN_TRACKS]]
    more = [f"{len(notes) - SHOWN_TRACKS} more"] if len(notes) > SHOWN_TRACKS else []
    return Note(first.code, {**first.values, "details": "; ".join([*filter(None, details), *more])})


def sentence(note: Note) -> str:
    """Put a note into words.

    Args:
        note: A note.

    Returns:
        One line; the code with its values where there is no sentence for it, or its values are not
        those that the sentence has.
    """
    values = {name: _line(value) for name, value in note.values.items()}
    try:
        return NOTES[note.code].format(**values | _words(values))
    except (KeyError, IndexError, ValueError):
        listed = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in values.items())
        code = str(_line(note.code)).replace("_", " ")
        return f"{code}: {listed}" if listed else code


def _words(values: Mapping[str, str | int | float]) -> dict[str, str]:
    """Values that are keys, in words, and what identifies a track."""
    words = {"kind": KINDS, "reason": REASONS}
    known = (values.get(name) for name in ("codec", "language", "title"))
    details = ", ".join(str(value) for value in known if value and value != "und")
    return {
        name: by_key.get(str(values[name]), str(values[name]))
        for name, by_key in words.items()
        if name in values
    } | {"details": str(values.get("details", details)), **_flags(values)}


def _flags(values: Mapping[str, str | int | float]) -> dict[str, str]:
    """Flags with their counts, `flag=count`, in words."""
    pairs = [pair.partition("=") for pair in str(values.get("flags", "")).split(";") if pair]
    words = ", ".join(f"{FLAGS.get(flag, flag)} ({count})" for flag, _, count in pairs)
    return {"flags": words} if "flags" in values else {}


def _line(value: str | int | float) -> str | int | float:
    """A value without line breaks and control characters: some are a file's own words."""
    if not isinstance(value, str):
        return value
    return "".join(letter if letter.isprintable() else " " for letter in value)
