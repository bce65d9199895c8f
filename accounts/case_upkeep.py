"""What time does to cases: whose address was typed is looked up, and nobody's cases come to an end (decision 23)."""

import json
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts import case_contacts, cases
from accounts.actors import Actor
from accounts.enums import CaseState
from accounts.models import Case, CaseContact, CaseLink, CaseMessage, Event, Note

SWEEP = Actor.system("sweep")
# A case that nobody has shown to be theirs, and in which nobody wrote for so long, is over.
IDLE = timedelta(days=90)
# What was written in it is kept so long after its end; a link, after its time is over.
KEPT = timedelta(days=30)
AT_ONCE = 200


def sweep(now: datetime) -> dict[str, int]:
    """Match addresses and lapse what is idle; returns how many of each. Safe to run again, and by two at once."""
    return {"cases_matched": match_waiting(now=now), "cases_lapsed": lapse(now=now)}


def match_waiting(*, now: datetime) -> int:
    """Look up addresses that no sent message has led to, as where no text messages are sent; returns how many."""
    waiting = CaseContact.objects.filter(matched_at=None, account_id=None).order_by("id")[:AT_ONCE]
    for row in waiting:
        with transaction.atomic():
            case_contacts.match(row, now=now)
    return len(waiting)


def lapse(*, now: datetime) -> int:
    """End nobody's cases in which nothing was written for IDLE; returns how many."""
    written = CaseMessage.objects.filter(case=OuterRef("pk"), at__gt=now - IDLE)
    idle = Case.objects.filter(account_id=None, created_at__lte=now - IDLE).exclude(state=CaseState.RESOLVED)
    due = list(idle.exclude(Exists(written)).order_by("id").values_list("pk", flat=True)[:AT_ONCE])
    for key in due:
        cases.lapse_case(key, actor=SWEEP, now=now)
    return len(due)


def forget_old(*, now: datetime) -> int:
    """Erase what nobody's cases hold so long after their end, and links that are over; return how many rows.

    What belongs to an account goes with it (closure.retention); who has only typed its address has no case there.
    """
    gone = CaseLink.objects.filter(expires_at__lte=now - KEPT).delete()[0]
    for model in (CaseMessage, CaseContact):
        gone += model.objects.filter(case__account_id=None, case__resolved_at__lte=now - KEPT).delete()[0]
    return gone + _forget_notes(now)


def _forget_notes(now: datetime) -> int:
    """Erase what staff noted about them: why they read them, and how they ended."""
    notes = dict(Note.objects.filter(account_id=None).values_list("event_id", "pk"))
    events = Event.objects.filter(pk__in=list(notes), action__startswith="case.")
    about = {event.pk: json.loads(bytes(event.body))["data"].get("case") for event in events}
    over = Case.objects.filter(
        reference__in=set(about.values()), account_id=None, resolved_at__lte=now - KEPT
    ).values_list("reference", flat=True)
    ended = set(over)
    return Note.objects.filter(pk__in=[notes[key] for key, case in about.items() if case in ended]).delete()[0]
