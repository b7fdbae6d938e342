"""What the jobs of a run are called in Slurm's queue: video, what the job does, and shard.

Their comment, too, may be the user's.

The executor plugin (`snakemake-executor-plugin-slurm` 2.8) gives all jobs of a run the same name, a
random one, by which it also asks for their states. Here each job gets a name of its own, and the
states are asked for by the user.
"""

import getpass
import shlex
from pathlib import Path
from typing import Any

import snakemake_executor_plugin_slurm as plugin

from .run_file import job_mark

LONGEST = 100
"""How many characters of a name are used."""


def job_name(kind: str, video: str, name: str, mark: str) -> str:
    """Name a job.

    Args:
        kind: What it does.
        video: Its video.
        name: Its shard or film; empty: it has none.
        mark: The mark of the project's folder; see `job_mark`.

    Returns:
        Such as "talk.cuts.2of7@1f0c22aa".
    """
    return ".".join(filter(None, (video, kind, name)))[:LONGEST] + mark


def name_jobs(folder: Path, comment: str = "") -> None:
    """Make the plugin name the jobs of this process's run, and find them again.

    Args:
        folder: The project's folder.
        comment: What their comment is; empty: the plugin's own, which has rule and wildcards.
    """
    mark, submit = job_mark(folder), plugin.get_submit_command

    def named(job: Any, params: dict[str, Any], **options: Any) -> str:
        wildcards = job.wildcards_dict
        name = wildcards.get("shard") or wildcards.get("language") or ""
        own = job_name(job.rule.name, wildcards.get("video", ""), name, mark)
        changed = {"run_uuid": own} | ({"comment_str": comment} if comment else {})
        return str(submit(job, params | changed, **options))

    user = shlex.quote(getpass.getuser())
    plugin.get_submit_command = named
    plugin.query_job_status_squeue = lambda _: shlex.join(
        ["squeue", "--format=%i|%T", "--states=all", "--noheader", "--user", user]
    )
    by_name = plugin.query_job_status_sacct

    def by_user(run: str) -> str:
        words = shlex.split(by_name(run))
        return shlex.join([*words[: words.index("--name")], "--user", user])

    plugin.query_job_status_sacct = by_user
