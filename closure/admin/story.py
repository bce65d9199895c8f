"""What happened to a closure, for staff: from the journal, with who acted and what staff wrote."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.base import actor_words
from accounts.models import Event, Note
from closure.enums import ClosureState, HeldReason
from closure.mails import REJECTIONS
from closure.models import ClosureRequest

WORDS: dict[str, str | Promise] = {
    "closure.started": gettext_lazy("Draft begun"),
    "closure.discarded": gettext_lazy("Draft discarded"),
    "closure.submitted": gettext_lazy("Submitted; account frozen"),
    "closure.proposed": gettext_lazy("Approval proposed"),
    "closure.approved": gettext_lazy("Approved"),
    "closure.asked": gettext_lazy("Asked for more"),
    "closure.answered": gettext_lazy("Question answered"),
    "closure.elapsed": gettext_lazy("Waiting time over"),
    "closure.begun": gettext_lazy("Finalization begun"),
    "closure.resumed": gettext_lazy("Hold ended"),
    "closure.parked": gettext_lazy("Parked by a legal hold"),
    "closure.unparked": gettext_lazy("Legal hold over, goes on"),
    "closure.finished": gettext_lazy("Account closed"),
    "closure.replayed": gettext_lazy("Closed again by the book, after a restore"),
    "closure.replaced": gettext_lazy("Gave way to the request that closed the account, after a restore"),
    "closure.cancelled": gettext_lazy("Cancelled; account released"),
    "closure.disputed": gettext_lazy("Disputed by the owner; account disabled"),
    "closure.dispute_release_proposed": gettext_lazy("Release after the dispute proposed"),
    "closure.dispute_released": gettext_lazy("Released after the dispute"),
    "closure.timed_out": gettext_lazy("Frozen too long; account released"),
    "desk.claimed": gettext_lazy("Claimed"),
    "desk.taken_over": gettext_lazy("Taken over"),
    "desk.released": gettext_lazy("Given back"),
    "desk.assigned": gettext_lazy("Assigned"),
    "face.recorded": gettext_lazy("Outcome of the face check recorded"),
    "work.rearmed": gettext_lazy("Parked work started again"),
}
# These move no state; they name their request as "closure".
BESIDE = ("desk.claimed", "desk.taken_over", "desk.released", "desk.assigned", "face.recorded", "work.rearmed")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One event; `version` is what the request had afterwards."""

    at: datetime
    text: str
    who: str
    note: str
    version: int


def lines(request: ClosureRequest) -> list[Line]:
    """Return what happened to a request, oldest first, with two queries."""
    # Keys are time-ordered: no event of a request is older than its row.
    about = Q(action__startswith="closure.") | Q(action__in=BESIDE)
    events = Event.objects.filter(about, account_id=request.account_id, id__gte=request.pk).order_by("id")
    told = [(event, json.loads(bytes(event.body))["data"]) for event in events]
    mine = [(event, data) for event, data in told if str(request.pk) in {data.get("request"), data.get("closure")}]
    found = Note.objects.filter(event_id__in=[event.pk for event, _data in mine]).values_list("event_id", "text")
    notes = dict(found)
    return [
        Line(
            at=event.at,
            text=said(event.action, data),
            who=actor_words(event.actor),
            note=notes.get(event.pk, ""),
            version=int(data.get("version", 0)),
        )
        for event, data in mine
    ]


def said(action: str, data: dict[str, Any]) -> str:
    """Return an event in the words of staff: causes of holds and codes of rejections are told here."""
    if action == "closure.held":
        causes = [HeldReason(cause).label for cause in data.get("causes", ())]
        return _("Held: %(causes)s") % {"causes": ", ".join(str(cause) for cause in causes)}
    if action == "closure.rejected":
        reason = REJECTIONS.get(data.get("template", ""), REJECTIONS["rejected"])
        return _("Rejected; account released. The customer read: “%(words)s”") % {"words": reason}
    if action == "closure.lapsed":
        is_draft = data.get("to") == ClosureState.EXPIRED
        return _("Draft lapsed") if is_draft else _("No answer; account released")
    return str(WORDS.get(action, action))
