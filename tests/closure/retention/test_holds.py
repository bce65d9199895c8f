"""A hold is placed by one, confirmed by a second, lifted by two; each change is one event, and owners have no part."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.enums import Role
from accounts.exceptions import NotAllowed, PortalError, ReasonRequired, SecondPersonRequired
from accounts.ids import uuid7
from accounts.models import Account, Event, Note
from closure.retention import hold_queries, holds
from closure.retention.enums import MonthState
from closure.retention.holds import HoldRefused, UnknownHold
from closure.retention.models import LegalHold, PurgeMonth
from tests.closure.scenes import SYSTEM, staff
from tests.factories import make_account
from tests.holding import BASIS, CASE, REASON, lift, officer, place, review_day, sealed_record

pytestmark = [pytest.mark.django_db, pytest.mark.row("H05")]
OLGA, OMAR = officer("olga"), officer("omar")
Verb = Callable[..., LegalHold]


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def told(account: Account) -> list[str]:
    """Return the events of an account but the one that made it, oldest first."""
    return list(Event.objects.filter(account_id=account.pk).order_by("id").values_list("action", flat=True))[1:]


def test_hold_stands_from_the_moment_it_is_placed(ana: Account, now: datetime) -> None:
    hold = place(ana.pk, now=now)
    kept = LegalHold.objects.get()
    assert (kept.pk, kept.account_id, kept.record_id) == (hold.pk, ana.pk, None)
    assert (kept.case_number, kept.basis, kept.review_on) == (CASE, BASIS, review_day(now))
    assert (kept.placed_at, kept.placed_by, kept.confirmed_at, kept.lifted_at) == (now, OLGA.account_id, None, None)
    event = Event.objects.get(action="legal_hold.placed")
    assert (event.account_id, event.actor, Note.objects.get(event_id=event.pk).text) == (ana.pk, OLGA.label, REASON)
    body = bytes(event.body).decode()
    assert [word for word in (CASE, BASIS, REASON) if word in body] == []


def test_hold_is_confirmed_and_lifted_by_two(ana: Account, now: datetime) -> None:
    hold = place(ana.pk, now=now)
    assert holds.confirm(hold.pk, reason="Read it too.", actor=OMAR, now=now).confirmed_by == OMAR.account_id
    assert holds.propose_lift(hold.pk, reason="Over.", actor=OMAR, now=now).lifted_at is None
    done = holds.lift(hold.pk, reason="Agreed.", actor=OLGA, now=now)
    assert (done.lift_proposed_by, done.lifted_by, done.lifted_at) == (OMAR.account_id, OLGA.account_id, now)
    assert told(ana) == [f"legal_hold.{verb}" for verb in ("placed", "confirmed", "lift_proposed", "lifted")]


def test_next_day_of_review_is_set_by_one_and_told(ana: Account, now: datetime) -> None:
    hold = place(ana.pk, now=now)
    before, after = hold.review_on, hold.review_on + timedelta(days=90)
    due = now + timedelta(days=(before - now.date()).days)
    assert list(hold_queries.reviews_due(due)) == [hold]
    done = holds.review(hold.pk, review_on=after, reason="Still needed.", actor=OLGA, now=now)
    assert (done.review_on, LegalHold.objects.get().review_on, list(hold_queries.reviews_due(due))) == (
        after,
        after,
        [],
    )
    said = json.loads(bytes(Event.objects.get(action="legal_hold.reviewed").body))["data"]
    assert (said["before"], said["review_on"]) == (before.isoformat(), after.isoformat())
    assert Note.objects.filter(text="Still needed.").count() == 1


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"review_on": date(2020, 1, 1)}, HoldRefused),
        ({"reason": " "}, ReasonRequired),
        ({"actor": staff(Role.LEAD)}, NotAllowed),
        ({"actor": staff(Role.AUDITOR)}, NotAllowed),
        ({"actor": SYSTEM}, NotAllowed),
    ],
)
def test_day_of_review_is_refused(ana: Account, now: datetime, facts: Any, error: type[PortalError]) -> None:
    hold = place(ana.pk, now=now)
    given = {"review_on": date(2099, 1, 31), "reason": "x", "actor": OLGA, **facts}
    with pytest.raises(error):
        holds.review(hold.pk, now=now, **given)
    assert LegalHold.objects.get().review_on == hold.review_on


def test_nobody_is_the_second_person_of_their_own(ana: Account, now: datetime) -> None:
    hold = place(ana.pk, now=now)
    with pytest.raises(SecondPersonRequired):
        holds.confirm(hold.pk, reason="x", actor=OLGA, now=now)
    holds.propose_lift(hold.pk, reason="x", actor=OLGA, now=now)
    with pytest.raises(SecondPersonRequired):
        holds.lift(hold.pk, reason="x", actor=OLGA, now=now)
    assert told(ana) == ["legal_hold.placed", "legal_hold.lift_proposed"]


@pytest.mark.parametrize(
    "people",
    [{"confirmed": OLGA}, {"lifted": OMAR}, {"lift_proposed": OMAR, "lifted": OMAR}],
    ids=["confirmed by who placed it", "lifted by one", "lifted by who proposed it"],
)
def test_database_keeps_two_people_too(ana: Account, now: datetime, people: dict[str, Actor]) -> None:
    hold = place(ana.pk, now=now)
    columns = {f"{act}_by": person.account_id for act, person in people.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalHold.objects.filter(pk=hold.pk).update(**columns, **{f"{act}_at": now for act in people})


@pytest.mark.parametrize("act", ["confirmed", "lift_proposed", "lifted"])
def test_database_keeps_who_and_when_together(ana: Account, now: datetime, act: str) -> None:
    hold = place(ana.pk, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalHold.objects.filter(pk=hold.pk).update(**{f"{act}_at": now})


@pytest.mark.parametrize("verb", [holds.confirm, holds.propose_lift, holds.lift])
@pytest.mark.parametrize(
    ("actor", "refusal"),
    [
        (staff(Role.AGENT), NotAllowed),
        (staff(Role.LEAD), NotAllowed),
        (staff(Role.AUDITOR), NotAllowed),
        (SYSTEM, NotAllowed),
        (Actor.core(), NotAllowed),
    ],
)
def test_compliance_alone_has_to_do_with_holds(
    ana: Account, now: datetime, verb: Verb, actor: Actor, refusal: type[PortalError]
) -> None:
    hold = place(ana.pk, now=now)
    with pytest.raises(refusal):
        verb(hold.pk, reason="x", actor=actor, now=now)
    with pytest.raises(refusal):
        place(ana.pk, now=now, actor=actor)
    assert told(ana) == ["legal_hold.placed"]


def test_compliance_has_no_part_in_holds_of_their_own_account(now: datetime) -> None:
    own = make_account("olga")
    olga = Actor(kind=OLGA.kind, account_id=own.pk, roles=OLGA.roles)
    with pytest.raises(SecondPersonRequired):
        place(own.pk, now=now, actor=olga)
    hold = place(own.pk, now=now, by="omar")
    for verb in (holds.confirm, holds.propose_lift, holds.lift):
        with pytest.raises(SecondPersonRequired):
            verb(hold.pk, reason="x", actor=olga, now=now)


@pytest.mark.parametrize("verb", [holds.confirm, holds.propose_lift, holds.lift])
def test_everything_needs_a_reason_and_a_hold_that_stands(ana: Account, now: datetime, verb: Verb) -> None:
    hold = place(ana.pk, now=now)
    with pytest.raises(ReasonRequired):
        verb(hold.pk, reason=" ", actor=OMAR, now=now)
    with pytest.raises(UnknownHold):
        verb(uuid7(), reason="x", actor=OMAR, now=now)
    lift(hold, now=now)
    with pytest.raises(HoldRefused, match="lifted"):
        verb(hold.pk, reason="x", actor=OMAR, now=now)


def test_nothing_is_done_twice(ana: Account, now: datetime) -> None:
    hold = place(ana.pk, now=now)
    with pytest.raises(HoldRefused, match="propose it first"):
        holds.lift(hold.pk, reason="x", actor=OMAR, now=now)
    holds.confirm(hold.pk, reason="x", actor=OMAR, now=now)
    with pytest.raises(HoldRefused, match="confirmed already"):
        holds.confirm(hold.pk, reason="x", actor=officer("otto"), now=now)
    holds.propose_lift(hold.pk, reason="x", actor=OMAR, now=now)
    with pytest.raises(HoldRefused, match="proposed already"):
        holds.propose_lift(hold.pk, reason="x", actor=OLGA, now=now)
    assert told(ana) == ["legal_hold.placed", "legal_hold.confirmed", "legal_hold.lift_proposed"]


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"case_number": " "}, HoldRefused),
        ({"case_number": "9" * 65}, HoldRefused),
        ({"basis": ""}, HoldRefused),
        ({"basis": "b" * 201}, HoldRefused),
        ({"reason": "\n"}, ReasonRequired),
        ({"record_id": uuid7()}, UnknownHold),
    ],
)
def test_hold_says_what_it_rests_on(
    ana: Account, now: datetime, facts: dict[str, Any], refusal: type[PortalError]
) -> None:
    with pytest.raises(refusal):
        place(ana.pk, now=now, **facts)
    assert (LegalHold.objects.count(), told(ana)) == (0, [])


@pytest.mark.parametrize(("days", "placed"), [(-1, 0), (0, 0), (1, 1)])
def test_day_of_review_is_to_come(ana: Account, now: datetime, days: int, placed: int) -> None:
    with suppress(HoldRefused):
        place(ana.pk, now=now, review_on=(now + timedelta(days=days)).date())
    assert LegalHold.objects.count() == placed


def test_nobody_s_account_is_held(now: datetime) -> None:
    with pytest.raises(UnknownHold):
        place(uuid7(), now=now)


def test_record_is_held_by_itself_and_belongs_to_its_account(ana: Account, now: datetime) -> None:
    record, other = sealed_record(ana.pk, now=now), sealed_record(make_account("bob").pk, now=now)
    assert place(ana.pk, now=now, record_id=record.pk).record_id == record.pk
    with pytest.raises(UnknownHold):
        place(ana.pk, now=now, record_id=other.pk)


@pytest.mark.parametrize("whole", [True, False])
def test_what_is_destroyed_is_held_no_more(ana: Account, now: datetime, *, whole: bool) -> None:
    record = sealed_record(ana.pk, now=now)
    PurgeMonth.objects.update(state=MonthState.DESTROYED, destroyed_at=now)
    with pytest.raises(HoldRefused) as refused:
        place(ana.pk, now=now, record_id=None if whole else record.pk)
    assert (refused.value.code, LegalHold.objects.count(), told(ana)) == ("archive_gone", 0, [])


def test_account_is_held_while_anything_of_it_is_left(ana: Account, now: datetime) -> None:
    gone, left = (sealed_record(ana.pk, now=now, month=month) for month in ("2031-01", "2033-01"))
    PurgeMonth.objects.filter(month="2031-01").update(state=MonthState.DESTROYED, destroyed_at=now)
    with pytest.raises(HoldRefused):
        place(ana.pk, now=now, record_id=gone.pk)
    assert [place(ana.pk, now=now, record_id=key).record_id for key in (left.pk, None)] == [left.pk, None]
