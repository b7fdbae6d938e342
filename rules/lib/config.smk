# The library, and the config of the working folder, which is checked before Snakemake reads it.

import shlex
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError

if set("{}") & set(str(workflow.basedir)):
    raise WorkflowError(
        f"{workflow.basedir}: Snakemake takes braces in the folder of a workflow for wildcards; "
        "install Mouthpiece in a folder without them"
    )
if Path(sys.executable).exists():  # is not quoted yet
    # Snakemake writes it into the commands of scripts as it is: a space would end it.
    sys.executable = shlex.quote(sys.executable)

for folder in (Path(workflow.basedir), Path(workflow.basedir).parent):
    if (folder / "workflow_scripts" / "mouthpiece").is_dir():  # a checkout
        sys.path.insert(0, str(folder / "workflow_scripts"))

from mouthpiece.core.errors import InputError
from mouthpiece.core.garbage import (
    end_without_looking_for_garbage,
    look_seldom_for_garbage,
)
from mouthpiece.core.user_files import exists
from mouthpiece.project.config_file import read_one

look_seldom_for_garbage()
end_without_looking_for_garbage()


def check_config(file):
    """Stop with one message at a config that is no file or not YAML."""
    try:
        read_one(file)
    except InputError as error:
        raise WorkflowError(str(error)) from None


if exists(Path("config/config.yaml")):
    check_config(Path("config/config.yaml"))

    configfile: "config/config.yaml"
