# The project (config and tables) and the films in it.

from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

from mouthpiece.cluster.part import Part
from mouthpiece.core.codeversion import code_version, package_versions
from mouthpiece.core.cuts import CUT_PATTERN
from mouthpiece.core.errors import InputError
from mouthpiece.core.fingerprints import fingerprint
from mouthpiece.core.leftovers import sweep_locked
from mouthpiece.core.locks import lock_folder
from mouthpiece.core.user_files import check_places, os_error_text
from mouthpiece.project.config_file import config_files
from mouthpiece.project.project import Project
from mouthpiece.project.required_weights import check_folders, missing_weights
from mouthpiece.project.tables import LANGUAGE_PATTERN, VIDEO_PATTERN, tag_of
from mouthpiece.review.unmatched import rows_on_cuts
from mouthpiece.review.unmatched_edits import edit_rows
from mouthpiece.weights.table import downloads
from mouthpiece.weights.version import weights_version


def open_project():
    """Validate the config and the tables. An error stops the run with one message."""
    try:
        check_places(*map(Path, ("results", "logs", "timings", ".snakemake")))
        return Project.open(config, config_files(NAMED_CONFIGS))
    except InputError as error:
        raise WorkflowError(str(error)) from None


STOPPING_S = 10  # a run whose command was killed stops within some seconds


def hold_results():
    """Lock the results folder against other runs, and remove what killed runs left.

    A job of a cluster works under the lock of its run.
    """
    global results_lock
    try:
        if PART:
            PART.check()
            return
        results_lock = lock_folder(Path("results"), STOPPING_S)
    except InputError as error:
        raise WorkflowError(str(error)) from None
    except OSError as error:
        raise WorkflowError(
            f"results/ cannot be locked: {os_error_text(error)}"
        ) from None
    swept = sweep_locked(
        Path(), [PROJECT.decisions_table.parent, downloads() / "converted"]
    )
    if swept.files:
        logger.warning(str(swept))


def check_weights():
    """Stop if a folder of weights is missing, and warn if weights are missing."""
    if not workflow.is_main_process:  # once for the run, not in every job
        return
    try:
        check_folders(PROJECT, config_files(NAMED_CONFIGS))
    except InputError as error:
        raise WorkflowError(str(error)) from None
    if missing := missing_weights(PROJECT, NAMED_CONFIGS):
        logger.warning(missing)


NAMED_CONFIGS = [Path(file) for file in workflow.overwrite_configfiles]
PROJECT = open_project()
PART = Part.here()
ROWS_ON_CUTS = rows_on_cuts(PROJECT.decisions.values(), PROJECT.overrides)
ROWS_ON_LINES = edit_rows(PROJECT.edits.values())
check_weights()
if not PROJECT.dubs:
    logger.warning("dubs.tsv has no rows yet: there is nothing to make.")


wildcard_constraints:
    video=VIDEO_PATTERN,
    language=LANGUAGE_PATTERN,
    cut=CUT_PATTERN,


def each_film(pattern):
    """A file of every film in the tables."""
    return [
        pattern.format(video=video, language=language)
        for video, language in PROJECT.dubs
    ]


def films():
    """The films."""
    return each_film("results/{video}/{language}/{video}.{language}.mp4")


def reviews():
    """The review pages."""
    return each_film("results/{video}/{language}/review")


def overviews():
    """The project's overview page, if there are films."""
    return ["results/overview.html"] if PROJECT.dubs else []


def from_here(path):
    """Make a path in the working folder relative, so that the folder can be moved."""
    here = Path.cwd().resolve()
    return path.relative_to(here) if path.is_relative_to(here) else path


def user_file(file):
    """A user's file as a param; empty where there is none."""
    return str(from_here(file)) if file else ""


# A user's file is a param, not an input, so that its content counts and not its time or name.
# Snakemake also fails a job whose input has a modification time in the future, even if `ancient`.


def get_source(wildcards, threads):
    """A params function: the source file of a video.

    Snakemake does not record the values of params functions that take `threads`.
    """
    return str(from_here(PROJECT.videos[wildcards.video].path))


def get_cut_override(wildcards, threads):
    """A params function: the cuts file of a video; empty if it has none. Not recorded."""
    return user_file(PROJECT.videos[wildcards.video].cuts)


def get_dub(wildcards, threads):
    """A params function: the user's dub of a film; empty: it is made. Not recorded."""
    return user_file(PROJECT.dubs[wildcards.video, wildcards.language].audio)


def fingerprint_of(path):
    """The fingerprint of a user's file.

    No error is raised here, since it would stop all films: the job itself says what is wrong.
    """
    try:
        return fingerprint(path)
    except InputError as error:
        return f"unreadable: {error}"


def content_of(get_file):
    """A params function: the fingerprint of a user's file; empty if there is none."""

    def content(wildcards):
        file = get_file(wildcards, threads=1)
        return fingerprint_of(Path(file)) if file else ""

    return content


def get_policy(wildcards):
    """The length policy of a film; see `Project.length_policy`."""
    return PROJECT.length_policy(wildcards.video, wildcards.language)


def language_tag(wildcards):
    """A params function: the language of a film, a BCP-47 tag."""
    return tag_of(wildcards.language)


def get_decisions(wildcards):
    """A params function: the decisions on a film's cuts, by cut."""
    return PROJECT.decisions_for(wildcards.video, wildcards.language)


def gate_decisions(wildcards):
    """A params function: the part of them that the gate reads. A new note does not redo a film."""
    return {
        cut: {"decision": values["decision"], "draft": values["draft"]}
        for cut, values in get_decisions(wildcards).items()
        if values["decision"]
    }


def encoding():
    """The values of the section `delivery` that a segment depends on."""
    return PROJECT.settings.delivery.encoding


FURTHER_DELIVERY = (
    "profiles",
    "hevc_crf",
    "hevc_preset",
    "dnxhr_form",
    "stem_form",
    "multilingual_picture",
)  # of the section `delivery`, what no master depends on


def film_settings():
    """The values of the section `delivery` that a master depends on, besides its sound."""
    others = {"length_policy", "audio_bitrate_kbps", "keep", *FURTHER_DELIVERY}
    return PROJECT.settings.delivery.model_dump(exclude={*others, *length_limits()})


def normalize_settings(wildcards):
    """A params function: the values of the section `normalize` that a mezzanine depends on."""
    settings = PROJECT.settings_for(wildcards.video, "*", "*").normalize
    return settings.used_for(still=wildcards.video in PROJECT.stills)


def cut_settings(wildcards):
    """A params function: the values of the section `cuts` that a video's cuts depend on."""
    settings = PROJECT.settings_for(wildcards.video, "*", "*").cuts
    return {} if PROJECT.videos[wildcards.video].cuts else settings.used


def people_settings(wildcards):
    """A params function: by what detected cuts of two people are divided; None: they are not."""
    guard = PROJECT.settings_for(wildcards.video, "*", "*").guard
    if PROJECT.videos[wildcards.video].cuts or guard.person_change == 2:
        return None
    return guard.model_dump(include={"min_score", "min_presence", "person_change"})


def people_weights(wildcards):
    """A params function: the weights that find a video's faces, if its cuts depend on them."""
    return weights_version(("guard",)) if people_settings(wildcards) else ""


def cut_versions(versions):
    """A params function: `code_version` or `package_versions` of the cut detection of a video."""

    def found(wildcards):
        detector = cut_settings(wildcards).get("detector")
        modules = ["media.shots"] if detector else []
        modules += ["media.transnet"] if detector == "transnetv2" else []
        modules += ["faces.people"] if people_settings(wildcards) else []
        return versions("stages.cuts", *modules)

    return found
