# Delivery profiles: what is delivered of films beside the web profile.

from mouthpiece.config.delivery import ENCODED

PROFILES = PROJECT.settings.delivery.profiles


def encoded_films():
    """The patterns of the files of a film that have a picture of their own."""
    return [
        f"results/{{video}}/{{language}}/{{video}}.{{language}}.{profile}.{form}"
        for profile, form in PROJECT.settings.delivery.encoded.items()
    ]


def further_deliverables():
    """The files and folders of all profiles but `web`."""
    folders = ["results/{video}/{language}/stems"] if "stems" in PROFILES else []
    return [
        file for pattern in (*encoded_films(), *folders) for file in each_film(pattern)
    ]


def profile_settings(wildcards):
    """A params function: the values of the section `delivery` that a profile depends on."""
    used = {"hevc": {"hevc_crf", "hevc_preset"}}.get(wildcards.profile, set())
    return PROJECT.settings.delivery.model_dump(include=used)


def stem_of(pattern):
    """An input function: a part of a film's mix; none where the user gave the mix."""

    def file(wildcards):
        return pattern if film_dub(wildcards).has_background else []

    return file


stem_dialogue = stem_of("results/{video}/{language}/dub.flac")
stem_background = stem_of("results/{video}/_shared/background.flac")
