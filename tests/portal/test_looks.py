"""Every look at a full record at the console asks why first, and is an event of its own (H07, L07, invariant 24).

The looks there are: what a customer wrote in a case, whose archive an identifier is found in (of a claim, of a
disclosure), an archive itself, and a part of the journal. Nothing else shows one: pages have masked contacts, codes and
opaque keys, which the second test walks through.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts import case_messages, sealing
from accounts.actors import Actor
from accounts.enums import ActorKind, Role
from accounts.models import Account, Case, Event, Note
from portal.staff_site import staff_site
from tests.changing_pages import verify
from tests.claiming import claim_of
from tests.closure.retention.test_views import place, shown
from tests.console import case_of, console, in_review
from tests.disclosing import ORDER, archived, asked
from tests.factories import document_number, make_account, make_staff
from tests.pages import read

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("H07", "L07")]
WHY = "Letter 12/2026 asks for it."
TEXT = "My late sister Zoe had this account."
Look = Callable[[str], Any]


def looks(client: Client, officer: Account, *, now: datetime) -> dict[str, Look]:
    """Return every look by the event that it writes; each is taken with a reason."""
    claim, bea = claim_of("ana", now=now), archived("bea", now=now)
    case = case_with_text(make_account("cai"), now)
    row = asked(bea, now=now, by="omar")
    verify(client, officer, place(row))
    made = shown(read(client.get(place(row))))["made"]
    sealing.seal(now=now)
    found = {"kind": "email", "value": "nobody@example.test"}
    wanted = {"purpose": "regulator", "account": "nobody@example.test", "reference": ORDER}
    return {
        "case.read": lambda why: client.post(f"/staff/accounts/case/{case.pk}/read/", {"reason": why}),
        "claim.searched": lambda why: client.post(
            f"/staff/closure/depositclaim/{claim.pk}/find/", {**found, "reason": why}
        ),
        "disclosure.searched": lambda why: client.post("/staff/retention/disclosure/ask/", {**wanted, "reason": why}),
        "disclosure.opened": lambda why: client.post(place(row), {"act": "1", "made": made, "reason": why}),
        "journal.exported": lambda why: client.post(
            "/staff/accounts/event/export/?action=account.created", {"reason": why}
        ),
    }


def case_with_text(account: Account, now: datetime) -> Case:
    """Open a case in which its customer wrote."""
    case = Case.objects.get(reference=case_of(account, now))
    visitor = Actor(kind=ActorKind.STATUS_SESSION, account_id=account.pk, name=str(case.pk))
    case_messages.write(case.pk, TEXT, actor=visitor, now=now)
    return case


def test_every_look_at_a_full_record_asks_why_and_is_an_event(now: datetime) -> None:
    olga = make_staff("olga", Role.COMPLIANCE)
    client = console(olga)
    every = looks(client, olga, now=now)
    for code, look in every.items():
        assert (code, look("").status_code, look(" ").status_code) == (code, 422, 422)
        assert not Event.objects.filter(action=code).exists(), code
        look(WHY)
        (event,) = Event.objects.filter(action=code)
        assert (event.actor, Note.objects.get(event_id=event.pk).text) == (f"staff:{olga.pk}", WHY)
        # Whatever was typed or read is not in it.
        assert TEXT not in bytes(event.body).decode()
        assert "nobody@" not in bytes(event.body).decode()
    searched = [Event.objects.get(action=code) for code in ("claim.searched", "disclosure.searched")]
    assert [json.loads(bytes(event.body))["data"]["found"] for event in searched] == [[], []]


def test_no_page_shows_a_full_record_unasked(now: datetime) -> None:
    claim_of("ana", now=now)
    bea = archived("bea", now=now)
    asked(bea, now=now, by="omar")
    request = in_review("cai", now=now)
    case_with_text(request.account, now)
    client, seen = console(make_staff("olga", Role.COMPLIANCE)), 0
    cai = request.account
    markers = [TEXT, cai.email, cai.phone, cai.name, *(document_number(name) for name in ("ana", "bea", "cai"))]
    markers += ["ana@example.test", "bea@example.test", "Bea Diaz"]
    for model in staff_site._registry:
        start = f"/staff/{model._meta.app_label}/{model._meta.model_name}/"
        for address in (start, *(f"{start}{key}/" for key in model._default_manager.values_list("pk", flat=True)[:20])):
            page = client.get(address, follow=True).content.decode()
            assert [marker for marker in markers if marker and marker in page] == [], address
            seen += 1
    assert seen > 2 * len(staff_site._registry)
