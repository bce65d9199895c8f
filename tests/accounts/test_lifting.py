"""Legal and risk holds are lifted by two of compliance: never by one, never by the owner, each step journaled."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts import lifting, restrictions
from accounts.actors import Actor
from accounts.enums import TIPPING_OFF, ActorKind, RestrictionKind, Role
from accounts.exceptions import NotAllowed, PortalError, ReasonRequired, SecondPersonRequired
from accounts.ids import uuid7
from accounts.lifting import UnknownRestriction
from accounts.models import Account, Event, Note, Restriction
from accounts.restrictions import BY_ITSELF, LiftRefused, NotProposed
from tests.factories import make_account
from tests.holding import officer

pytestmark = [pytest.mark.django_db, pytest.mark.row("A12", "L06")]
OLGA, OMAR = officer("olga"), officer("omar")
KINDS = sorted(TIPPING_OFF)
VERBS = (lifting.propose, lifting.confirm, lifting.drop)


def placed(now: datetime, kind: RestrictionKind = RestrictionKind.RISK_CONTROL) -> Restriction:
    with transaction.atomic():
        ana = Account.objects.select_for_update().get(pk=make_account("ana").pk)
        return restrictions.place(ana, kind, actor=Actor.system("tests"), note="", now=now)


def told(row: Restriction) -> list[tuple[str, str, str]]:
    """Return what the journal says of a restriction: what, by whom, and why."""
    events = Event.objects.filter(account_id=row.account_id, action__startswith="restriction.").order_by("id")
    mine = [each for each in events if json.loads(bytes(each.body))["data"]["restriction"] == str(row.pk)]
    notes = dict(Note.objects.values_list("event_id", "text"))
    return [(each.action, each.actor, notes.get(each.pk, "")) for each in mine]


@pytest.mark.parametrize("kind", KINDS)
def test_one_proposes_and_another_lifts(now: datetime, kind: RestrictionKind) -> None:
    row, later = placed(now, kind), now + timedelta(hours=1)
    lifting.propose(row.pk, actor=OLGA, reason=" The order is over. ", now=now)
    assert [each.pk for each in restrictions.active(row.account_id)] == [row.pk]
    assert [each.pk for each in restrictions.lifts_waiting()] == [row.pk]
    lifting.confirm(row.pk, actor=OMAR, reason="So it is.", now=later)
    row.refresh_from_db()
    assert (row.lift_proposed_by, row.lift_proposed_at) == (OLGA.account_id, now)
    assert (row.lift_confirmed_by, row.lifted_at, row.lifted_by) == (OMAR.account_id, later, OMAR.label)
    assert (restrictions.active(row.account_id), list(restrictions.lifts_waiting())) == ([], [])
    assert told(row)[1:] == [
        ("restriction.lift_proposed", OLGA.label, "The order is over."),
        ("restriction.lifted", OMAR.label, "So it is."),
    ]


def test_proposal_is_taken_back_by_either(now: datetime) -> None:
    row = placed(now)
    for actor in (OLGA, OMAR):
        lifting.propose(row.pk, actor=OLGA, reason="x", now=now)
        lifting.drop(row.pk, actor=actor, reason="A mix-up.", now=now)
        refused(NotProposed, row, lifting.confirm, now, actor=OMAR)
    assert told(row)[-1] == ("restriction.lift_dropped", OMAR.label, "A mix-up.")


def refused(
    error: type[PortalError], row: Restriction, verb: Callable[..., object], now: datetime, **given: Any
) -> None:
    """Try what is refused, and see that nothing changed and nothing was told."""
    row.refresh_from_db()
    before = (vars(row) | {"_state": None}, Event.objects.count())
    with pytest.raises(error):
        verb(given.pop("key", row.pk), **{"actor": OMAR, "reason": "x", "now": now, **given})
    row.refresh_from_db()
    assert (vars(row) | {"_state": None}, Event.objects.count()) == before


def test_who_proposed_never_lifts_and_nobody_lifts_alone(now: datetime) -> None:
    row = placed(now)
    refused(NotProposed, row, lifting.confirm, now)
    lifting.propose(row.pk, actor=OLGA, reason="x", now=now)
    refused(SecondPersonRequired, row, lifting.confirm, now, actor=OLGA)
    refused(LiftRefused, row, lifting.propose, now)


@pytest.mark.parametrize("verb", VERBS)
def test_owner_has_no_say_even_of_compliance(now: datetime, verb: Callable[..., object]) -> None:
    row = placed(now)
    owner = replace(OLGA, account_id=row.account_id)
    refused(SecondPersonRequired, row, verb, now, actor=owner)
    assert (lifting.is_open_to(row, owner), lifting.is_open_to(row, OLGA)) == (False, True)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("kind", [each for each in ActorKind if each is not ActorKind.STAFF])
def test_nobody_but_staff_has_a_say(now: datetime, verb: Callable[..., object], kind: ActorKind) -> None:
    row = placed(now)
    actor = Actor(kind=kind, account_id=uuid7(), roles=frozenset(Role))
    refused(NotAllowed, row, verb, now, actor=actor)
    assert not lifting.is_open_to(row, actor)


@pytest.mark.parametrize("verb", VERBS)
def test_other_roles_have_no_say(now: datetime, verb: Callable[..., object]) -> None:
    row = placed(now)
    for role in set(Role) - {Role.COMPLIANCE}:
        refused(NotAllowed, row, verb, now, actor=replace(OLGA, roles=frozenset({role})))


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_missing_or_over_is_refused(now: datetime, verb: Callable[..., object]) -> None:
    row = placed(now)
    refused(ReasonRequired, row, verb, now, reason=" ")
    refused(UnknownRestriction, row, verb, now, key=uuid7())
    lifting.propose(row.pk, actor=OLGA, reason="x", now=now)
    lifting.confirm(row.pk, actor=OMAR, reason="x", now=now)
    refused(LiftRefused, row, verb, now)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("kind", [each for each in RestrictionKind if each not in TIPPING_OFF])
def test_kinds_that_one_person_lifts_have_no_proposals(
    now: datetime, verb: Callable[..., object], kind: RestrictionKind
) -> None:
    row = placed(now, kind)
    refused(NotAllowed if kind in BY_ITSELF else LiftRefused, row, verb, now)
    assert not lifting.is_open_to(row, OLGA)


NOBODYS = uuid7()


@pytest.mark.parametrize(
    "written",
    [
        {"lifted_by": "staff:x"},
        {"lifted_by": "staff:x", "lift_confirmed_by": NOBODYS},
        {"lifted_by": "staff:x", "lift_proposed_by": NOBODYS, "lift_confirmed_by": NOBODYS},
        {"lifted_by": "staff:x", "lift_proposed_by": NOBODYS},
    ],
)
def test_database_refuses_what_one_person_lifted(now: datetime, written: dict[str, Any]) -> None:
    row = placed(now)
    at = {"lift_proposed_at": now} if "lift_proposed_by" in written else {}
    with pytest.raises(IntegrityError), transaction.atomic():
        Restriction.objects.filter(pk=row.pk).update(lifted_at=now, **written, **at)


@pytest.mark.parametrize("column", ["lift_proposed_by", "lift_confirmed_by"])
def test_database_refuses_the_owner(now: datetime, column: str) -> None:
    row = placed(now)
    people = {"lift_proposed_by": uuid7(), "lift_confirmed_by": uuid7(), column: row.account_id}
    with pytest.raises(IntegrityError), transaction.atomic():
        Restriction.objects.filter(pk=row.pk).update(lifted_at=now, lifted_by="staff:x", lift_proposed_at=now, **people)
