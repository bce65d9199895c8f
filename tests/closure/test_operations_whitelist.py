"""The whitelist: on by a press, off by a fresh factor only, with a message and a day without withdrawals (N05)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from accounts import clock
from accounts.actors import Actor
from accounts.enums import Purpose
from accounts.exceptions import NotAllowed, ProofRefused
from accounts.models import Account, Event
from closure import exchange
from closure.enums import Needs
from closure.exceptions import CoreAway
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerAccountState, LedgerEffect
from closure.operations import whitelist
from closure.permissions import check_remedy
from tests.changing import proof_of
from tests.factories import make_account
from tests.fakes.faulty_gateway import HARMLESS_WRITES, WRITES, FaultyGateway
from tests.outbox import messages, opened

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("N05")]
DAY = timedelta(hours=24)


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def events(account: Account) -> list[str]:
    found = Event.objects.filter(account_id=account.pk, action__startswith="whitelist.").order_by("id")
    return list(found.values_list("action", flat=True))


def told(account: Account) -> list[tuple[str, bool]]:
    found = messages(account, template="whitelist_changed")
    return sorted((each.channel, opened(each).context["is_on"]) for each in found)


def test_whitelist_goes_on_once_and_its_owner_is_told(ana: Account, now: datetime) -> None:
    assert whitelist.is_on(ana) is False
    for _press in range(2):
        whitelist.turn_on(ana, now=now)
    assert (whitelist.is_on(ana), events(ana)) == (True, ["whitelist.on"])
    assert told(ana) == [("email", True), ("sms", True)]
    ana.refresh_from_db()
    assert ana.withdrawals_held_until is None


@pytest.mark.row("M04")
def test_whitelist_goes_off_by_a_factor_and_holds_withdrawals_for_a_day(ana: Account, now: datetime) -> None:
    whitelist.turn_on(ana, now=now)
    whitelist.turn_off(ana, proof=proof_of(ana, Purpose.WHITELIST_OFF, now=now), now=now)
    ana.refresh_from_db()
    assert (whitelist.is_on(ana), ana.withdrawals_held_until) == (False, now + DAY)
    assert events(ana) == ["whitelist.on", "whitelist.off_allowed", "whitelist.off"]
    assert told(ana) == [("email", False), ("email", True), ("sms", False), ("sms", True)]
    with pytest.raises(NotAllowed, match="the whitelist was turned off"):
        check_remedy(Actor.customer(ana), ana, Needs.WITHDRAW, now=now + DAY - timedelta(seconds=1))
    check_remedy(Actor.customer(ana), ana, Needs.WITHDRAW, now=now + DAY)


def test_longer_hold_of_withdrawals_is_not_cut(ana: Account, now: datetime) -> None:
    Account.objects.filter(pk=ana.pk).update(withdrawals_held_until=now + 2 * DAY)
    whitelist.turn_off(ana, proof=proof_of(ana, Purpose.WHITELIST_OFF, now=now), now=now)
    ana.refresh_from_db()
    assert ana.withdrawals_held_until == now + 2 * DAY


@pytest.mark.row("D07")
def test_proof_of_something_else_or_used_or_of_somebody_else_turns_nothing_off(ana: Account, now: datetime) -> None:
    bea = make_account("bea")
    for account in (ana, bea):
        whitelist.turn_on(account, now=now)
    used = proof_of(ana, Purpose.WHITELIST_OFF, now=now)
    for proof in (
        proof_of(ana, Purpose.REMOVE_ADDRESSES, "", now=now),
        proof_of(bea, Purpose.WHITELIST_OFF, now=now),
    ):
        with pytest.raises(ProofRefused):
            whitelist.turn_off(ana, proof=proof, now=now)
    assert (whitelist.is_on(ana), events(ana)) == (True, ["whitelist.on"])
    whitelist.turn_off(ana, proof=used, now=now)
    whitelist.turn_on(ana, now=now)
    with pytest.raises(ProofRefused):
        whitelist.turn_off(ana, proof=used, now=now)
    assert (whitelist.is_on(ana), whitelist.is_on(bea)) == (True, True)


@pytest.mark.parametrize("fault", sorted(WRITES))
def test_core_that_gives_no_answer_has_withdrawals_held_and_the_owner_told(
    ana: Account, now: datetime, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    whitelist.turn_on(ana, now=now)
    proof = proof_of(ana, Purpose.WHITELIST_OFF, now=now)
    core = FaultyGateway(LedgerGateway(clock.now), call="set_whitelist", writing={ana.pk: WRITES[fault]})
    monkeypatch.setattr(exchange, "get_gateway", lambda: core)
    with pytest.raises(CoreAway):
        whitelist.turn_off(ana, proof=proof, now=now)
    ana.refresh_from_db()
    assert (ana.withdrawals_held_until, events(ana)) == (now + DAY, ["whitelist.on", "whitelist.off_allowed"])
    assert told(ana)[0] == ("email", False)
    core.heal()
    again = proof_of(ana, Purpose.WHITELIST_OFF, now=now)
    whitelist.turn_off(ana, proof=again, now=now)
    assert whitelist.is_on(ana) is False


@pytest.mark.parametrize("fault", sorted(WRITES.keys() | HARMLESS_WRITES.keys()))
def test_whitelist_is_said_to_be_on_only_when_the_core_says_so(
    ana: Account, now: datetime, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    spoiled = (WRITES | HARMLESS_WRITES)[fault]
    core = FaultyGateway(LedgerGateway(clock.now), call="set_whitelist", writing={ana.pk: spoiled})
    monkeypatch.setattr(exchange, "get_gateway", lambda: core)
    if fault in WRITES:
        with pytest.raises(CoreAway):
            whitelist.turn_on(ana, now=now)
    else:
        whitelist.turn_on(ana, now=now)
    said = [] if fault in WRITES else ["whitelist.on"]
    assert (events(ana), LedgerEffect.objects.filter(account_id=ana.pk).count() <= 1) == (said, True)


@pytest.mark.parametrize("answer", [None, "yes", 1])
def test_answer_that_is_none_is_not_taken_for_off(
    ana: Account, monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    core = FaultyGateway(LedgerGateway(clock.now), call="whitelist_on", writing={ana.pk: lambda _ask: answer})
    monkeypatch.setattr(exchange, "get_gateway", lambda: core)
    with pytest.raises(CoreAway):
        whitelist.is_on(ana)


@pytest.mark.row("F03")
def test_closing_at_the_core_forgets_the_whitelist(ledger: LedgerGateway, advance: Callable[..., datetime]) -> None:
    account = uuid4()
    ledger.set_whitelist(account, on=True, key="on")
    ledger.lock_deposits(account, key="lock")
    ledger.close(account, key="close")
    assert LedgerAccountState.objects.get(account_id=account).whitelist_on is False
