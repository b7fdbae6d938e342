# The project: config and tables, checked once; and the films that they ask for.

import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

if Path(workflow.basedir, "workflow_scripts", "mouthpiece").is_dir():  # a checkout
    sys.path.insert(0, str(Path(workflow.basedir, "workflow_scripts")))

from mouthpiece.core.codeversion import code_version, package_versions
from mouthpiece.core.cuts import CUT_PATTERN
from mouthpiece.core.errors import InputError
from mouthpiece.core.fingerprints import fingerprint
from mouthpiece.core.locks import lock_folder
from mouthpiece.project.project import Project, config_files
from mouthpiece.project.required_weights import check_folders, missing_weights
from mouthpiece.project.tables import LANGUAGE_PATTERN, VIDEO_PATTERN


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


def user_file(path):
    """A file of the user's as an input: its content counts (`content_of`), not its time."""
    return ancient(str(from_here(path)))


def get_source(wildcards):
    """The source file of a video."""
    return user_file(PROJECT.videos[wildcards.video].path)


def get_cut_override(wildcards):
    """The cuts file of a video that has one."""
    file = PROJECT.videos[wildcards.video].cuts
    return user_file(file) if file else []


def get_dub(wildcards):
    """The dub of a film."""
    return user_file(PROJECT.dubs[wildcards.video, wildcards.language].audio)


def source_content(wildcards):
    """A params function: the fingerprint of a video's source."""
    return fingerprint(PROJECT.videos[wildcards.video].path)


def override_content(wildcards):
    """A params function: the fingerprint of a video's cuts file; empty where it has none."""
    file = PROJECT.videos[wildcards.video].cuts
    return fingerprint(file) if file else ""


def dub_content(wildcards):
    """A params function: the fingerprint of a film's dub."""
    return fingerprint(PROJECT.dubs[wildcards.video, wildcards.language].audio)


def get_policy(wildcards):
    """The length policy of a film: its row's, else the config's; a still picture loops."""
    return PROJECT.length_policy(wildcards.video, wildcards.language)


def get_decisions(wildcards):
    """The decisions on a film's cuts."""
    return PROJECT.decisions_for(wildcards.video, wildcards.language)


def encoding():
    """The part of the delivery settings that a segment depends on."""
    delivery = PROJECT.settings.delivery
    return {key: getattr(delivery, key) for key in ("crf", "preset", "pixel_format")}
