# What separates the sound of a source. A background that the user gave is used instead.


def separate_section(wildcards):
    """The section `separate` of a video."""
    return PROJECT.settings_for(wildcards.video, "*", "*").separate


def has_given_background(wildcards):
    """Whether the user gave the background of a video."""
    return PROJECT.videos[wildcards.video].background is not None


def separator_name(wildcards):
    """A params function: the name of the separator; empty where the background is given."""
    given = has_given_background(wildcards)
    return "" if given else separate_section(wildcards).separator


def separator_values(wildcards):
    """A params function: the settings of the separator; none where the background is given."""
    given = has_given_background(wildcards)
    return {} if given else separate_section(wildcards).chosen.model_dump()


def separator_weights(wildcards):
    """A params function: the version of the separator's weights."""
    given = has_given_background(wildcards)
    return "" if given else separate_section(wildcards).chosen.weights_version()


def separating_versions(versions):
    """A params function: `code_version` or `package_versions` of what separates a source."""

    def found(wildcards):
        chosen = separate_section(wildcards).chosen.package()
        given = has_given_background(wildcards)
        return versions("stages.separate", "separation.given" if given else chosen)

    return found


def separating_mem_mb(wildcards, attempt):
    """A resources function: the memory that the separator needs."""
    given = has_given_background(wildcards)
    needed = 1000 if given else separate_section(wildcards).chosen.mem_mb
    return needed * attempt


def separating_gpus(wildcards):
    """A resources function: the number of GPUs that the separator needs."""
    given = has_given_background(wildcards)
    return 0 if given else separate_section(wildcards).chosen.gpus


def separation_facts(wildcards):
    """An input function: what was found of a source's voices; none where all is the dub's."""
    has_background = film_dub(wildcards).has_background
    return "results/{video}/_shared/separation.json" if has_background else []
