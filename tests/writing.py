"""Somebody writes to us: cases as their pages open them, and the links that open one again."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.test import Client

from accounts.enums import IdentifierKind
from accounts.identity_check import conflicts, refuse
from accounts.messages.render import Rendered
from accounts.models import Account, Case, OutboxMessage
from closure import status_links
from tests.closure.links import PLACE, delivered

TEXT = "My passport was renewed and I lost the old one."


def write_to_us(
    contact: str = "ana@example.test", *, kind: str = "document_number", client: Client | None = None
) -> Any:
    """Send the contact form; returns the answer."""
    return (client or Client()).post("/help/contact/", {"kind": kind, "text": TEXT, "contact": contact})


def sent(template: str) -> Rendered | None:
    """Return what the newest message of a template says, None where there is nothing to send; then it is gone."""
    return delivered(OutboxMessage.objects.filter(template=template).latest("id"))


def written(contact: str = "ana@example.test", **facts: Any) -> Case:
    """Write, and let the sender find out whose address it is."""
    assert write_to_us(contact, **facts).status_code == 302
    sent("case_opened")
    return Case.objects.latest("id")


def refused_with(account: Account, *, now: datetime) -> str:
    """Refuse somebody who gives the address of an account as theirs; returns the reference that they are told."""
    claimed = [(IdentifierKind.EMAIL, str(account.email))]
    with transaction.atomic():
        return refuse(conflicts(claimed, account_id=None, now=now), account_id=None, now=now).reference


def case_token(case: Case, contact: str = "ana@example.test") -> str:
    """Ask for the link by the page and return its token; fails where none is sent."""
    answer = Client().post("/status/", {"reference": case.reference, "contact": contact})
    assert (answer.status_code, answer["Location"]) == (302, "/status/sent/")
    words = sent(status_links.TEMPLATE)
    assert words is not None
    return next(str(token) for kind, token in PLACE.findall(words.text) if kind == "status")


def in_case(client: Client, case: Case, contact: str = "ana@example.test") -> Client:
    """Open the session of a case by its link."""
    answer = client.post(f"/status/{case_token(case, contact)}/")
    assert answer["Location"] == "/status/case/"
    return client
