"""What happened to a closure, as its customer may read it: from the journal, without causes, people or notes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Event
from closure.enums import ClosureState
from closure.models import ClosureRequest

WORDS: dict[str, str | Promise] = {
    "closure.started": _("You began to close your account."),
    "closure.discarded": _("You stopped before asking us to close your account."),
    "closure.lapsed": _("Nothing happened for some time, so this request ended."),
    "closure.submitted": _("You asked us to close your account."),
    "closure.approved": _("We checked your request."),
    "closure.asked": _("We asked you something."),
    "closure.answered": _("You answered."),
    "closure.elapsed": _("The waiting time is over."),
    "closure.begun": _("We began to close your account."),
    "closure.held": _("Your request is on hold."),
    "closure.resumed": _("Your request goes on."),
    "closure.timed_out": _("It took too long, so we ended this request and released your account."),
    "closure.rejected": _("We ended this request and released your account."),
    "closure.cancelled": _("This request was cancelled."),
    "closure.disputed": _("You told us that you did not ask for this."),
    "closure.dispute_released": _("We looked at it and opened your account again."),
    "closure.finished": _("Your account is closed."),
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a timeline."""

    at: datetime
    code: str
    text: str
    state: ClosureState


def of_requests(requests: Sequence[ClosureRequest]) -> dict[UUID, list[Entry]]:
    """Return what happened to requests, by their keys, oldest first; one query for all of them.

    Events without words here are the house's own business, such as a proposal by staff.
    """
    told: dict[UUID, list[Entry]] = {request.pk: [] for request in requests}
    if not told:
        return told
    # Keys are time-ordered: no event of a request is older than its row.
    events = Event.objects.filter(
        account_id__in={request.account_id for request in requests}, action__in=WORDS, id__gte=min(told)
    )
    for event in events.order_by("id"):
        data = json.loads(bytes(event.body))["data"]
        entries = told.get(UUID(data["request"]))
        if entries is not None:
            words = str(WORDS[event.action])
            entries.append(Entry(at=event.at, code=event.action, text=words, state=ClosureState(data["to"])))
    return told
