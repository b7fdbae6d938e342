# How delivered files say that they were made by AI: see `mouthpiece.provenance`.

from dataclasses import asdict

from mouthpiece.project.config_file import table_path
from mouthpiece.provenance.signing import Signing

PROVENANCE = PROJECT.settings.provenance


def is_marked(wildcards):
    """Whether the delivered files of a film are marked.

    A file with several films is, if one of them is: see `marking_film`.
    """
    films = getattr(wildcards, "films", [wildcards])
    return any(PROVENANCE.marks(made=is_made(film)) for film in films)


def named_by_config(name):
    """The file that a key of the section `provenance` names."""
    key = f"provenance.{name}"
    return table_path(key, getattr(PROVENANCE, name), config_files(NAMED_CONFIGS))


def signing(wildcards, threads):
    """A params function: who signs a film. Not recorded, as it has the place of the key."""
    who = Signing.of(PROVENANCE, named_by_config("certificate"), named_by_config("key"))
    return asdict(who) if is_marked(wildcards) else {}


def signing_problem(video, language):
    """What is wrong with the certificate or the key of a film; empty where nothing is."""
    dub = PROJECT.dubs[video, language]
    if PROVENANCE.sign != "certificate" or not PROVENANCE.marks(dub.kind == "made"):
        return ""
    from mouthpiece.provenance.signers import problem  # takes 0.1 s, and few need it

    names = "certificate", "key"
    return problem(Signing.of(PROVENANCE, *map(named_by_config, names)))


def marking(wildcards):
    """A params function: what the marks of a film depend on; empty where it has none."""
    if not is_marked(wildcards):
        return {}
    who = signing(wildcards, threads=1)
    recorded = {
        name: who[name] for name in ("sign", "algorithm", "timestamp_authority")
    }
    certificate = who["certificate"]
    content = fingerprint_of(Path(certificate)) if certificate else ""
    return {**recorded, "certificate": content, "language": language_tag(wildcards)}


def of_marked(file, only_made=False):
    """An input function: a file of a film that is marked; none of others."""

    def found(wildcards):
        wanted = is_marked(wildcards) and (is_made(wildcards) or not only_made)
        return (file(wildcards) if callable(file) else file) if wanted else []

    return found


marked_delivery = of_marked("results/{video}/{language}/delivery.tsv")
marked_drafts = of_marked(each_drafted("draft.json"))
marked_takes = of_marked("results/{video}/{language}/takes.json", only_made=True)
marked_translation = of_marked(
    "results/{video}/{language}/translation.json", only_made=True
)


def with_marks(versions, *modules):
    """A params function: `code_version` or `package_versions`, with what marks a film."""

    def found(wildcards):
        marks = ("provenance.marks",) if is_marked(wildcards) else ()
        return versions(*modules, *marks)

    return found


def deliverables(wildcards):
    """An input function: the delivered files of a film."""
    return ["results/{video}/{language}/{video}.{language}.mp4", *encoded_films()]


def sidecars():
    """The sidecars of all films that are marked."""
    pattern = "results/{video}/{language}/{video}.{language}.json"
    return [
        pattern.format(video=video, language=language)
        for (video, language), dub in PROJECT.dubs.items()
        if PROVENANCE.marks(dub.kind == "made")
    ]


def kind_of_dub(wildcards):
    """A params function: whether a dub is made here, or what is given."""
    return film_dub(wildcards).kind


def dubbing_plugins(wildcards):
    """The plug-ins that make a film's sound, by section of the config and name.

    What is given needs none.
    """
    dub = film_dub(wildcards)
    if not dub.has_background:
        return {}
    separate = separate_section(wildcards)
    is_separated = not has_given_background(wildcards)
    separators = {separate.separator: separate.chosen} if is_separated else {}
    if dub.kind == "dialogue":
        return {"separate": separators}
    transcribe, is_heard = get_settings(wildcards).transcribe, is_recognized(wildcards)
    return {
        "separate": separators,
        "transcribe": {transcribe.recognizer: transcribe.chosen} if is_heard else {},
        "translate": film_translators(wildcards),
        "speak": film_synthesizers(wildcards),
    }


def dubbing_models(wildcards):
    """A params function: what makes a film's sound, by section, with the versions of its weights."""
    return {
        section: {name: plugin.weights_version() for name, plugin in plugins.items()}
        for section, plugins in dubbing_plugins(wildcards).items()
    }


def dubbing_settings(wildcards):
    """A params function: the numbers in the settings of what makes a film's sound.

    Words are left out: commands, addresses and paths may name people and places. So is what changes
    no result, such as time limits and prices.
    """
    found = {
        section: {name: without_runtime(plugin) for name, plugin in plugins.items()}
        for section, plugins in dubbing_plugins(wildcards).items()
    }
    if is_made(wildcards):
        found["fit"] = fit_settings(wildcards)
    if film_dub(wildcards).has_background:
        found["mix"] = PROJECT.settings.mix.model_dump()
    return numbers(found)


def without_runtime(plugin):
    """The settings of a plug-in that can change a result."""
    return plugin.model_dump(exclude=set(plugin.runtime_options))


def numbers(values):
    """The numbers and answers of a section, and of the sections in it."""
    inner = {
        key: numbers(value) if isinstance(value, dict) else value
        for key, value in values.items()
        if isinstance(value, (dict, bool, int, float))
    }
    return {key: value for key, value in inner.items() if value != {}}
