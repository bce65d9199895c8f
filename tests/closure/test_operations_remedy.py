"""Remedies: shown exactly, done once as they were shown, and refused as a whole (B12)."""

from dataclasses import replace
from datetime import datetime

import pytest

from accounts.actors import Actor
from accounts.idempotency import KeyReused
from closure.enums import RemedyState
from closure.exceptions import PreviewChanged, UnknownRemedy, WrongName
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerHolding
from closure.models import RemedyRun, Residual
from closure.operations import remedy
from closure.preflight import remedies
from closure.preflight.remedies.wordings import say
from tests.closure.clearing import (
    PRESSES,
    confirm,
    events,
    item_of,
    loaded,
    look,
    picture,
    press,
    proof_for,
)

pytestmark = pytest.mark.django_db


def test_presses_cover_every_remedy() -> None:
    assert sorted(PRESSES) == sorted(each.code.value for each in remedies.REMEDIES)


@pytest.mark.row("B12")
@pytest.mark.parametrize("code", PRESSES)
def test_remedy_twice_with_one_key_acts_once(code: str, ledger: LedgerGateway, now: datetime) -> None:
    ana = loaded(now=now)
    before = picture(ana, ledger, now)
    shown = look(ana, code, item_of(ana, code, ledger), now=now)
    assert picture(ana, ledger, now) == before
    first = press(ana, code, now=now, key="k", shown=shown)
    after = picture(ana, ledger, now)
    again = confirm(ana, shown, now=now, key="k")
    assert (first.state, again.pk, picture(ana, ledger, now)) == (RemedyState.DONE, first.pk, after)
    assert after != before or code == "give_up"
    given = ["residual.asked"] if code == "give_up" else []
    assert events(ana) == ["remedy.confirmed", *given, "remedy.done"]


@pytest.mark.row("B12")
@pytest.mark.parametrize("code", PRESSES)
def test_remedy_changed_since_it_was_shown_does_nothing(code: str, ledger: LedgerGateway, now: datetime) -> None:
    ana = loaded(now=now)
    shown = look(ana, code, item_of(ana, code, ledger), now=now)
    other = replace(shown, receives=None, moves=shown.moves[:-1])
    before = picture(ana, ledger, now)
    with pytest.raises(PreviewChanged) as changed:
        confirm(ana, other, now=now)
    assert changed.value.preview.digest == shown.digest
    assert (picture(ana, ledger, now), RemedyRun.objects.count(), events(ana)) == (before, 0, [])


@pytest.mark.row("B02")
def test_dust_that_moved_since_is_shown_anew(ledger: LedgerGateway, now: datetime) -> None:
    ana = loaded(now=now)
    shown = look(ana, "convert_dust", now=now)
    LedgerHolding.objects.filter(account_id=ana.pk, asset="SOL").update(amount="0.03", value_usdt="4.5")
    with pytest.raises(PreviewChanged) as changed:
        confirm(ana, shown, now=now)
    assert "0.03 SOL" in say(changed.value.preview.moves[0].line)


def test_key_of_another_confirmation_is_refused(now: datetime) -> None:
    ana = loaded(now=now)
    press(ana, "cancel_orders", now=now, key="k")
    with pytest.raises(KeyReused):
        press(ana, "unstake", now=now, key="k")
    # Somebody else's key is their own.
    assert press(loaded("ben", now=now), "unstake", now=now, key="k").state == RemedyState.DONE


@pytest.mark.row("B12")
def test_core_that_knows_better_refuses_and_nothing_moves(ledger: LedgerGateway, now: datetime) -> None:
    ana = loaded(now=now)
    shown = look(ana, "sell", "BTC", now=now)
    proof = proof_for(ana, "sell", shown, now=now)
    ledger.freeze(ana.pk, key="risk")
    before = picture(ana, ledger, now)
    run = confirm(ana, shown, now=now, proof=proof)
    assert (run.state, run.moves[0]["reason"], picture(ana, ledger, now)) == (RemedyState.REFUSED, "frozen", before)
    assert events(ana) == ["remedy.confirmed", "remedy.refused"]


@pytest.mark.row("B12")
def test_giving_up_needs_the_exact_name(now: datetime) -> None:
    ana = loaded(now=now)
    shown = look(ana, "give_up", "XYZ", now=now)
    for typed in ("", "xyz", "BTC"):
        with pytest.raises(WrongName):
            remedy.carry_out(
                ana, "give_up", "XYZ", confirmed=shown.digest, key="k", name=typed, actor=Actor.customer(ana), now=now
            )
    assert Residual.objects.count() == 0


def test_unknown_remedy(now: datetime) -> None:
    with pytest.raises(UnknownRemedy):
        look(loaded(now=now), "erase", now=now)
