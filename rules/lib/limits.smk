# Memory and time of jobs, for clusters. A job that failed is submitted again with more of both.

MOST_TIMES = 2  # how often a time limit is multiplied; a limit above the partition's never starts


def mem_mb(least):
    """A resources function: memory in MB, with more at each attempt."""

    def grown(wildcards, attempt):
        return least * attempt

    return grown


def minutes(first):
    """A resources function: a time limit in minutes, doubled from the second attempt on."""

    def grown(wildcards, attempt):
        return first * min(attempt, MOST_TIMES)

    return grown
