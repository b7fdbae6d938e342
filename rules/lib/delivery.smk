# Delivery profiles: what is delivered of films beside the web profile.

from types import SimpleNamespace

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
    films = [
        file for pattern in (*encoded_films(), *folders) for file in each_film(pattern)
    ]
    videos = dict.fromkeys(video for video, _ in PROJECT.dubs)
    shared = videos if "multilingual" in PROFILES else ()
    return [*films, *(f"results/{v}/{v}.multilingual.mp4" for v in shared)]


def further_names(wildcards):
    """A params function: the names of what is delivered of a film beside its MP4."""
    shared = [f"{wildcards.video}.multilingual.mp4"]
    names = [Path(file).name.format(**wildcards) for file in encoded_films()]
    names += ["stems"] * ("stems" in PROFILES)
    names += shared * ("multilingual" in PROFILES)
    return [*["subtitles"] * has_subtitles(wildcards), *names]


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


def films_of(wildcards):
    """The wildcards of each film of a video."""
    return [
        SimpleNamespace(video=video, language=language)
        for video, language in PROJECT.dubs
        if video == wildcards.video
    ]


def marking_film(wildcards):
    """The film whose marks a file with several films has: the one it shows; else one that is made.

    It knows the others as `films`: where one of them is marked, the file is.
    """
    films = films_of(wildcards)
    shown = PROJECT.settings.delivery.multilingual_picture
    wanted = [film for film in films if film.language == shown]
    film = next(iter([*wanted, *filter(is_made, films), *films]))
    return SimpleNamespace(**vars(film), films=films)


def filled(file, film):
    """The path of a pattern, or the paths of what an input function gives, for one film."""
    found = file(film) if callable(file) else file
    if isinstance(found, str):
        return found.format(**vars(film))
    return [pattern.format(**vars(film)) for pattern in found]


def of_all_films(file):
    """An input function: a file of each film of a video; of those that have it."""

    def files(wildcards):
        found = [filled(file, film) for film in films_of(wildcards)]
        return [
            path
            for paths in found
            for path in ([paths] if isinstance(paths, str) else paths)
        ]

    return files


def of_marking_film(file):
    """An input function: a file of the film whose marks a file with several films has."""

    def files(wildcards):
        return filled(file, marking_film(wildcards))

    return files


@unless_damaged
def original_segments(wildcards):
    """An input function: the original segment of each cut of a video, if they are shown."""
    shown = PROJECT.settings.delivery.multilingual_picture
    if (wildcards.video, shown) in PROJECT.dubs:
        return []
    folder = f"results/{wildcards.video}/_shared/cuts"
    return [f"{folder}/{cut.cut}/original.mp4" for cut in get_cuts(wildcards)]


def languages_of_films(wildcards):
    """A params function: the language of each film of a video, by the key of its dub."""
    return {film.language: language_tag(film) for film in films_of(wildcards)}


def marks_of_video(wildcards):
    """A params function: what the marks of a file with several films depend on."""
    return marking(marking_film(wildcards))


def signing_of_video(wildcards, threads):
    """A params function: who signs a file with several films. Not recorded."""
    return signing(marking_film(wildcards), threads)


def versions_of_multilingual(versions):
    """A params function: `code_version` or `package_versions` of a file with several films."""

    def found(wildcards):
        return with_marks(versions, "stages.multilingual")(marking_film(wildcards))

    return found
