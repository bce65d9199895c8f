"""Support resolves the document number in the customer's own case; everything else stays to be given (D05)."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts import case_claiming, case_messages, case_opening, clock
from accounts.actors import Actor
from accounts.case_desk import OnAnotherDesk
from accounts.cases import UnknownCase, open_case, resolve_case
from accounts.enums import CaseKind, CaseState, Role
from accounts.exceptions import NotAllowed, ReasonRequired
from accounts.ids import uuid7
from accounts.models import Account, Case, Event, Note
from closure.enums import ClosureState, Step
from closure.operations.resolve_document import NothingToResolve, resolve_document
from closure.operations.start import lapse_drafts
from tests.accounts.test_admin import CASES
from tests.closure.walking import request_of, walk_to
from tests.console import console
from tests.factories import PASSWORD, make_account, make_staff, totp_code
from tests.pages import read, sign_in
from tests.writing import TEXT, in_case, written

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("D05")]


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def sam() -> Actor:
    return Actor.staff(make_staff("sam"))


@pytest.fixture
def walked(ana: Account) -> Client:
    """Return Ana's browser, at the step that asks for the number."""
    client = Client()
    sign_in(client, "ana@example.test", PASSWORD, totp_code(ana))
    walk_to(client, ana, Step.DOCUMENT)
    return client


def own_case(account: Account, now: datetime, kind: CaseKind = CaseKind.DOCUMENT_NUMBER) -> Case:
    return case_opening.open_own(account.pk, kind, TEXT, actor=Actor.customer(account), now=now)


@pytest.mark.row("H07")
def test_number_is_resolved_and_the_customer_goes_on(walked: Client, ana: Account, sam: Actor, now: datetime) -> None:
    page = read(walked.get("/close/document/"))
    assert "/help/contact/?kind=document_number" in {link["href"] for link in page.every("a")}
    case = own_case(ana, now)
    resolve_document(case.pk, actor=sam, reason="Passport seen on the phone.", now=now)
    assert walked.get("/close/document/").status_code == 200
    assert walked.get("/close/confirm/").status_code == 200
    event = Event.objects.latest("id")
    told = {"case": case.reference, "request": str(request_of(ana).pk)}
    assert (event.action, json.loads(bytes(event.body))["data"]) == ("closure.document_resolved", told)
    assert Note.objects.get(event_id=event.pk).text == "Passport seen on the phone."
    with pytest.raises(NothingToResolve):
        resolve_document(case.pk, actor=sam, reason="Again.", now=now)


def test_case_of_somebody_who_did_not_show_up_resolves_nothing(
    walked: Client, ana: Account, sam: Actor, now: datetime
) -> None:
    case = written()
    with pytest.raises(NothingToResolve):
        resolve_document(case.pk, actor=sam, reason="He knows her address.", now=now)
    in_case(Client(), case)
    resolve_document(case.pk, actor=sam, reason="She opened the link.", now=now)
    assert "document" in request_of(ana).progress


def test_other_cases_and_resolved_ones_resolve_nothing(walked: Client, ana: Account, sam: Actor, now: datetime) -> None:
    other, over, bens = own_case(ana, now, CaseKind.OTHER), own_case(ana, now), own_case(make_account("ben"), now)
    resolve_case(over.pk, actor=sam, note="", now=now)
    bare = Case.objects.create(account_id=ana.pk, kind=CaseKind.DOCUMENT_NUMBER, created_at=now)
    for case in (other, over, bens, bare):
        with pytest.raises(NothingToResolve):
            resolve_document(case.pk, actor=sam, reason="Why not.", now=now)
    assert "document" not in request_of(ana).progress


def test_case_that_is_resolved_meanwhile_resolves_nothing(
    walked: Client, ana: Account, sam: Actor, now: datetime
) -> None:
    case = own_case(ana, now)

    def meanwhile(execute: Callable[..., Any], *args: Any) -> Any:
        """Resolve it right after it was looked at, before anything is locked."""
        found = Case.objects.filter(pk=case.pk).exclude(state=CaseState.RESOLVED)
        if connection.in_atomic_block and not seen:
            seen.append(True)
            found.update(state=CaseState.RESOLVED, resolved_at=now)
        return execute(*args)

    seen: list[bool] = []
    with connection.execute_wrapper(meanwhile), pytest.raises(NothingToResolve):
        resolve_document(case.pk, actor=sam, reason="Too late.", now=now)
    assert (seen, "document" in request_of(ana).progress) == ([True], False)


def test_unknown_case_is_told(sam: Actor, now: datetime) -> None:
    with pytest.raises(UnknownCase):
        resolve_document(uuid7(), actor=sam, reason="Which?", now=now)


def test_only_staff_who_handle_cases_and_say_why(walked: Client, ana: Account, sam: Actor, now: datetime) -> None:
    case = own_case(ana, now)
    for actor in (Actor.customer(ana), Actor.staff(make_staff("ada", Role.AUDITOR))):
        with pytest.raises(NotAllowed):
            resolve_document(case.pk, actor=actor, reason="Let me.", now=now)
    with pytest.raises(ReasonRequired):
        resolve_document(case.pk, actor=sam, reason=" ", now=now)


def test_console_offers_it_where_a_request_waits(walked: Client, ana: Account, now: datetime) -> None:
    case, other = own_case(ana, now), own_case(ana, now, CaseKind.OTHER)
    client = console(make_staff("lea", Role.LEAD))
    assert "Resolve the number" not in read(client.get(f"{CASES}{other.pk}/")).text
    assert "Resolve the number" in read(client.get(f"{CASES}{case.pk}/")).text
    assert client.post(f"{CASES}{case.pk}/document/", {"reason": ""}).status_code == 422
    assert client.post(f"{CASES}{case.pk}/document/", {"reason": "Seen."})["Location"] == f"{CASES}{case.pk}/"
    assert "Resolve the number" not in read(client.get(f"{CASES}{case.pk}/")).text
    assert client.post(f"{CASES}{case.pk}/document/", {"reason": "Seen."}).status_code == 422


def test_steps_are_kept_while_the_case_is_open(walked: Client, ana: Account, now: datetime, advance: Any) -> None:
    own_case(ana, now)
    later = advance(days=6)
    assert (lapse_drafts(later), request_of(ana).state) == (0, ClosureState.DRAFT)
    assert now + timedelta(days=6) <= clock.now()


def test_what_staff_wrote_does_not_make_it_the_customer_s_own(
    walked: Client, ana: Account, sam: Actor, now: datetime
) -> None:
    case = open_case(ana.pk, CaseKind.DOCUMENT_NUMBER, actor=sam, note="They called.", now=now)
    case_messages.answer(case.pk, "Which document?", actor=sam, now=now)
    with pytest.raises(NothingToResolve):
        resolve_document(case.pk, actor=sam, reason="x", now=now)
    case_messages.write(case.pk, "My passport.", actor=Actor.customer(ana), now=now)
    assert resolve_document(case.pk, actor=sam, reason="x", now=now).pk == request_of(ana).pk


def test_case_on_another_desk_resolves_nothing(walked: Client, ana: Account, sam: Actor, now: datetime) -> None:
    case = own_case(ana, now)
    case_claiming.claim(case, actor=Actor.staff(make_staff("tim")), now=now)
    with pytest.raises(OnAnotherDesk):
        resolve_document(case.pk, actor=sam, reason="x", now=now)
