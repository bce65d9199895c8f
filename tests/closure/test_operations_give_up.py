"""Giving up an asset: the owner asks, one of the staff decides, the owner may take it back (B12)."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.enums import AccountStatus, MessageChannel, Role
from accounts.exceptions import NotAllowed, ReasonRequired
from accounts.messages.render import render
from accounts.models import Account, Note
from closure.enums import ClosureState, Moment, ResidualState, Verdict
from closure.exceptions import TransitionRefused, UnknownRequest
from closure.exchange.ledger.models import LedgerHolding
from closure.models import Residual
from closure.operations import give_up
from closure.operations.check import check_request
from closure.preflight.verdict import Check, from_dict
from closure.residuals import residuals_of
from tests.closure.clearing import events, hold, press
from tests.closure.exchange.contract import address, spot
from tests.closure.scenes import make_request, staff
from tests.factories import make_account
from tests.outbox import messages, opened

pytestmark = [pytest.mark.django_db, pytest.mark.row("B12")]
S = ResidualState
SAM = staff(Role.AGENT)


@pytest.fixture
def ana() -> Account:
    ana = make_account("ana")
    saved = address(asset="XYZ", network="XYZ", address="xyz1", whitelisted=True)
    hold(ana, holdings=[spot("XYZ", "0.0003")], addresses=[saved])
    return ana


def asked(account: Account, now: datetime) -> Residual:
    """Give XYZ up as its owner does."""
    press(account, "give_up", "XYZ", now=now)
    return Residual.objects.get(account=account, state=S.ASKED)


def checked(account: Account, now: datetime) -> Check:
    """Check the account on a draft of its own."""
    draft = account.closures.first() or make_request(account, ClosureState.DRAFT, now=now)
    return from_dict(check_request(draft, Moment.CHECK, now=now).result)


def test_asked_it_blocks_and_waits_for_staff(ana: Account, now: datetime) -> None:
    [before] = checked(ana, now).blockers
    assert (before.code, before.remedy) == ("spot_balance", "withdraw_crypto")
    asked(ana, now)
    found = checked(ana, now)
    [blocker] = found.blockers
    assert (blocker.code, blocker.actionable, blocker.clears_at) == ("spot_giving_up_XYZ", False, None)
    assert found.earliest_condition == "When our staff have confirmed it."


def test_confirmed_it_is_a_loss_to_acknowledge(ana: Account, now: datetime) -> None:
    residual = asked(ana, now)
    give_up.decide(residual.pk, confirm=True, reason="Seen.", actor=SAM, now=now)
    found = checked(ana, now)
    assert (found.verdict, found.blockers) == (Verdict.WARNING, ())
    [warning] = found.warnings
    assert (warning.code, warning.found[0].amount) == ("spot_given_up_XYZ", "0.0003")
    assert events(ana) == ["remedy.confirmed", "residual.asked", "remedy.done", "residual.confirmed"]


@pytest.mark.parametrize("confirm", [True, False])
def test_owner_is_told_what_staff_decided_and_nothing_else(ana: Account, now: datetime, *, confirm: bool) -> None:
    residual = asked(ana, now)
    assert messages(ana, template=give_up.DECIDED) == []
    give_up.decide(residual.pk, confirm=confirm, reason="Seen.", actor=SAM, now=now)
    [told] = messages(ana, template=give_up.DECIDED)
    said = opened(told)
    assert (told.channel, said.to) == ("email", ana.email)
    assert {"amount": "0.0003", "asset": "XYZ", "confirmed": confirm}.items() <= said.context.items()
    mail = render(give_up.DECIDED, channel=MessageChannel.EMAIL, language="en", context=said.context).text
    assert ("We confirmed it" in mail, "We did not confirm it." in mail) == (confirm, not confirm)


def test_taking_back_sends_nothing_and_an_owner_without_mail_gets_a_text(now: datetime) -> None:
    ben = make_account("ben", email=None)
    hold(ben, holdings=[spot("XYZ", "0.0003")], addresses=[address(asset="XYZ", network="XYZ", whitelisted=True)])
    give_up.take_back(asked(ben, now).pk, actor=Actor.customer(ben), now=now)
    assert messages(ben, template=give_up.DECIDED) == []
    give_up.decide(asked(ben, now).pk, confirm=True, reason="Seen.", actor=SAM, now=now)
    assert [each.channel for each in messages(ben, template=give_up.DECIDED)] == ["sms"]


def test_more_of_it_than_was_given_up_blocks(ana: Account, now: datetime) -> None:
    give_up.decide(asked(ana, now).pk, confirm=True, reason="Seen.", actor=SAM, now=now)
    LedgerHolding.objects.filter(account_id=ana.pk).update(amount="0.00030001")
    [blocker] = checked(ana, now).blockers
    assert blocker.code == "spot_balance"


def test_refused_it_blocks_as_before_and_can_be_asked_again(ana: Account, now: datetime) -> None:
    give_up.decide(asked(ana, now).pk, confirm=False, reason="Seen.", actor=SAM, now=now)
    assert [each.code for each in checked(ana, now).blockers] == ["spot_balance"]
    asked(ana, now)
    assert sorted(Residual.objects.values_list("state", flat=True)) == ["asked", "refused"]


@pytest.mark.parametrize("confirm", [True, False])
def test_only_a_deciding_role_decides_and_never_about_itself(ana: Account, confirm: bool, now: datetime) -> None:
    residual = asked(ana, now)
    own = Actor(kind=SAM.kind, account_id=ana.pk, roles=SAM.roles)
    for actor in (staff(Role.AUDITOR), own, Actor.customer(ana), Actor.system("x"), Actor.core()):
        with pytest.raises(NotAllowed):
            give_up.decide(residual.pk, confirm=confirm, reason="Seen.", actor=actor, now=now)
    residual.refresh_from_db()
    assert residual.state == S.ASKED


def test_deciding_needs_a_reason_which_is_a_note(ana: Account, now: datetime) -> None:
    residual = asked(ana, now)
    with pytest.raises(ReasonRequired):
        give_up.decide(residual.pk, confirm=True, reason=" ", actor=SAM, now=now)
    give_up.decide(residual.pk, confirm=True, reason="The core refuses each.", actor=SAM, now=now)
    assert list(Note.objects.values_list("text", flat=True)) == ["The core refuses each."]


def test_database_knows_two_people(ana: Account, now: datetime) -> None:
    residual = asked(ana, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Residual.objects.filter(pk=residual.pk).update(state=S.CONFIRMED, decided_at=now, decided_by=ana.pk)


def test_decided_once(ana: Account, now: datetime) -> None:
    residual = asked(ana, now)
    give_up.decide(residual.pk, confirm=True, reason="Seen.", actor=SAM, now=now)
    with pytest.raises(TransitionRefused):
        give_up.decide(residual.pk, confirm=False, reason="Seen.", actor=SAM, now=now)
    with pytest.raises(UnknownRequest):
        give_up.decide(ana.pk, confirm=True, reason="Seen.", actor=SAM, now=now)


def test_owner_alone_takes_it_back(ana: Account, now: datetime) -> None:
    residual = asked(ana, now)
    give_up.decide(residual.pk, confirm=True, reason="Seen.", actor=SAM, now=now)
    for actor in (Actor.customer(make_account("ben")), SAM):
        with pytest.raises(UnknownRequest):
            give_up.take_back(residual.pk, actor=actor, now=now)
    taken = give_up.take_back(residual.pk, actor=Actor.customer(ana), now=now)
    assert (taken.state, give_up.standing_of(ana)) == (S.TAKEN_BACK, [])
    with pytest.raises(TransitionRefused):
        give_up.take_back(residual.pk, actor=Actor.customer(ana), now=now)


def test_nothing_is_taken_back_while_the_account_is_frozen(ana: Account, now: datetime) -> None:
    residual = asked(ana, now)
    Account.objects.filter(pk=ana.pk).update(status=AccountStatus.FROZEN)
    with pytest.raises(NotAllowed):
        give_up.take_back(residual.pk, actor=Actor.customer(ana), now=now)


def test_residuals_are_what_was_confirmed_and_is_still_there(ana: Account, now: datetime) -> None:
    residual = asked(ana, now)
    draft = make_request(ana, ClosureState.DRAFT, now=now)
    check_request(draft, Moment.CHECK, now=now)
    assert residuals_of(draft) == ()
    give_up.decide(residual.pk, confirm=True, reason="Seen.", actor=SAM, now=now)
    check_request(draft, Moment.CHECK, now=now)
    [left] = residuals_of(draft)
    assert (left.asset, left.amount, left.given_up_at, left.confirmed_at) == ("XYZ", "0.0003", now, now)
    LedgerHolding.objects.filter(account_id=ana.pk).delete()
    check_request(draft, Moment.CHECK, now=now)
    assert residuals_of(draft) == ()
