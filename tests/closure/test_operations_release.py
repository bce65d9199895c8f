"""Two people of compliance release a disputed account, or it stays disabled."""

from datetime import datetime, timedelta

import pytest

from accounts import lifting, restrictions
from accounts.actors import Actor
from accounts.enums import RestrictionKind, Role
from accounts.exceptions import NotAllowed
from accounts.models import Account, Case, OutboxMessage
from closure.enums import ClosureState
from closure.exceptions import ReasonRequired, SecondPersonRequired, TransitionRefused
from closure.models import ClosureRequest
from closure.operations.hold import dispute
from closure.operations.release import proposed_by, release_dispute
from tests.closure.scenes import effects_of, events, frozen_picture, make_request, staff
from tests.factories import make_account, make_staff
from tests.outbox import messages

pytestmark = pytest.mark.django_db
S = ClosureState


@pytest.fixture
def olga() -> Actor:
    return Actor.staff(make_staff("olga", Role.COMPLIANCE))


@pytest.fixture
def omar() -> Actor:
    return Actor.staff(make_staff("omar", Role.COMPLIANCE))


@pytest.fixture
def disputed(now: datetime) -> ClosureRequest:
    request = make_request(make_account("ana"), S.COOLING_OFF, now=now)
    return dispute(request.pk, actor=Actor.link(request.account_id), reason="", now=now)


@pytest.mark.row("E07")
def test_two_people_of_compliance_release(disputed: ClosureRequest, olga: Actor, omar: Actor, now: datetime) -> None:
    OutboxMessage.objects.all().delete()
    assert release_dispute(disputed.pk, actor=olga, reason="phoned her", now=now) is False
    ana = Account.objects.get(pk=disputed.account_id)
    assert (ana.status, len(restrictions.active(ana.pk)), proposed_by(disputed)) == ("disabled", 1, olga.label)
    assert release_dispute(disputed.pk, actor=omar, reason="agreed", now=now) is True
    ana.refresh_from_db()
    assert (ana.status, restrictions.active(ana.pk)) == ("active", [])
    assert ana.withdrawals_held_until == now + timedelta(hours=24)
    assert (Case.objects.get().state, effects_of(disputed)) == ("resolved", ["unfreeze"])
    assert [(mail.template, mail.channel) for mail in messages(ana)] == [
        ("closure_dispute_released", "email"),
        ("closure_dispute_released", "sms"),
    ]
    assert events(disputed)[-2:] == ["closure.dispute_release_proposed", "closure.dispute_released"]


@pytest.mark.row("J03")
def test_longer_hold_of_withdrawals_stands(disputed: ClosureRequest, olga: Actor, omar: Actor, now: datetime) -> None:
    until = now + timedelta(hours=47)
    Account.objects.filter(pk=disputed.account_id).update(withdrawals_held_until=until)
    for actor in (olga, omar):
        release_dispute(disputed.pk, actor=actor, reason="looked", now=now)
    assert Account.objects.get(pk=disputed.account_id).withdrawals_held_until == until


@pytest.mark.row("E07")
def test_one_person_alone_releases_nothing(disputed: ClosureRequest, olga: Actor, now: datetime) -> None:
    release_dispute(disputed.pk, actor=olga, reason="phoned her", now=now)
    before = frozen_picture(disputed)
    with pytest.raises(SecondPersonRequired):
        release_dispute(disputed.pk, actor=olga, reason="again", now=now + timedelta(days=1))
    assert frozen_picture(disputed) == before


def test_nobody_but_compliance_releases_and_never_without_a_reason(
    disputed: ClosureRequest, olga: Actor, now: datetime
) -> None:
    before = frozen_picture(disputed)
    others = [staff(Role.AGENT), staff(Role.LEAD), Actor.link(disputed.account_id), Actor.system("sweep")]
    for actor in others:
        with pytest.raises(NotAllowed):
            release_dispute(disputed.pk, actor=actor, reason="because", now=now)
    with pytest.raises(ReasonRequired):
        release_dispute(disputed.pk, actor=olga, reason=" ", now=now)
    assert frozen_picture(disputed) == before


def test_there_must_be_a_dispute_and_it_is_released_once(
    disputed: ClosureRequest, olga: Actor, omar: Actor, now: datetime
) -> None:
    waiting = make_request(make_account("ben"), S.COOLING_OFF, now=now)
    release_dispute(disputed.pk, actor=olga, reason="phoned her", now=now)
    release_dispute(disputed.pk, actor=omar, reason="agreed", now=now)
    for request in (waiting, disputed):
        with pytest.raises(TransitionRefused):
            release_dispute(request.pk, actor=olga, reason="because", now=now)


def test_other_restrictions_stay(disputed: ClosureRequest, olga: Actor, omar: Actor, now: datetime) -> None:
    account = Account.objects.select_for_update().get(pk=disputed.account_id)
    restrictions.place(account, RestrictionKind.JUDICIAL_FREEZE, actor=olga, note="", now=now)
    for actor in (olga, omar):
        release_dispute(disputed.pk, actor=actor, reason="looked", now=now)
    assert [each.kind for each in restrictions.active(account.pk)] == ["judicial_freeze"]


@pytest.mark.row("L06")
def test_investigation_that_came_after_the_proposal_is_not_lifted_by_one(
    disputed: ClosureRequest, olga: Actor, omar: Actor, now: datetime
) -> None:
    release_dispute(disputed.pk, actor=olga, reason="phoned her", now=now)
    later = now + timedelta(microseconds=1)
    account = Account.objects.select_for_update().get(pk=disputed.account_id)
    first = restrictions.active(account.pk)[0]
    lifting.propose(first.pk, actor=olga, reason="found nothing", now=now)
    lifting.confirm(first.pk, actor=omar, reason="agreed", now=now)
    account.refresh_from_db()
    since = restrictions.place(account, RestrictionKind.SECURITY_INVESTIGATION, actor=olga, note="", now=later)
    assert release_dispute(disputed.pk, actor=omar, reason="agreed", now=later) is True
    assert [each.pk for each in restrictions.active(account.pk)] == [since.pk]
