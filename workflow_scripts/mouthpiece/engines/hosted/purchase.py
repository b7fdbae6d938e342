"""A cut that was bought, or is being bought: a row of the ledger. Its states, in their order:

reserved    its price is in the budget; nothing that costs was sent
submitting  the request is being sent, or was sent by a process that ended
unknown     nobody knows whether the service has taken it
submitted   the service has taken it
succeeded   the film is made, and not here yet
delivered   the film is here
failed      the service gave up; it may have been paid
refused     the service did not take it: it costs nothing
cleared     a person said that it may be bought again
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

State = Literal[
    "reserved", "submitting", "unknown", "submitted", "succeeded", "delivered", "failed", "refused",
    "cleared",
]  # fmt: skip
STATES: tuple[str, ...] = get_args(State)

AT_SERVICE = ("submitting", "unknown", "submitted")
"""The states in which the service may be at work on it."""

FREE = ("reserved", "refused")
"""The states in which nothing was bought."""

LIVE = ("submitting", "submitted", "succeeded", "delivered")
"""The states in which there may well be a film: who clears such a row pays for another one."""


@dataclass(frozen=True)
class Purchase:
    """A row of the ledger.

    Attributes:
        key: `Order.key`; of a cleared row, with a number behind it.
        service: The service's name.
        model: The model.
        label: What a person knows the cut by.
        run: The run that it was bought in.
        token: Identifies this one purchase.
        state: See the module.
        price_micro_usd: Its price.
        request_id: What the service calls it; empty: not known.
        urls: See `Accepted.urls`.
        clip_url: See `Uploads.clip`.
        sound_url: See `Uploads.sound`.
        raw: The service's last word, or the last problem.
        output_url: Where the film was.
        output_sha256: The SHA-256 of the film that is here.
        sent: When the request was sent, in seconds of the epoch; None: it was not.
        touched: When a process last looked at it; of an `unknown` one, when it was last sent.
    """

    key: str
    service: str
    model: str
    label: str
    run: str
    token: str
    state: State
    price_micro_usd: int
    request_id: str = ""
    urls: Mapping[str, str] = field(default_factory=dict)
    clip_url: str = ""
    sound_url: str = ""
    raw: str = ""
    output_url: str = ""
    output_sha256: str = ""
    sent: float | None = None
    touched: float = 0.0
