# Who translates a film.

from mouthpiece.translation.registry import translator_settings


@functools.cache
def translators_for(target, source):
    """The translators of a target language, the first choice first.

    Where the table names the source's language, it is the one that serves it; else all that may.
    """
    section = PROJECT.settings.translate
    named = {name: section.translators.of(name) for name in section.use}
    serving = [name for name, one in named.items() if one.serves(source, target)]
    return tuple(serving[:1] if source else serving)


def film_translators(wildcards):
    """The names of the translators that a film may need; none where its script is given."""
    dub = film_dub(wildcards)
    if dub.script:
        return ()
    return translators_for(dub.language, PROJECT.videos[wildcards.video].language)


def translator_values(wildcards, runtime):
    """The settings of a film's translators that change a translation, or the others."""
    found = {}
    for name in film_translators(wildcards):
        settings = PROJECT.settings.translate.translators.of(name)
        options = set(settings.runtime_options)
        names = options if runtime else set(type(settings).model_fields) - options
        found[name] = settings.model_dump(include=names)
    return found


def translating_settings(wildcards):
    """A params function: the settings of a film's translators, by name."""
    return translator_values(wildcards, runtime=False)


def translating_options(wildcards, threads):
    """A params function: their settings that change no result. Not recorded."""
    return translator_values(wildcards, runtime=True)


def translating_weights(wildcards):
    """A params function: the versions of the weights of a film's translators."""
    section = PROJECT.settings.translate
    return [
        section.translators.of(name).weights_version()
        for name in film_translators(wildcards)
    ]


def translating_versions(versions):
    """A params function: `code_version` or `package_versions` of a film's translators."""

    def found(wildcards):
        roots = [
            translator_settings()[name].package()
            for name in film_translators(wildcards)
        ]
        given = ["translation.given_script"] if film_dub(wildcards).script else []
        return versions("stages.translate", *roots, *given)

    return found


def translating_mem_mb(wildcards, attempt):
    """A resources function: the memory that a film's translators need."""
    section = PROJECT.settings.translate
    needed = [
        section.translators.of(name).mem_mb for name in film_translators(wildcards)
    ]
    return max([1500, *needed]) * attempt
