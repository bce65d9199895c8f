"""A late deposit opens one claim, tied to the sealed account and to nobody who has its address later (F08)."""

from datetime import datetime, timedelta

import pytest

from accounts import block_expiry
from accounts.enums import CaseKind, CaseState
from accounts.ids import uuid7
from accounts.models import Account, Case, Event
from closure.claims import Taken, take
from closure.enums import CoreEventKind
from closure.exchange.ledger.deposits import deposit
from closure.exchange.ledger.models import LedgerHolding, LedgerTransaction
from closure.finalization.runner import finalize_due
from closure.lifecycle import pin
from closure.models import ClosureRequest, DepositClaim, Effect
from closure.operations.core_events import pull
from closure.policy import loader
from closure.retention.models import Extension
from tests.claiming import closed, due, locked, report
from tests.factories import make_account
from tests.invariants import violations
from tests.races import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("F08")]


def test_take_opens_a_claim_with_its_case_and_extension(now: datetime) -> None:
    ana = closed(now=now)
    assert take(report(ana.pk, at=now - timedelta(minutes=1)), now=now) is Taken.CLAIMED
    claim = DepositClaim.objects.get()
    assert (claim.account_id, claim.event_id, claim.asset, claim.amount) == (ana.pk, "core-1", "BTC", "0.50")
    assert (claim.arrived_at, claim.opened_at, claim.outcome) == (now - timedelta(minutes=1), now, "")
    case = Case.objects.get()
    assert (claim.case, case.account_id, case.kind, case.state) == (case, ana.pk, CaseKind.CLAIM, CaseState.OPEN)
    extension = Extension.objects.get()
    assert (extension.account_id, extension.reference_id, extension.closed_at) == (ana.pk, claim.pk, None)
    told = Event.objects.filter(account_id=ana.pk, at=now).order_by("id").values_list("action", flat=True)
    assert list(told)[-2:] == ["case.opened", "claim.opened"]
    assert violations() == []


def test_take_is_done_once_for_each_event(now: datetime) -> None:
    ana = closed(now=now)
    told = [report(ana.pk, at=now), report(ana.pk, at=now, event_id="core-2"), report(ana.pk, at=now)]
    assert [take(each, now=now) for each in told] == [Taken.CLAIMED, Taken.CLAIMED, Taken.KNOWN]
    assert DepositClaim.objects.count() == Extension.objects.count() == Case.objects.count() == 2


@pytest.mark.parametrize("facts", [{"amount": "0.5"}, {"asset": "ETH"}])
def test_take_keeps_what_was_told_first(now: datetime, facts: dict[str, str]) -> None:
    ana, ben = closed(now=now), closed(now=now)
    take(report(ana.pk, at=now), now=now)
    others = [report(ana.pk, at=now, **facts), report(ben.pk, at=now)]
    assert [take(other, now=now) for other in others] == [Taken.CONTRADICTED] * 2
    assert DepositClaim.objects.get().amount == "0.50"


def test_take_opens_a_claim_as_soon_as_deposits_are_to_be_locked(now: datetime) -> None:
    ana = locked(now=now)
    assert take(report(ana.pk, at=now), now=now) is Taken.CLAIMED
    ana.refresh_from_db()
    assert ana.status == "frozen"


def test_take_leaves_what_the_core_credits_itself(now: datetime) -> None:
    open_one, closing = make_account("ben"), locked(now=now)
    credited = report(closing.pk, at=now, kind=CoreEventKind.DEPOSIT)
    assert [take(each, now=now) for each in (report(open_one.pk, at=now), credited)] == [Taken.CREDITED] * 2
    assert (DepositClaim.objects.count(), Case.objects.count(), Extension.objects.count()) == (0, 0, 0)


def test_take_knows_no_account_by_this_key(now: datetime) -> None:
    assert take(report(uuid7(), at=now), now=now) is Taken.UNKNOWN_ACCOUNT


def test_take_at_once_opens_one(now: datetime) -> None:
    ana = closed(now=now)
    taken = race(6, lambda: take(report(ana.pk, at=now), now=now))
    assert sorted(map(str, taken)) == ["claimed", *["known"] * 5]
    assert DepositClaim.objects.count() == 1


def test_open_account_is_credited_by_the_core(now: datetime) -> None:
    ana = make_account("ana")
    deposit(ana.pk, "BTC", "0.5", now=now)
    assert (pull(now), LedgerHolding.objects.get().account_id) == ({"claims": 0}, ana.pk)


def test_what_arrived_before_the_end_and_is_read_after_it_is_claimed_whole(now: datetime) -> None:
    ana = locked(now=now)
    deposit(ana.pk, "BTC", "0.25", now=now)
    ClosureRequest.objects.update(**pin(loader.load("standard")))
    later = now + timedelta(minutes=5)
    assert finalize_due(now=later).closed == 1
    # Erasing left it: nobody had read it yet.
    assert (pull(later), DepositClaim.objects.get().amount) == ({"claims": 1}, "0.25")


@pytest.mark.row("F08", "G07")
def test_nobody_who_has_the_address_later_is_credited(now: datetime) -> None:
    ana, later = due(now=now).account, now + timedelta(days=400)
    finalize_due(now=now)
    # The block is over: somebody, perhaps not Ana, registers with the same address.
    block_expiry.release(now=later)
    new = make_account("new", email=ana.email)
    assert (new.email, new.pk == ana.pk) == (ana.email, False)
    deposit(new.pk, "BTC", "1", now=later)
    before = ledger_of(new)
    deposit(ana.pk, "BTC", "0.5", now=later)
    assert pull(later) == {"claims": 1}
    claim = DepositClaim.objects.get()
    assert (claim.account_id, claim.amount) == (ana.pk, "0.5")
    assert (ledger_of(new), ledger_of(ana)) == (before, ([], []))
    assert Case.objects.get().account_id == ana.pk
    assert Extension.objects.get().account_id == ana.pk
    assert Effect.objects.filter(account_id=new.pk).count() == 0
    assert violations() == []


def ledger_of(account: Account) -> tuple[list[object], list[object]]:
    """Return what the core has of an account: balances and history."""
    mine = {"account_id": account.pk}
    holdings = LedgerHolding.objects.filter(**mine).order_by("id").values_list("pk", "asset", "amount")
    return list(holdings), list(LedgerTransaction.objects.filter(**mine).order_by("id").values_list("pk", "amount"))
