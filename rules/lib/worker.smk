# The shell commands of rules: who runs their scripts. See docs/worker.md.

import os

from mouthpiece.core.run_id import begin_run
from mouthpiece.worker.command import client_environment, pool_words


def common_modules():
    """The modules of the engine and the scorer, which most jobs need, unless they are large."""
    chosen = PROJECT.settings.chosen_engine
    found = [LIMITS.implementation] + [chosen.implementation] * (not chosen.uses_worker)
    return [name.partition(":")[0] for name in found]


POOL = pool_words(PROJECT.settings.worker, common_modules())
os.environ.update(client_environment(POOL))
begin_run()  # jobs inherit its name

CLIENT = '"${{MOUTHPIECE_PYTHON}}" -I -S "${{MOUTHPIECE_CLIENT}}"'
WORKER = f'{CLIENT} "${{{{MOUTHPIECE_SOCKET}}}}" "${{{{MOUTHPIECE_POOL}}}}" 0'
PROCESS = f"{CLIENT} - - 0"  # no pool

LISTS = ("input", "output", "params", "wildcards", "resources", "log")
JOB = " ".join(f"{{{name}!r:q}} {{{name}._names!r:q}}" for name in LISTS)
LINES = "\n".join(f"{{{name}!r}}\n{{{name}._names!r}}" for name in LISTS)
# Each list of a job as two Python literals: its values, and the names of its parts.

RULE = "{{{rule}}}"  # the name, in braces, without which `snakemake --lint` refuses it


def in_worker(script, kind="cpu"):
    """The shell command of a rule whose script a warm worker runs.

    Only for rules with few inputs: the kernel takes 128 KB of a command.
    """
    return f"{WORKER} {kind} {script} {RULE} {{threads}} {JOB}"


def in_process(script):
    """The shell command of a rule that loads large models. It is a process of its own."""
    return f"{PROCESS} cpu {script} {RULE} {{threads}} {JOB}"


def in_worker_by_lines(script):
    """The same for rules with an input for each cut: the client reads its words from lines."""
    return f"exec {WORKER} cpu - <<'END'\n{script}\n{RULE}\n{{threads}}\n{LINES}\nEND"


def worker_kind(wildcards):
    """A resources function: the kind of worker that a job of an engine needs."""
    chosen = get_engine(wildcards)
    if chosen.sends_pictures:
        return "own"
    return "device" if chosen.gpus or chosen.uses_worker else "cpu"
