"""The same confirmation from many hands at once: one of them acts, the others are told so (B12)."""

from collections import Counter
from datetime import datetime

import pytest

from accounts import clock
from accounts.exceptions import PortalError
from closure.enums import RemedyState
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerEffect
from closure.models import RemedyRun, Residual
from tests.closure.clearing import PRESSES, confirm, events, item_of, loaded, look, picture, proof_for
from tests.races import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("B12")]
THREADS = 6


def outcomes(results: list[object]) -> Counter[str]:
    """Return how often each outcome came."""
    return Counter(
        result.state if isinstance(result, RemedyRun) else getattr(result, "code", repr(result)) for result in results
    )


@pytest.mark.parametrize("code", PRESSES)
def test_one_key_raced_acts_once(code: str, ledger: LedgerGateway, now: datetime) -> None:
    ana = loaded(now=now)
    shown = look(ana, code, item_of(ana, code, ledger), now=now)
    proof = proof_for(ana, code, shown, now=now)
    told = outcomes(race(THREADS, lambda: confirm(ana, shown, now=now, key="k", proof=proof)))
    # Who comes while the first is at it is told so, and asks again.
    assert told[RemedyState.DONE] >= 1
    assert told.keys() <= {RemedyState.DONE.value, "idempotency_in_progress"}, told
    run = RemedyRun.objects.get()
    made = Residual.objects if code == "give_up" else LedgerEffect.objects
    assert (run.state, made.filter(account_id=ana.pk).count()) == (RemedyState.DONE, len(run.moves))
    assert events(ana).count("remedy.done") == 1


def test_two_keys_raced_sell_once(ledger: LedgerGateway, now: datetime) -> None:
    ana = loaded(now=now)
    shown = look(ana, "sell", "BTC", now=now)
    proof = proof_for(ana, "sell", shown, now=now)
    told = outcomes(race(THREADS, lambda: confirm(ana, shown, now=clock.now(), proof=proof)))
    assert told[RemedyState.DONE] == 1
    assert LedgerEffect.objects.filter(account_id=ana.pk, call="sell").count() == 1
    assert "BTC" not in str(picture(ana, ledger, now).areas["spot"])  # type: ignore[index]


def test_refusals_are_words_for_people(now: datetime) -> None:
    ana = loaded(now=now)
    shown = look(ana, "cancel_orders", now=now)
    told = race(THREADS, lambda: confirm(ana, shown, now=now, key="k"))
    assert all(isinstance(each, RemedyRun | PortalError) for each in told)
