"""Cases: opened and resolved by staff, each with its event."""

import json
from datetime import datetime

import pytest

from accounts import cases, chain
from accounts.actors import Actor
from accounts.enums import CaseKind, CaseState, Role
from accounts.exceptions import NotAllowed
from accounts.ids import uuid7
from accounts.models import Account, Case, CaseContact, Event, Note
from tests.factories import make_account, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def sam() -> Actor:
    return Actor.staff(make_staff("sam"))


def opened(account: Account, actor: Actor, now: datetime, note: str = "Called us.") -> Case:
    return cases.open_case(account.pk, CaseKind.OTHER, actor=actor, note=note, now=now)


def newest() -> tuple[str, dict[str, str], list[str]]:
    event = Event.objects.latest("id")
    told = json.loads(bytes(event.body))["data"]
    return event.action, told, list(Note.objects.filter(event_id=event.pk).values_list("text", flat=True))


@pytest.mark.row("L01", "H07")
def test_case_opened_is_journalled(ana: Account, sam: Actor, now: datetime) -> None:
    case = opened(ana, sam, now)
    assert (case.account_id, case.state, case.created_at) == (ana.pk, CaseState.OPEN, now)
    assert newest() == ("case.opened", {"case": case.reference, "kind": "other"}, ["Called us."])
    assert chain.verify()[1] is None


def test_case_without_a_note_leaves_none(ana: Account, sam: Actor, now: datetime) -> None:
    opened(ana, sam, now, note="  ")
    assert newest()[2] == []


def test_case_resolved_is_journalled_once(ana: Account, sam: Actor, now: datetime) -> None:
    case = opened(ana, sam, now)
    for _turn in range(2):
        done = cases.resolve_case(case.pk, actor=sam, note="Found it.", now=now)
        assert (done.state, done.resolved_at) == (CaseState.RESOLVED, now)
    assert newest() == ("case.resolved", {"case": case.reference}, ["Found it."])
    assert Event.objects.filter(action="case.resolved").count() == 1


def test_case_of_nobody_is_resolved_too(sam: Actor, now: datetime) -> None:
    case = Case.objects.create(kind=CaseKind.CLAIM, created_at=now)
    assert cases.resolve_case(case.pk, actor=sam, note="", now=now).state == CaseState.RESOLVED


def test_case_of_an_unknown_account_or_key(sam: Actor, now: datetime) -> None:
    with pytest.raises(cases.UnknownCase, match="no such account"):
        cases.open_case(uuid7(), CaseKind.OTHER, actor=sam, note="", now=now)
    with pytest.raises(cases.UnknownCase, match="no such case"):
        cases.resolve_case(uuid7(), actor=sam, note="", now=now)


@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD, Role.COMPLIANCE])
def test_cases_are_handled_by_roles_that_decide(ana: Account, role: Role, now: datetime) -> None:
    actor = Actor.staff(make_staff("lea", role))
    assert cases.can_handle(actor)
    assert opened(ana, actor, now).account_id == ana.pk


def test_cases_are_not_handled_by_others(ana: Account, sam: Actor, now: datetime) -> None:
    case = opened(ana, sam, now)
    auditor, customer = Actor.staff(make_staff("ada", Role.AUDITOR)), Actor.customer(ana)
    for actor in (auditor, customer, Actor.system("worker")):
        assert not cases.can_handle(actor)
        with pytest.raises(NotAllowed):
            opened(ana, actor, now)
        with pytest.raises(NotAllowed):
            cases.resolve_case(case.pk, actor=actor, note="", now=now)
    case.refresh_from_db()
    assert (case.state, Case.objects.count()) == (CaseState.OPEN, 1)


def test_cases_of_an_account_newest_first(ana: Account, sam: Actor, now: datetime) -> None:
    first, second = opened(ana, sam, now), opened(ana, sam, now)
    opened(make_account("ben"), sam, now)
    assert cases.of_account(ana.pk) == [second, first]


def test_case_of_a_matched_address_is_resolved_in_the_account_s_journal(
    ana: Account, sam: Actor, now: datetime
) -> None:
    case = Case.objects.create(kind=CaseKind.OTHER, created_at=now)
    CaseContact.objects.create(case=case, account_id=ana.pk, channel="email", value=b"x", language="en")
    cases.resolve_case(case.pk, actor=sam, note="Found it.", now=now)
    event = Event.objects.latest("id")
    assert (event.action, event.account_id, Note.objects.get(event_id=event.pk).account_id) == (
        "case.resolved",
        ana.pk,
        ana.pk,
    )
    assert chain.verify()[1] is None
