"""Whoever disables an account shuts it at the core too: nobody trades there, and no key works (E06, M04, N07)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from accounts import clock, mailed_links, sign_in_history, stops, suspicious
from accounts.actors import Actor
from accounts.enums import AccountStatus, LinkPurpose, MessageChannel
from accounts.ids import uuid7
from accounts.models import Account, SignIn
from accounts.status import StatusRefused, change_status, change_status_many
from closure import effects, exchange
from closure.effects import REST, EffectKind
from closure.enums import EffectState
from closure.exchange.errors import Unreachable
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerAccountState, LedgerApiKey
from closure.models import Effect
from closure.operations import hold
from closure.reactivation import admission
from tests.closure.by_operations import submitted
from tests.factories import make_account, make_staff
from tests.fakes.faulty_gateway import FaultyGateway, fail
from tests.invariants import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("E06", "M04", "N07")]
A, K = AccountStatus, EffectKind
TESTS = Actor.system("tests")
Alarm = Callable[[Account, datetime], object]


@pytest.fixture
def ana() -> Account:
    account = make_account("ana")
    LedgerApiKey.objects.create(account_id=account.pk, key_id="k")
    return account


def by_link(purpose: LinkPurpose) -> Alarm:
    def press(account: Account, now: datetime) -> None:
        facts = {"subject_id": uuid7(), "channel": MessageChannel.EMAIL, "lives": timedelta(hours=1), "now": now}
        stops.carry_out(mailed_links.issue(account.pk, purpose, **facts), now=now)  # type: ignore[arg-type]

    return press


def in_session(account: Account, now: datetime) -> None:
    made = SignIn.objects.create(account=account, at=now, result="ok")
    sign_in_history.disown(account, made.pk, now=now)


def admit(account: Account, now: datetime) -> None:
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        admission.admit(locked, actor=TESTS, reason="readmitted", now=now)


def at_core(account: Account) -> tuple[bool, bool]:
    """Return whether the core has frozen it, and whether the key works no more."""
    state = LedgerAccountState.objects.filter(account_id=account.pk).first()
    return state is not None and state.frozen, LedgerApiKey.objects.get(account_id=account.pk).revoked


def wanted(account: Account) -> list[tuple[str, str]]:
    calls = Effect.objects.filter(account_id=account.pk, request=None).order_by("id")
    return list(calls.values_list("kind", "state"))


@pytest.mark.parametrize(
    "alarm",
    [by_link(LinkPurpose.STOP_SIGN_IN), by_link(LinkPurpose.STOP_DISABLING), in_session],
    ids=["stop_sign_in", "stop_disabling", "in_session"],
)
@pytest.mark.parametrize("status", [A.ACTIVE, A.DORMANT])
def test_alarm_shuts_it_at_once(ana: Account, now: datetime, alarm: Alarm, status: AccountStatus) -> None:
    Account.objects.filter(pk=ana.pk).update(status=status)
    alarm(ana, now)
    ana.refresh_from_db()
    assert (ana.status, at_core(ana)) == (A.DISABLED, (True, True))
    assert wanted(ana) == [("freeze", "done"), ("revoke_keys", "done")]


def test_alarm_inside_a_transaction_wants_it_for_the_worker(ana: Account, now: datetime) -> None:
    with transaction.atomic():
        suspicious.report(Account.objects.select_for_update().get(pk=ana.pk), actor=TESTS, now=now)
    assert (at_core(ana), wanted(ana)) == ((False, False), [("freeze", "pending"), ("revoke_keys", "pending")])
    assert (effects.perform_due(now=now), at_core(ana), violations([ana.pk])) == (2, (True, True), [])


def test_alarm_that_is_rolled_back_wants_nothing(ana: Account, now: datetime) -> None:
    with transaction.atomic():
        suspicious.report(Account.objects.select_for_update().get(pk=ana.pk), actor=TESTS, now=now)
        transaction.set_rollback(True)
    assert (wanted(ana), effects.perform_due(now=now)) == ([], 0)


def test_second_alarm_wants_nothing_more(ana: Account, now: datetime) -> None:
    for _time in range(2):
        by_link(LinkPurpose.STOP_SIGN_IN)(ana, now)
    assert wanted(ana) == [("freeze", "done"), ("revoke_keys", "done")]


def test_alarm_while_the_core_is_away_locks_here_and_is_made_up_for(
    ana: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = FaultyGateway(
        LedgerGateway(clock.now), call="freeze", writing={ana.pk: lambda _ask: fail(Unreachable("gone"))}
    )
    monkeypatch.setattr(exchange, "get_gateway", lambda: core)
    by_link(LinkPurpose.STOP_SIGN_IN)(ana, now)
    ana.refresh_from_db()
    assert (ana.status, at_core(ana)) == (A.DISABLED, (False, True))
    core.heal()
    assert (effects.perform_due(now=now + REST), at_core(ana)) == (1, (True, True))


@pytest.mark.row("E07")
def test_dispute_shuts_what_was_frozen_for_closing_again(ana: Account, now: datetime) -> None:
    request = submitted(ana, now)
    LedgerApiKey.objects.filter(account_id=ana.pk).update(revoked=False)
    hold.dispute(request.pk, actor=Actor.link(ana.pk), reason="", now=now)
    assert wanted(ana) == [("freeze", "pending"), ("revoke_keys", "pending")]
    effects.perform_due(now=now)
    assert at_core(ana) == (True, True)


def test_coming_back_after_an_alarm_thaws_and_leaves_keys_deleted(ana: Account, now: datetime) -> None:
    by_link(LinkPurpose.STOP_SIGN_IN)(ana, now)
    admit(ana, now)
    effects.perform_due(now=now)
    assert (at_core(ana), violations([ana.pk])) == ((False, True), [])


@pytest.mark.row("J07")
def test_account_is_not_thawed_before_its_keys_are_deleted(
    ana: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = FaultyGateway(
        LedgerGateway(clock.now), call="revoke_keys", writing={ana.pk: lambda _ask: fail(Unreachable("gone"))}
    )
    monkeypatch.setattr(exchange, "get_gateway", lambda: core)
    by_link(LinkPurpose.STOP_SIGN_IN)(ana, now)
    admit(ana, now)
    effects.perform_due(now=now)
    Effect.objects.filter(kind=K.REVOKE_KEYS).update(state=EffectState.PARKED)
    effects.perform_due(now=now + REST)
    assert (at_core(ana), wanted(ana)[-1]) == ((True, False), ("unfreeze", "pending"))
    Effect.objects.filter(kind=K.REVOKE_KEYS).update(state=EffectState.PENDING)
    core.heal()
    effects.perform_due(now=now + 2 * REST)
    effects.perform_due(now=now + 3 * REST)
    assert (at_core(ana), wanted(ana)[-1]) == ((False, True), ("unfreeze", "done"))


def test_staff_have_nothing_at_the_core(now: datetime) -> None:
    sam = make_staff("sam")
    by_link(LinkPurpose.STOP_SIGN_IN)(sam, now)
    sam.refresh_from_db()
    assert (sam.status, wanted(sam)) == (A.DISABLED, [])


def test_many_accounts_are_never_disabled_by_one_statement(ana: Account, now: datetime) -> None:
    Account.objects.filter(pk=ana.pk).update(status=A.FROZEN)
    ana.refresh_from_db()
    with pytest.raises(StatusRefused, match="one account at a time"):
        change_status_many([ana], A.DISABLED, actor=TESTS, reason="tests", now=now)


def test_each_time_of_being_disabled_is_a_cause_of_its_own(ana: Account, now: datetime) -> None:
    for turn in range(2):
        with transaction.atomic():
            locked = Account.objects.select_for_update().get(pk=ana.pk)
            change_status(locked, A.DISABLED, actor=TESTS, reason="tests", now=now + timedelta(minutes=turn))
            admission.admit(locked, actor=TESTS, reason="readmitted", now=now + timedelta(minutes=turn))
    assert [kind for kind, _state in wanted(ana)] == ["freeze", "revoke_keys", "unfreeze"] * 2
