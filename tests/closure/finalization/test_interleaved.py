"""A legal hold, or a late deposit, at every moment of finalization: before, between and in the middle of its steps."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import pytest

from accounts.models import Account
from closure.effects import ENDING
from closure.enums import ClosureState
from closure.exchange.ledger.books import state_of
from closure.exchange.ledger.deposits import deposit
from closure.exchange.ledger.models import LedgerAddress, LedgerHolding
from closure.finalization.plan import ORDER
from closure.finalization.runner import finalize_due
from closure.models import ClosureRequest, DepositClaim, Effect
from closure.operations.core_events import pull
from closure.operations.watch import look_at
from closure.poison import CALLING
from closure.retention.models import LegalHold
from tests.claiming import due
from tests.closure.finalization.interleaving import interleave
from tests.holding import lift, place
from tests.invariants import violations

pytestmark = pytest.mark.django_db(transaction=True)
S = ClosureState
# After every lease and every rest.
LATER = timedelta(minutes=10)


@dataclass(frozen=True)
class Picture:
    """What is there of an account, here and at the core."""

    email: str | None
    status: str
    addresses: int
    closed: bool

    @classmethod
    def of(cls, request: ClosureRequest) -> "Picture":
        """Take it now."""
        account = Account.objects.get(pk=request.account_id)
        addresses = LedgerAddress.objects.filter(account_id=account.pk).count()
        return cls(account.email, account.status, addresses, state_of(account.pk).closed)


def started(now: datetime) -> ClosureRequest:
    """Make a customer whose wait is over, with an address saved at the core."""
    request = due(now=now)
    LedgerAddress.objects.create(account_id=request.account_id, asset="BTC", network="BTC", address="bc1")
    return request


def is_calling(request: ClosureRequest) -> bool:
    """Tell whether a call that ends something is on its way to the core: nobody can take it back."""
    on_its_way = Effect.objects.filter(request=request, kind__in=sorted(ENDING), last_error__startswith=CALLING)
    return on_its_way.filter(state="pending").exists()


@pytest.mark.row("H05")
def test_hold_at_any_moment_ends_and_erases_nothing_until_it_is_lifted(now: datetime) -> None:
    ends: Counter[str] = Counter()
    steps: set[str] = set()
    for moment in count(1):
        request = started(now)
        seen: list[Picture] = []
        calling: list[bool] = []

        def hold(request: ClosureRequest = request, seen: list[Picture] = seen, told: list[bool] = calling) -> None:
            place(request.account_id, now=now)
            seen.append(Picture.of(request))
            told.append(is_calling(request))

        at = interleave(lambda: finalize_due(now=now), moment, hold)
        request.refresh_from_db()
        if at is None:
            assert request.state == S.CLOSED
            break
        steps.add(at)
        finalize_due(now=now + LATER)
        if not calling[0]:
            assert Picture.of(request) == seen[0], f"moment {moment}, {at or 'between steps'}"
        ends[end_of(request)] += 1
        go_on(request, now)
        assert Picture.of(request) == Picture(None, "closed", 0, closed=True), f"moment {moment}"
    assert steps >= {step.value for step in ORDER}
    assert set(ends) == {"waits", "held", "parked", "closed before"}
    assert violations() == []


def end_of(request: ClosureRequest) -> str:
    """Return how the hold stopped a request."""
    request.refresh_from_db()
    if request.state == S.FINALIZING:
        assert request.parked_at is not None
        return "parked"
    return {S.HELD: "held", S.CLOSED: "closed before"}.get(S(request.state), "waits")


def go_on(request: ClosureRequest, now: datetime) -> None:
    """Lift the hold, and let the worker look and finish."""
    from_then_on = now + 2 * LATER
    for hold in LegalHold.objects.filter(account_id=request.account_id):
        lift(hold, now=from_then_on)
    if request.state == S.HELD:
        assert look_at(ClosureRequest.objects.select_related("account").get(pk=request.pk), now=from_then_on) == (
            "resumed"
        )
    finalize_due(now=from_then_on)
    request.refresh_from_db()
    assert request.state == S.CLOSED


@pytest.mark.row("F08")
def test_deposit_at_any_moment_is_credited_or_claimed(now: datetime) -> None:
    ends: Counter[tuple[str, str]] = Counter()
    for moment in count(1):
        request = started(now)
        kinds: list[str] = []

        def arrive(request: ClosureRequest = request, kinds: list[str] = kinds) -> None:
            kinds.append(deposit(request.account_id, "BTC", "0.5", now=now).kind)

        at = interleave(lambda: finalize_due(now=now), moment, arrive)
        if at is None:
            break
        pull(now)
        request.refresh_from_db()
        mine = {"account_id": request.account_id}
        credited, claimed = LedgerHolding.objects.filter(**mine), DepositClaim.objects.filter(**mine, amount="0.5")
        assert (credited.count(), claimed.count()) == ((1, 0) if kinds == ["deposit"] else (0, 1)), f"moment {moment}"
        ends[kinds[0], request.state] += 1
    assert set(ends) == {("deposit", S.HELD), ("late_deposit", S.CLOSED)}
    assert violations() == []
