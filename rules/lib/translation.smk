# Who translates a film.

from mouthpiece.project.made_dubs import translators_in_use


def film_translators(wildcards):
    """The translators that a film may need, the first choice first, by name.

    Where the table names the source's language, it is the one that serves it; else all that may. A
    film whose script is given needs none.
    """
    dub = film_dub(wildcards)
    if dub.script:
        return {}
    source = PROJECT.videos[wildcards.video].language
    named = translators_in_use(get_settings(wildcards))
    serving = {n: one for n, one in named.items() if one.serves(source, dub.language)}
    return dict(list(serving.items())[:1]) if source else serving


def translator_values(wildcards, runtime):
    """The settings of a film's translators that change a translation, or the others."""
    found = {}
    for name, settings in film_translators(wildcards).items():
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
    return [one.weights_version() for one in film_translators(wildcards).values()]


def translating_versions(versions):
    """A params function: `code_version` or `package_versions` of a film's translators."""

    def found(wildcards):
        roots = [one.package() for one in film_translators(wildcards).values()]
        given = ["translation.given_script"] if film_dub(wildcards).script else []
        return versions("stages.translate", *roots, *given)

    return found


def translating_cores(wildcards):
    """A threads function: the cores that a film's translators use."""
    return max([1, *(one.cores for one in film_translators(wildcards).values())])


def translating_gpus(wildcards):
    """A resources function: the GPUs that a film's translators need."""
    return max([0, *(one.gpus for one in film_translators(wildcards).values())])


def translating_mem_mb(wildcards, attempt):
    """A resources function: the memory that a film's translators need."""
    needed = [one.mem_mb for one in film_translators(wildcards).values()]
    return max([1500, *needed]) * attempt


def syllables_per_s(wildcards):
    """A params function: how fast a voice may speak."""
    return get_settings(wildcards).translate.syllables_per_s
