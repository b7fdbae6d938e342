# The project: config and tables, checked once; and the films that they ask for.

import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

for folder in (Path(workflow.basedir), Path(workflow.basedir).parent):
    if (folder / "workflow_scripts" / "mouthpiece").is_dir():  # a checkout
        sys.path.insert(0, str(folder / "workflow_scripts"))

from mouthpiece.core.codeversion import code_version, package_versions
from mouthpiece.core.cuts import CUT_PATTERN
from mouthpiece.core.errors import InputError
from mouthpiece.core.fingerprints import fingerprint
from mouthpiece.core.locks import lock_folder
from mouthpiece.media.still import is_still
from mouthpiece.project.project import Project, config_files
from mouthpiece.project.required_weights import check_folders, missing_weights
from mouthpiece.project.tables import LANGUAGE_PATTERN, VIDEO_PATTERN, tag_of
from mouthpiece.review.unmatched import rows_on_cuts


def open_project():
    """The config and the tables; a wrong one stops the run with one message."""
    try:
        return Project.open(config, config_files(NAMED_CONFIGS))
    except InputError as error:
        raise WorkflowError(str(error)) from None


def hold_results():
    """Keep other runs out of this results folder while this one goes on."""
    global results_lock
    try:
        results_lock = lock_folder(Path("results"))
    except InputError as error:
        raise WorkflowError(str(error)) from None


def check_weights():
    """Once, not in every job: stop for a folder that is missing, say what must be fetched."""
    if not workflow.is_main_process:
        return
    try:
        check_folders(PROJECT, config_files(NAMED_CONFIGS))
    except InputError as error:
        raise WorkflowError(str(error)) from None
    if missing := missing_weights(PROJECT, NAMED_CONFIGS):
        logger.warning(missing)


NAMED_CONFIGS = [Path(file) for file in workflow.overwrite_configfiles]
PROJECT = open_project()
ROWS_ON_CUTS = rows_on_cuts(PROJECT.decisions.values(), PROJECT.overrides)
check_weights()
if not PROJECT.dubs:
    logger.warning("dubs.tsv has no rows yet: there is nothing to make.")


wildcard_constraints:
    video=VIDEO_PATTERN,
    language=LANGUAGE_PATTERN,
    cut=CUT_PATTERN,


def each_film(pattern):
    """A file of every film that the tables ask for."""
    return [
        pattern.format(video=video, language=language)
        for video, language in PROJECT.dubs
    ]


def films():
    """Every film."""
    return each_film("results/{video}/{language}/{video}.{language}.mp4")


def reviews():
    """Every film's review page."""
    return each_film("results/{video}/{language}/review")


def overviews():
    """The project's overview page, where there is a film."""
    return ["results/overview.html"] if PROJECT.dubs else []


def from_here(path):
    """A path below the working folder as relative, so that the folder may be moved."""
    here = Path.cwd().resolve()
    return path.relative_to(here) if path.is_relative_to(here) else path


# A user's file is a param, no input: its content counts, not its time or its name. Snakemake fails a
# job whose input has a modification time in the future, `ancient` or not.


def get_source(wildcards, threads):
    """A params function: the source file of a video.

    Snakemake does not remember what a function returns that takes `threads`.
    """
    return str(from_here(PROJECT.videos[wildcards.video].path))


def get_cut_override(wildcards, threads):
    """A params function: the cuts file of a video; empty where it has none. Not remembered."""
    file = PROJECT.videos[wildcards.video].cuts
    return str(from_here(file)) if file else ""


def get_dub(wildcards, threads):
    """A params function: the user's dub of a film. Not remembered."""
    return str(from_here(PROJECT.dubs[wildcards.video, wildcards.language].audio))


def content_of(user_file):
    """A params function: the fingerprint of a file of the user's; empty where there is none."""

    def content(wildcards):
        file = user_file(wildcards, threads=1)
        try:
            return fingerprint(Path(file)) if file else ""
        except InputError as error:
            raise WorkflowError(str(error)) from None

    return content


def get_policy(wildcards):
    """The length policy of a film: its row's, else the config's; a still picture loops."""
    return PROJECT.length_policy(wildcards.video, wildcards.language)


def language_tag(wildcards):
    """A params function: the language of a film, a BCP-47 tag."""
    return tag_of(wildcards.language)


def get_decisions(wildcards):
    """A params function: the decisions on a film's cuts, by cut."""
    return PROJECT.decisions_for(wildcards.video, wildcards.language)


def gate_decisions(wildcards):
    """A params function: what the gate reads of them, so that a note alone redoes no film."""
    return {
        cut: {"decision": values["decision"], "draft": values["draft"]}
        for cut, values in get_decisions(wildcards).items()
        if values["decision"]
    }


def encoding():
    """What a segment depends on of the section `delivery`."""
    return PROJECT.settings.delivery.encoding


def film_settings():
    """What a film depends on of the section `delivery`. Its length policy is apart: `get_policy`."""
    return PROJECT.settings.delivery.model_dump(exclude={"length_policy"})


def normalize_settings(wildcards):
    """A params function: what a video's mezzanine depends on of the section `normalize`."""
    settings = PROJECT.settings_for(wildcards.video, "*", "*").normalize
    return settings.used_for(still=is_still(PROJECT.videos[wildcards.video].path))


def cut_settings(wildcards):
    """A params function: what a video's cuts depend on of the section `cuts`."""
    settings = PROJECT.settings_for(wildcards.video, "*", "*").cuts
    return {} if PROJECT.videos[wildcards.video].cuts else settings.used


def cut_versions(versions):
    """A params function: `code_version` or `package_versions` of what finds a video's cuts."""

    def found(wildcards):
        detector = cut_settings(wildcards).get("detector")
        modules = {None: (), "transnetv2": ("media.shots", "media.transnet")}
        return versions("stages.cuts", *modules.get(detector, ("media.shots",)))

    return found
