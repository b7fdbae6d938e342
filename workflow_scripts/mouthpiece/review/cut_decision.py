"""The decision on a cut: its own row of the table, or a refusal that is carried to it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ..core.files import digest
from ..project.decision_table import REMARK, STAMP, Decision, remark_under
from .decisions import Table
from .refusals import REFUSAL, carried_to, refusals_in, refused_by
from .versions import RESTORE


@dataclass(frozen=True)
class CutDecision:
    """What the table says of a cut now.

    Attributes:
        own: The cut's own row; None where it has none.
        carried: The row of another cut id whose refusal is carried to this cut; None: none is.
    """

    own: Decision | None
    carried: Decision | None = None

    @property
    def carried_from(self) -> str:
        """The cut id that was refused; empty where no refusal is carried over."""
        return self.carried.row.values["cut"] if self.carried else ""

    @property
    def values(self) -> dict[str, str]:
        """The columns of the table, as they hold for the cut."""
        values = self.own.values if self.own else {}
        if self.carried is None:
            return values
        return {**self.carried.values, "preset": "", "tier": "", **values} | _refused(
            values, self.carried
        )

    @property
    def revision(self) -> str:
        """A name that changes with what the table says of the cut."""
        rows = [row.values for row in (self.own, self.carried) if row]
        return digest([self.carried_from, *rows] if self.carried else rows)[:12]

    @property
    def sent(self) -> dict[str, str]:
        """What a page is told: values, revision, and the cut id that a refusal is carried from."""
        carried = {"carried_from": self.carried_from} if self.carried else {}
        return {**self.values, "revision": self.revision, **carried}

    def is_settled(self, drafts: Sequence[str]) -> bool:
        """Tell whether the decision settles the cut, or asks for another draft.

        Args:
            drafts: The key of the draft that the cut has, and of those that it stands for.

        Returns:
            True for a refusal, a draft that is restored, and a decision on one of these drafts.
        """
        values = self.values
        decision, made_on = values["decision"], values["draft"]
        if decision in (REFUSAL, RESTORE):
            return True
        return bool(decision) and (made_on in drafts or (not made_on and decision != "retry"))


def revision(decision: CutDecision | None) -> str:
    """Name what the table says of a cut.

    Args:
        decision: The decision; None where it says nothing.

    Returns:
        The decision's revision; empty where there is none.
    """
    return decision.revision if decision else ""


def cut_decisions(rows: Mapping[str, Decision], cuts: Collection[str]) -> dict[str, CutDecision]:
    """Find what the table says of each cut of a film.

    Args:
        rows: The rows of the film, by cut id; an id need not be a cut of the film any more.
        cuts: The ids of its cuts.

    Returns:
        Cut id -> decision, for the cuts that have one.
    """
    refusals = refused_by(cuts, refusals_in({cut: row.decision for cut, row in rows.items()}))
    found = {}
    for cut in cuts:
        refusal = refusals.get(cut, cut)
        carried = rows[refusal] if refusal != cut else None
        if carried or cut in rows:
            found[cut] = CutDecision(rows.get(cut), carried)
    return found


def cut_decision(
    table: Table, film: tuple[str, str], cut: str, cuts: Collection[str]
) -> CutDecision | None:
    """Find what the table says of one cut of a film, which need not have it any more.

    Args:
        table: The table.
        film: Video and key of the dub.
        cut: The id of the cut.
        cuts: The ids of the film's cuts.

    Returns:
        The decision; None where it says nothing.
    """
    rows = _strays(table, film, cuts)
    if own := table.get((*film, cut)):
        rows[cut] = own
    return cut_decisions(rows, {*cuts, cut} if rows.keys() - {cut} else [cut]).get(cut)


def _strays(table: Table, film: tuple[str, str], cuts: Collection[str]) -> dict[str, Decision]:
    """The refusals of cuts that a film does not have, by cut id."""
    return {
        row.values["cut"]: table.entry_of(row)
        for (*_, cut), row in table.rows.items()
        if row.values.get("decision") == REFUSAL
        and cut not in cuts
        and table.key_of(row)[:2] == film
    }


def release(table: Table, video: str, language: str, cut: str, drafts: Mapping[str, str]) -> None:
    """Take a cut out of the refusals that are carried to it.

    The other cuts that these refusals are carried to get rows of their own, so they stay refused.

    Args:
        table: The table, which is changed.
        video: The video.
        language: The key of the dub.
        cut: The cut that is no longer refused.
        drafts: Cut id -> key of its draft, for all cuts of the film.
    """
    rows = _strays(table, (video, language), drafts)
    for refusal in rows:
        refused = carried_to(refusal, drafts)
        if cut not in refused:
            continue
        table.drop((video, language, refusal))
        for other in refused:
            own = table.get((video, language, other))
            if other == cut or (own and own.decision == REFUSAL):
                continue
            values = own.values if own else {}
            refused_now = {"draft": drafts[other], **_refused(values, rows[refusal])}
            table.put((video, language, other), values | refused_now)


def _refused(own: Mapping[str, str], refusal: Decision) -> dict[str, str]:
    """A refusal as a cut's own: whose it is stays; a remark of the cut's own is not replaced."""
    is_remarked = any(own.get(name) for name in REMARK)
    remarked = own if is_remarked else refusal.values
    return {
        "decision": REFUSAL,
        **remark_under(remarked, refusal.reviewer),
        **{name: refusal.values[name] for name in STAMP},
    }
