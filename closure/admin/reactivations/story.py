"""What happened to a reactivation, for staff: from the journal, with who acted and what staff wrote."""

import json
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.base import actor_words
from accounts.models import Event, Note
from closure.admin.story import Line
from closure.models import Reactivation
from closure.reactivation import rules

WORDS: dict[str, str | Promise] = {
    "reactivation.started": gettext_lazy("Begun by the owner"),
    "reactivation.submitted": gettext_lazy("Handed in"),
    "reactivation.asked": gettext_lazy("Asked for better photos"),
    "reactivation.proposed": gettext_lazy("Approval proposed"),
    "reactivation.taken_back": gettext_lazy("Proposal taken back: something new stands against the account"),
    "reactivation.approved": gettext_lazy("Approved; account active again"),
    "reactivation.refused": gettext_lazy("Refused"),
    "reactivation.withdrawn": gettext_lazy("Withdrawn by the owner"),
    "reactivation.lapsed": gettext_lazy("Ended by itself"),
    "evidence.taken": gettext_lazy("Photo sent"),
    "evidence.looked_at": gettext_lazy("Photo looked at"),
    "case.claimed": gettext_lazy("Claimed"),
    "case.taken_over": gettext_lazy("Taken over"),
    "case.released": gettext_lazy("Given back"),
}
# These move no state; they name the case.
BESIDE = ("evidence.taken", "evidence.looked_at", "case.claimed", "case.taken_over", "case.released")


def lines(row: Reactivation) -> list[Line]:
    """Return what happened, oldest first, with two queries."""
    # Keys are time-ordered: no event of a reactivation is older than its row.
    about = Q(action__startswith="reactivation.") | Q(action__in=BESIDE)
    events = Event.objects.filter(about, account_id=row.account_id, id__gte=row.pk).order_by("id")
    told = [(event, json.loads(bytes(event.body))["data"]) for event in events]
    mine = [(event, data) for event, data in told if data.get("case") == row.case.reference]
    notes = dict(Note.objects.filter(event_id__in=[event.pk for event, _data in mine]).values_list("event_id", "text"))
    return [
        Line(
            at=event.at,
            text=_said(event.action, data),
            who=actor_words(event.actor),
            note=notes.get(event.pk, ""),
            version=int(data.get("version", 0)),
        )
        for event, data in mine
    ]


def _said(action: str, data: dict[str, Any]) -> str:
    words = str(WORDS.get(action, action))
    named = ", ".join(str(rule.label) for rule in rules.read(data.get("broken", []))) if "reactivation" in data else ""
    return _("%(what)s: %(rules)s") % {"what": words, "rules": named} if named else words
