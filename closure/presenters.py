"""Closures in words: the timeline that customers and staff read, drawn from the journal."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Event
from closure.enums import ClosureState, HeldReason
from closure.mails import HELD_WORDS, LEGAL_WORDS
from closure.models import ClosureRequest

WORDS: dict[str, str | Promise] = {
    "closure.started": gettext_lazy("You began to close your account."),
    "closure.discarded": gettext_lazy("You kept your account."),
    "closure.submitted": gettext_lazy("You asked us to close your account. It is frozen."),
    "closure.proposed": gettext_lazy("A person checked the request."),
    "closure.approved": gettext_lazy("The review is done."),
    "closure.document_resolved": gettext_lazy("Our staff resolved the document number."),
    "closure.asked": gettext_lazy("We asked you a question."),
    "closure.answered": gettext_lazy("You answered our question."),
    "closure.elapsed": gettext_lazy("The waiting time is over."),
    "closure.begun": gettext_lazy("We began to close your account."),
    "closure.resumed": gettext_lazy("The closing goes on."),
    "closure.parked": LEGAL_WORDS,
    "closure.unparked": gettext_lazy("The closing goes on."),
    "closure.finished": gettext_lazy("Your account is closed."),
    "closure.replayed": gettext_lazy("Your account had been closed. We close it again after a repair."),
    "closure.replaced": gettext_lazy("A later request closed the account."),
    "closure.cancelled": gettext_lazy("The closing was cancelled. Your account is active again."),
    "closure.disputed": gettext_lazy("You told us that you did not ask for this. Your account is locked."),
    "closure.dispute_release_proposed": gettext_lazy("One person proposed to release the account."),
    "closure.dispute_released": gettext_lazy("We looked at it and opened your account again."),
    "closure.rejected": gettext_lazy("We did not close your account. It is active again."),
    "closure.timed_out": gettext_lazy("The longest time to keep an account frozen ended. It is active again."),
}
LAPSED_DRAFT = gettext_lazy("You did not go on, so we ended this request.")
LAPSED_QUESTION = gettext_lazy("We got no answer, so we did not close your account. It is active again.")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a timeline; `actor` is an opaque label, for staff."""

    at: datetime
    code: str
    text: str
    actor: str


def timeline(request: ClosureRequest) -> list[Entry]:
    """Return what happened to a request, oldest first."""
    events = Event.objects.filter(account_id=request.account_id, action__startswith="closure.").order_by("id")
    told = [(event, json.loads(bytes(event.body))["data"]) for event in events]
    return [
        Entry(at=event.at, code=event.action, text=sentence(event.action, data), actor=event.actor)
        for event, data in told
        if data.get("request") == str(request.pk)
    ]


def sentence(action: str, data: dict[str, Any]) -> str:
    """Return what an event says to its customer; legal and risk holds are one neutral sentence, whatever the kind."""
    if action == "closure.held":
        causes = {HeldReason(cause) for cause in data.get("causes", ())}
        if HeldReason.LEGAL in causes:
            return _("The closing is on hold.") + f" {LEGAL_WORDS}"
        said = [str(HELD_WORDS[cause]) for cause in HeldReason if cause in causes]
        return " ".join([_("The closing is on hold."), *said])
    if action == "closure.lapsed":
        return str(LAPSED_DRAFT if data.get("to") == ClosureState.EXPIRED else LAPSED_QUESTION)
    return str(WORDS.get(action, action))
