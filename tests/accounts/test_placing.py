"""Restrictions that staff place: by the role that may, at once; a legal or risk hold wants a second person in a day."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts import placing, restrictions
from accounts.actors import Actor
from accounts.enums import TIPPING_OFF, ActorKind, RestrictionKind, Role
from accounts.exceptions import NotAllowed, PortalError, ReasonRequired, SecondPersonRequired
from accounts.ids import uuid7
from accounts.lifting import UnknownRestriction
from accounts.models import Account, Event, Note, OutboxMessage, Restriction
from accounts.overdue import TEMPLATE
from accounts.placing import PlaceRefused
from tests.factories import make_account, make_staff
from tests.holding import officer, place
from tests.outbox import messages, opened

pytestmark = [pytest.mark.django_db, pytest.mark.row("A12", "L06")]
R = RestrictionKind
OLGA, OMAR = officer("olga"), officer("omar")
SAM = Actor(kind=ActorKind.STAFF, account_id=uuid7(), roles=frozenset({Role.AGENT}))
DAY = timedelta(hours=24)
BY_AGENTS = [R.FRAUD_ALERT, R.UNSUPPORTED_REGION, R.FAILED_VERIFICATION]


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def placed(ana: Account, now: datetime, kind: R = R.RISK_CONTROL, actor: Actor = OLGA) -> Restriction:
    return placing.place(ana.pk, kind, actor=actor, reason=" They called. ", now=now)


@pytest.mark.row("K02", "K03", "K04")
@pytest.mark.parametrize("kind", list(R))
@pytest.mark.parametrize("role", list(Role))
def test_roles_place_what_they_lift(ana: Account, now: datetime, kind: R, role: Role) -> None:
    actor = replace(SAM, roles=frozenset({role}))
    may = role is not Role.AUDITOR and (kind in BY_AGENTS or (kind in TIPPING_OFF and role is Role.COMPLIANCE))
    assert (kind in placing.placeable(actor)) == may
    if not may:
        with pytest.raises(NotAllowed):
            placed(ana, now, kind, actor)
        return
    row = placed(ana, now, kind, actor)
    assert (row.placed_by, row.placer_id, placing.waits(row)) == (actor.label, actor.account_id, kind in TIPPING_OFF)
    event = Event.objects.get(action="restriction.placed")
    assert Note.objects.get(event_id=event.pk).text == "They called."
    with pytest.raises(PlaceRefused, match="stands already"):
        placed(ana, now, kind, actor)


@pytest.mark.parametrize("kind", [each for each in ActorKind if each is not ActorKind.STAFF])
def test_nobody_but_staff_places_here(ana: Account, now: datetime, kind: ActorKind) -> None:
    with pytest.raises(NotAllowed):
        placed(ana, now, R.FRAUD_ALERT, replace(OLGA, kind=kind))


def test_what_is_missing_is_refused(ana: Account, now: datetime) -> None:
    wrong: list[tuple[type[PortalError], dict[str, object]]] = [
        (ReasonRequired, {"reason": " "}),
        (SecondPersonRequired, {"actor": replace(OLGA, account_id=ana.pk)}),
    ]
    for error, given in wrong:
        with pytest.raises(error):
            placing.place(ana.pk, R.RISK_CONTROL, **{"actor": OLGA, "reason": "x", "now": now, **given})  # type: ignore[arg-type]
    for nobody in (uuid7(), make_staff("lea", Role.LEAD).pk):
        with pytest.raises(UnknownRestriction, match="no such account"):
            placing.place(nobody, R.RISK_CONTROL, actor=OLGA, reason="x", now=now)
    assert restrictions.active(ana.pk) == []


def test_second_person_confirms_once(ana: Account, now: datetime) -> None:
    row = placed(ana, now)
    refused: list[tuple[type[PortalError], Actor]] = [
        (NotAllowed, SAM),
        (SecondPersonRequired, OLGA),
        (SecondPersonRequired, replace(OMAR, account_id=ana.pk)),
    ]
    for error, actor in refused:
        assert not placing.may_confirm(row, actor)
        with pytest.raises(error):
            placing.confirm(row.pk, actor=actor, reason="x", now=now)
    with pytest.raises(ReasonRequired):
        placing.confirm(row.pk, actor=OMAR, reason=" ", now=now)
    assert (list(placing.unconfirmed()), placing.may_confirm(row, OMAR)) == ([row], True)
    done = placing.confirm(row.pk, actor=OMAR, reason="So it is.", now=now)
    assert (done.confirmed_by, done.confirmed_at, list(placing.unconfirmed())) == (OMAR.account_id, now, [])
    event = Event.objects.latest("id")
    assert (event.action, json.loads(bytes(event.body))["data"]["restriction"]) == (
        "restriction.confirmed",
        str(row.pk),
    )
    with pytest.raises(PlaceRefused, match="no second person"):
        placing.confirm(row.pk, actor=OMAR, reason="x", now=now)
    with pytest.raises(UnknownRestriction):
        placing.confirm(uuid7(), actor=OMAR, reason="x", now=now)


def test_only_what_a_person_placed_waits(ana: Account, now: datetime) -> None:
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=ana.pk)
        by_core = restrictions.place(locked, R.JUDICIAL_FREEZE, actor=Actor.core(), note="", now=now)
    placed(ana, now, R.FRAUD_ALERT)
    assert (list(placing.unconfirmed()), placing.waits(by_core)) == ([], False)
    with pytest.raises(PlaceRefused):
        placing.confirm(by_core.pk, actor=OMAR, reason="x", now=now)


def test_database_knows_the_second_person(ana: Account, now: datetime) -> None:
    row = placed(ana, now)
    for second in (OLGA.account_id, ana.pk):
        with pytest.raises(IntegrityError), transaction.atomic():
            Restriction.objects.filter(pk=row.pk).update(confirmed_at=now, confirmed_by=second)
    with pytest.raises(IntegrityError), transaction.atomic():
        Restriction.objects.filter(pk=row.pk).update(confirmed_by=OMAR.account_id)


def test_late_one_stays_and_every_officer_is_told_once(ana: Account, now: datetime) -> None:
    olga, omar = make_staff("olga", Role.COMPLIANCE), make_staff("omar", Role.COMPLIANCE)
    row, in_time = placed(ana, now), placed(ana, now, R.COMPLIANCE_REVIEW)
    placing.confirm(in_time.pk, actor=OMAR, reason="x", now=now)
    last = timedelta(microseconds=1)
    assert [placing.tell_overdue(at) for at in (now + DAY - last, now + DAY, now + DAY)] == [0, 1, 0]
    assert OutboxMessage.objects.filter(template=TEMPLATE).count() == 2
    said = opened(messages(omar)[0])
    assert (said.context["account"], "risk" in str(said.context), len(messages(olga))) == (ana.short_id, False, 1)
    assert row in restrictions.active(ana.pk)
    # A legal hold is told of beside it.
    place(ana.pk, now=now)
    assert placing.tell_overdue(now + DAY) == 0
