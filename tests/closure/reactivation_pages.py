"""Staff look at a reactivation at the console, as the page offers it."""

from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.test import Client

from accounts import clock
from accounts.actors import Actor
from accounts.models import Account
from closure.enums import EvidenceKind, ReactivationState
from closure.models import Evidence, Reactivation
from tests.closure.evidencing import kept
from tests.closure.reactivating import disabled, looked_at, make_reactivation
from tests.console import REASON
from tests.pages import read

LIST = "/staff/closure/reactivation/"


def handed_in(name: str = "ana", *, now: datetime, **fields: Any) -> Reactivation:
    """Return a reactivation that waits for staff, its photos rows without files."""
    return make_reactivation(disabled(name, now=now), ReactivationState.SUBMITTED, now=now, **fields)


def with_photos(name: str = "ana", *, now: datetime) -> Reactivation:
    """Return one whose note and document are photos that can be looked at."""
    row = handed_in(name, now=now)
    Evidence.objects.filter(case_id=row.case_id).delete()
    for kind in (EvidenceKind.NOTE, EvidenceKind.DOCUMENT_FRONT):
        kept(row.case, kind=kind, now=now)
    return row


def place(row: Reactivation, what: str = "") -> str:
    """Return where it is looked at, or what is done there."""
    return f"{LIST}{row.pk}/{what}"


def decide(client: Client, row: Reactivation, decision: str, **more: Any) -> Any:
    """Decide as the form on the page does, on the version that stands; who approves looks at the photos before."""
    row.refresh_from_db()
    if decision == "approve":
        looked_at(row, Actor.staff(Account.objects.get(pk=client.session[SESSION_KEY])), now=clock.now())
    form = {"decision": decision, "reason": REASON, "seen_version": str(row.version), **more}
    return client.post(place(row, "decide/"), form)


def offered(client: Client, row: Reactivation) -> list[str]:
    """Return the decisions that its page offers."""
    return [field["value"] for field in read(client.get(place(row))).every("input") if field.get("name") == "decision"]


def moves(client: Client, row: Reactivation) -> list[str]:
    """Return what its page offers about the desk."""
    return [field["value"] for field in read(client.get(place(row))).every("input") if field.get("name") == "move"]
