"""Section `mix`."""

from typing import Annotated, Literal

from pydantic import Field

from .section import Section

Decibels = Annotated[float, Field(ge=0, le=60)]
Fade = Annotated[float, Field(ge=0.01, le=5)]


class Mix(Section):
    """The sound of a film whose dub is made here, or given as dialogue alone: dub and background
    together. A dub that is complete as it is given is not changed.
    """

    loudness: Literal["ebu_r128", "streaming", "netflix", "off"] = "streaming"
    """The loudness of the film. `ebu_r128`: -23 LUFS, for broadcast; `streaming`: -16 LUFS;
    `netflix`: -27 LKFS of the dialogue alone; `off`: as it comes. True peaks stay under -2 dBTP."""
    duck_db: Decibels = 4.0
    """By how much a background without speech is lowered under speech, in dB. Its level is that of
    the source, which its makers mixed under speech; a little less covers what is left of the
    source's voice."""
    duck_source_db: Decibels = 18.0
    """The same where the background still holds the source's voice (separator `duck`): lower, as
    under a voice-over, so that the dub is understood."""
    attack_s: Fade = 0.15
    """How long before speech the background begins to fall, in seconds."""
    release_s: Fade = 0.5
    """How long after speech the background is back, in seconds."""
    hold_s: Annotated[float, Field(ge=0, le=10)] = 0.5
    """Pauses up to this, in seconds, are ducked like the speech around them: music that rises
    between two words is heard as pumping."""
    match_voice: bool = True
    """A dub that is made here is brought to the loudness of the source's voice before it is mixed,
    so that it lies as far over the background as the voice did."""
    quiet_lufs: Annotated[float, Field(ge=-70, le=-20)] = -50.0
    """A mix that measures less is near silence, and is not amplified: that would only make noise
    heard. From -50 LUFS to -16 are 34 dB, which lift the noise of a quiet room (-60 dBFS) to the
    level of speech."""
