"""The verdicts on cuts, in words."""

from collections.abc import Mapping

VERDICTS = {
    "fault": ("Fault", "The machine failed; the original is delivered, the next run tries again."),
    "fail": ("Gated out", "The gate found the draft out of sync or too weak."),
    "review": ("Doubtful", "The gate could not tell; a person should look."),
    "unjudged": ("Not judged", "Too short or too silent for the gate to judge."),
    "passthrough": ("Passed through", "No draft was made; the original is delivered."),
    "pass": ("In sync", "The gate passed the draft."),
}
"""Verdict -> its name and what it means, in the order a reviewer wants to see the cuts."""

REVIEWED = ("fail", "review")
"""The verdicts that queue a cut for review."""


def verdict(row: Mapping[str, str]) -> str:
    """Find the verdict on a cut.

    Args:
        row: Its row of cuts.tsv.

    Returns:
        A key of VERDICTS: the gate's verdict, `passthrough` where there was no draft to judge,
        `fault` where the machine failed.
    """
    if row.get("fault"):
        return "fault"
    return row["gate"] if row["gate"] in VERDICTS else "passthrough"
