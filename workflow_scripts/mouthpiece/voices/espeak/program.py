"""espeak-ng as a program of its own: a request comes in on stdin, phonemes or sound go out.

espeak-ng is under the GPL. This script is the only code that loads its library, and it is only ever
run as a process of its own: it imports nothing of Mouthpiece, and nothing of Mouthpiece imports it.
The library and its data are those of the package `espeakng-loader`.

The request is JSON: `voice`, `texts`, and for sound `words_per_minute`. Phonemes come back as a
JSON list of one text each. Sound comes back as one line of JSON with `sample_rate_hz`, and then
16-bit mono samples.
"""

import ctypes
import json
import sys

import espeakng_loader

SYNCHRONOUS = 2
"""espeak's AUDIO_OUTPUT_SYNCHRONOUS: sound is given to a callback, and nothing is played."""

UTF8 = 1
"""espeakCHARS_UTF8, and of `espeak_Synth` also "this is plain text, not SSML"."""

IPA_TIED = 0x02 | 0x80 | ord("^") << 8
"""Phonemes in IPA, with "^" between the letters of one phoneme."""

RATE = 1
"""The parameter espeakRATE, words/min."""

SEED = ctypes.c_long(1)
"""Of the noise in breathy voices. espeak takes the time: the same line would sound another way."""

CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class Properties(ctypes.Structure):
    """The beginning of espeak_VOICE: by what a voice is chosen."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("reserved", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


def main() -> None:
    """Answer the request on stdin."""
    request = json.load(sys.stdin)
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = espeakng_loader.get_data_path().encode()
    sample_rate_hz = library.espeak_Initialize(SYNCHRONOUS, 0, data, 0)
    if sample_rate_hz <= 0:
        sys.exit("espeak-ng cannot read its data")
    _choose(library, request["voice"])
    if "words_per_minute" in request:
        samples = _sound(library, request["texts"], request["words_per_minute"])
        header = json.dumps({"sample_rate_hz": sample_rate_hz}) + "\n"
        sys.stdout.buffer.write(header.encode() + samples)
    else:
        sys.stdout.write(json.dumps([_phonemes(library, text) for text in request["texts"]]))


def _choose(library: ctypes.CDLL, voice: str) -> None:
    """Choose a voice by its name, such as "pt-br+f3"; a language without a variant also by tag."""
    if library.espeak_SetVoiceByName(voice.encode()) == 0:
        return
    wanted = Properties(languages=voice.encode())
    if "+" in voice or library.espeak_SetVoiceByProperties(ctypes.byref(wanted)):
        sys.exit(f"espeak-ng has no voice {voice}")


def _phonemes(library: ctypes.CDLL, text: str) -> str:
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    encoded = ctypes.create_string_buffer(text.encode())
    left = ctypes.c_void_p(ctypes.addressof(encoded))
    clauses = []
    while left.value:  # one clause at a time; it is moved on to what is left
        clauses.append(library.espeak_TextToPhonemes(ctypes.byref(left), UTF8, IPA_TIED).decode())
    return " ".join(filter(None, clauses))


def _sound(library: ctypes.CDLL, texts: list, words_per_minute: int) -> bytes:
    chunks = []

    @CALLBACK
    def keep(samples: "ctypes._Pointer", count: int, _events: int) -> int:
        if samples and count > 0:
            chunks.append(ctypes.string_at(samples, 2 * count))
        return 0

    library.espeak_SetSynthCallback(keep)
    library.espeak_SetParameter(RATE, words_per_minute, 0)
    for text in texts:
        library.espeak_ng_SetRandSeed(SEED)
        encoded = text.encode()
        size = ctypes.c_size_t(len(encoded) + 1)
        library.espeak_Synth(encoded, size, 0, 1, 0, UTF8, None, None)
        library.espeak_Synchronize()
    return b"".join(chunks)


if __name__ == "__main__":
    main()
