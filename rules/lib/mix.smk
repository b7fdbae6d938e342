# The mix of a film: dub and background together.


def film_mix(wildcards):
    """An input function: the mix of a film; none where its sound is complete as it is given."""
    return film_sound(wildcards) if film_dub(wildcards).has_background else []


def mix_facts(wildcards):
    """An input function: what was done to make a film's mix; none where there is no mix."""
    has_mix = film_dub(wildcards).has_background
    return "results/{video}/{language}/mix.json" if has_mix else []


def matched_voice(wildcards):
    """An input function: the voice that a dub is to be as loud as; none for a dub that is given."""
    is_matched = PROJECT.settings.mix.match_voice and is_made(wildcards)
    return "results/{video}/_shared/voice.flac" if is_matched else []


def length_limits():
    """The values of the section `delivery` that a film's length depends on, but for its policy."""
    limits = {"length_tolerance_s", "length_limit_s", "length_limit_share"}
    return PROJECT.settings.delivery.model_dump(include=limits)


def sound_settings():
    """The values of the section `delivery` that a sound track depends on, but for its policy."""
    kbps = {"audio_bitrate_kbps"}
    return length_limits() | PROJECT.settings.delivery.model_dump(include=kbps)


def sound_versions(versions):
    """A params function: `code_version` or `package_versions` of a sound track, of a mix or not."""

    def found(wildcards):
        measured = film_dub(wildcards).has_background
        return versions("stages.sound", *["audio.film_loudness"] * measured)

    return found
