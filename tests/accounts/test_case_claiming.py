"""Whose desk a case lies on: for a quarter of an hour nobody else answers or resolves it (L04)."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts import case_claiming, case_desk, case_messages, cases
from accounts.actors import Actor
from accounts.case_claiming import DeskChanged
from accounts.case_desk import OnAnotherDesk
from accounts.enums import CaseKind, Role
from accounts.exceptions import NotAllowed
from accounts.models import Account, Case, Event
from tests.factories import make_account, make_staff
from tests.races import race

pytestmark = [pytest.mark.django_db, pytest.mark.row("L04")]
QUARTER, INSTANT = timedelta(minutes=15), timedelta(microseconds=1)


@pytest.fixture
def sam() -> Actor:
    return Actor.staff(make_staff("sam"))


@pytest.fixture
def case(sam: Actor, now: datetime) -> Case:
    return cases.open_case(make_account("ana").pk, CaseKind.OTHER, actor=sam, note="", now=now)


def told() -> tuple[str, dict[str, str]]:
    event = Event.objects.latest("id")
    return event.action, json.loads(bytes(event.body))["data"]


def test_claim_lasts_a_quarter_of_an_hour_and_is_journalled(case: Case, sam: Actor, now: datetime) -> None:
    case_claiming.claim(case, actor=sam, now=now)
    until = now + QUARTER
    assert told() == ("case.claimed", {"case": case.reference, "until": until.isoformat()})
    case.refresh_from_db()
    assert [case_desk.holder(case, at) for at in (now, until - INSTANT, until)] == [
        sam.account_id,
        sam.account_id,
        None,
    ]
    desks = (case_desk.of(sam.account_id, until - INSTANT), case_desk.unclaimed(until - INSTANT))  # type: ignore[arg-type]
    assert [Case.objects.filter(desk).count() for desk in desks] == [1, 0]
    assert Case.objects.filter(case_desk.unclaimed(until)).count() == 1


def test_others_wait_and_the_owner_and_the_holder_do_not(case: Case, sam: Actor, now: datetime) -> None:
    tim = Actor.staff(make_staff("tim"))
    case_claiming.claim(case, actor=sam, now=now)
    with pytest.raises(OnAnotherDesk, match=r"sam@staff\.example\.test is at work"):
        case_messages.answer(case.pk, "Hello.", actor=tim, now=now)
    with pytest.raises(OnAnotherDesk):
        cases.resolve_case(case.pk, actor=tim, note="", now=now)
    with pytest.raises(OnAnotherDesk):
        case_claiming.claim(case, actor=tim, now=now)
    with pytest.raises(OnAnotherDesk):
        case_claiming.release(case, actor=tim, now=now)
    with pytest.raises(NotAllowed, match="Only a lead"):
        case_claiming.claim(case, actor=tim, now=now, take_over=True)
    case_messages.answer(case.pk, "Hello.", actor=sam, now=now)
    owner = Actor.customer(Account.objects.get(email="ana@example.test"))
    case_messages.write(case.pk, "Thank you.", actor=owner, now=now)
    cases.resolve_case(case.pk, actor=tim, note="", now=now + QUARTER)
    case.refresh_from_db()
    assert (case.desk_by, case.desk_until) == (None, None)


def test_lead_takes_over_and_gives_back(case: Case, sam: Actor, now: datetime) -> None:
    lea = Actor.staff(make_staff("lea", Role.LEAD))
    case_claiming.claim(case, actor=sam, now=now)
    with pytest.raises(OnAnotherDesk):
        case_claiming.claim(case, actor=lea, now=now)
    case_claiming.claim(case, actor=lea, now=now, take_over=True)
    assert told() == (
        "case.taken_over",
        {"case": case.reference, "until": (now + QUARTER).isoformat(), "from": str(sam.account_id)},
    )
    case_claiming.release(case, actor=lea, now=now)
    assert (told(), case.desk_by) == (("case.released", {"case": case.reference}), None)
    with pytest.raises(DeskChanged):
        case_claiming.release(case, actor=lea, now=now)


def test_what_is_over_or_changed_is_not_taken(case: Case, sam: Actor, now: datetime) -> None:
    stale = Case.objects.get(pk=case.pk)
    case_claiming.claim(case, actor=sam, now=now)
    with pytest.raises(DeskChanged):
        case_claiming.claim(stale, actor=Actor.staff(make_staff("tim")), now=now)
    cases.resolve_case(case.pk, actor=sam, note="", now=now)
    case.refresh_from_db()
    with pytest.raises(DeskChanged):
        case_claiming.claim(case, actor=sam, now=now)


def test_who_handles_no_cases_claims_none(case: Case, sam: Actor, now: datetime) -> None:
    for actor in (
        Actor.staff(make_staff("ada", Role.AUDITOR)),
        Actor.system("worker"),
        replace(sam, roles=frozenset()),
    ):
        with pytest.raises(NotAllowed, match="does not handle cases"):
            case_claiming.claim(case, actor=actor, now=now)


def test_database_keeps_person_and_time_together(case: Case, sam: Actor) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(desk_by=sam.account_id)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_has_it(case: Case, now: datetime) -> None:
    people = iter([Actor.staff(make_staff(f"sam{number}")) for number in range(6)])

    def claim() -> bool:
        case_claiming.claim(Case.objects.get(pk=case.pk), actor=next(people), now=now)
        return True

    outcomes = race(6, claim)
    assert outcomes.count(True) == 1
    assert Event.objects.filter(action="case.claimed").count() == 1
