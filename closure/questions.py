"""What we asked about a request, for its owner to read and answer (A17): the note that staff wrote to them."""

import json

from accounts.models import Event, Note
from closure import offers
from closure.models import ClosureRequest

ASKED = "closure.asked"


def asked(request: ClosureRequest) -> str:
    """Return the question that waits for an answer; empty when none waits."""
    if not offers.answer(request):
        return ""
    events = Event.objects.filter(account_id=request.account_id, action=ASKED, id__gte=request.pk).order_by("-id")
    mine = [each.pk for each in events if json.loads(bytes(each.body))["data"]["request"] == str(request.pk)]
    note = Note.objects.filter(event_id__in=mine[:1]).first()
    return note.text if note is not None else ""
