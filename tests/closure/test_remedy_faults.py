"""A core that errs, and processes that die: nothing moves, or it is told as not certain and the same key settles it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from accounts import clock
from accounts.actors import Actor
from accounts.idempotency import StillWorking
from accounts.models import Account
from closure import exchange
from closure.enums import RemedyState
from closure.exceptions import CoreAway, NotCertain, RemedyRefused
from closure.exchange.contract import Done, Quote
from closure.exchange.errors import Refused, Unreachable
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerEffect
from closure.models import RemedyRun, Residual
from closure.operations import remedy
from closure.operations.settle_remedy import ask_again, settle_due
from closure.preflight import runner
from tests.closure.clearing import CALLS, PRESSES, confirm, events, item_of, loaded, look, picture, press, proof_for
from tests.closure.finalization.killing import killed_after
from tests.fakes.faulty_gateway import HARMLESS_WRITES, READS, WRITES, FaultyGateway, fail
from tests.invariants import violations

pytestmark = [pytest.mark.django_db, pytest.mark.row("A19", "B12")]
AT_THE_CORE = [code for code in PRESSES if code != "give_up"]
# What happened, and whose answer is not one.
ACCEPTED = [fault for fault in WRITES if fault.startswith("accepted")]
LATER = timedelta(hours=2)
# Every so many statements of a remedy somebody dies.
STRIDE = 5


@pytest.fixture
def core(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyGateway]:
    """Return a core that errs when told to."""
    made = FaultyGateway(LedgerGateway(clock.now))
    monkeypatch.setattr(exchange, "get_gateway", lambda: made)
    monkeypatch.setattr(runner, "DEADLINE", timedelta(milliseconds=50))
    yield made
    made.heal()


def errs_and_is_settled(code: str, fault: str, core: FaultyGateway, now: datetime) -> None:
    """Confirm a remedy while its write errs, then ask again with the same key."""
    ana = loaded(now=now)
    shown = look(ana, code, item_of(ana, code, core.core), now=now)
    proof = proof_for(ana, code, shown, now=now)
    before = picture(ana, core.core, now)
    core.call, core.writing = CALLS.get(code, code), {ana.pk: WRITES[fault]}
    with pytest.raises(NotCertain) as unsure:
        confirm(ana, shown, now=now, key="k", proof=proof)
    run = unsure.value.run
    assert (run.state, events(ana)) == (RemedyState.DOING, ["remedy.confirmed"])
    assert (picture(ana, core.core, now) != before) is (fault in ACCEPTED)
    core.heal()
    settled = confirm(ana, shown, now=now, key="k")
    assert (settled.pk, settled.state) == (run.pk, RemedyState.DONE)
    after = picture(ana, core.core, now)
    assert confirm(ana, shown, now=now, key="k").state == RemedyState.DONE
    assert (picture(ana, core.core, now), RemedyRun.objects.count()) == (after, 1)
    assert LedgerEffect.objects.filter(account_id=ana.pk).count() == len(run.moves)


@pytest.mark.parametrize("fault", [fault for fault in WRITES if fault not in ACCEPTED])
@pytest.mark.parametrize("code", AT_THE_CORE)
def test_write_that_errs_is_not_certain_until_the_same_key_settles_it(
    code: str, fault: str, core: FaultyGateway, now: datetime
) -> None:
    errs_and_is_settled(code, fault, core, now)


# Outside of any transaction, as in the portal: what the core accepted stays accepted.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", ACCEPTED)
@pytest.mark.parametrize("code", AT_THE_CORE)
def test_write_whose_answer_got_lost_is_not_made_again(
    code: str, fault: str, core: FaultyGateway, now: datetime
) -> None:
    errs_and_is_settled(code, fault, core, now)


@pytest.mark.parametrize("code", AT_THE_CORE)
def test_write_delivered_twice_happens_once(code: str, core: FaultyGateway, now: datetime) -> None:
    ana, ben = loaded(now=now), loaded("ben", now=now)
    press(ben, code, item_of(ben, code, core.core), now=now)
    core.call, core.writing = CALLS.get(code, code), {ana.pk: HARMLESS_WRITES["delivered twice"]}
    assert press(ana, code, item_of(ana, code, core.core), now=now).state == RemedyState.DONE
    spots = [
        {area: sorted(getattr(item, "text", "") for item in items) for area, items in told.areas.items()}
        for told in (picture(ana, core.core, now), picture(ben, core.core, now))
    ]
    assert spots[0] == spots[1]


def test_fix_does_the_rest_where_one_move_is_refused(core: FaultyGateway, now: datetime) -> None:
    ana = loaded(now=now)
    core.call, core.writing = "redeem_earn", {ana.pk: lambda _write: fail(Refused("locked"))}
    run = press(ana, "fix", now=now)
    told = {move["call"]: (move["state"], move["reason"]) for move in run.moves}
    assert (run.state, told.pop("redeem_earn")) == (RemedyState.PARTLY, ("refused", "locked"))
    assert set(told.values()) == {("done", "")}
    assert events(ana) == ["remedy.confirmed", "remedy.partly_done"]


@pytest.mark.parametrize("fault", READS)
def test_reading_that_cannot_be_believed_shows_and_moves_nothing(
    fault: str, core: FaultyGateway, now: datetime
) -> None:
    ana = loaded(now=now)
    before = picture(ana, core.core, now)
    shown = look(ana, "sell", "BTC", now=now)
    core.reading = {ana.pk: READS[fault]}
    for act in (lambda: look(ana, "sell", "BTC", now=now), lambda: confirm(ana, shown, now=now)):
        # A balance that is not there is believed, and refused by the core itself.
        with pytest.raises((CoreAway, RemedyRefused)):
            act()
    assert (picture(ana, core.core, now), RemedyRun.objects.count()) == (before, 0)


GOOD: dict[str, Any] = {
    "quote_id": "q",
    "asset": "BTC",
    "amount": Decimal(1),
    "fee": Decimal(0),
    "fee_asset": "USDT",
    "receives": Decimal(1),
    "receives_asset": "USDT",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"quote_id": ""},
        {"asset": None},
        {"amount": Decimal("NaN")},
        {"fee": Decimal(-1)},
        {"receives": 1.0},
        {"receives": Decimal("Infinity")},
        {"settles": datetime(2026, 11, 20)},  # noqa: DTZ001  (a core that forgets its zone)
        {"takes": {"BTC": None}},
        {"takes": None},
    ],
)
def test_quote_that_cannot_be_true_is_not_shown(wrong: dict[str, Any], core: FaultyGateway, now: datetime) -> None:
    ana = loaded(now=now)
    core.call, core.writing = "quote_sale", {ana.pk: lambda _ask: Quote(**GOOD | wrong)}
    with pytest.raises(CoreAway):
        look(ana, "sell", "BTC", now=now)


@pytest.mark.parametrize("answer", ["a page", None, ["BTC"], Quote(**GOOD)])
def test_answer_that_is_no_list_of_addresses_is_not_believed(
    answer: object, core: FaultyGateway, now: datetime
) -> None:
    ana = loaded(now=now)
    core.call, core.writing = "addresses", {ana.pk: lambda _ask: answer}
    if isinstance(answer, Quote):
        core.call = "quote_dust"
        core.writing = {ana.pk: lambda _ask: "no quote"}
    with pytest.raises(CoreAway):
        look(ana, "give_up", "XYZ", now=now)


def test_core_that_hangs_costs_a_deadline(core: FaultyGateway, now: datetime) -> None:
    ana = loaded(now=now)
    core.hang()
    with pytest.raises(CoreAway):
        look(ana, "cancel_orders", now=now)


def test_worker_settles_what_nobody_asked_again(core: FaultyGateway, now: datetime) -> None:
    ana = loaded(now=now)
    core.call, core.writing = "cancel_orders", {ana.pk: WRITES["accepted, then no answer"]}
    with pytest.raises(NotCertain):
        press(ana, "cancel_orders", now=now)
    assert (settle_due(now), settle_due(now + LATER)) == (0, 0)
    core.heal()
    assert settle_due(now + 2 * LATER) == 1
    assert (RemedyRun.objects.get().state, events(ana)[-1]) == (RemedyState.DONE, "remedy.done")
    assert violations() == []


def test_worker_does_not_do_today_what_was_wanted_yesterday(core: FaultyGateway, now: datetime) -> None:
    ana = loaded(now=now)
    core.call, core.writing = "close_positions", {ana.pk: WRITES["unreachable"]}
    with pytest.raises(NotCertain) as unsure:
        press(ana, "close_positions", now=now)
    core.heal()
    tomorrow = now + timedelta(days=1)
    assert (settle_due(tomorrow), RemedyRun.objects.get().state) == (0, RemedyState.DOING)
    # Their owner may still ask.
    settled = ask_again(remedy.own(ana, unsure.value.run.pk), actor=Actor.customer(ana), now=tomorrow)
    assert settled.state == RemedyState.DONE


def test_worker_makes_nothing_while_a_hold_stands(core: FaultyGateway, now: datetime) -> None:
    ana = loaded(now=now)
    core.call, core.writing = "sell", {ana.pk: WRITES["unreachable"]}
    with pytest.raises(NotCertain):
        press(ana, "sell", "BTC", now=now)
    core.heal()
    before = picture(ana, core.core, now)
    Account.objects.filter(pk=ana.pk).update(status="frozen")
    assert settle_due(now + LATER) == 0
    assert (picture(ana, core.core, now), RemedyRun.objects.get().state) == (before, RemedyState.DOING)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("after", [LATER, timedelta(days=3)], ids=["today", "days later"])
def test_worker_finds_out_what_happened_while_its_owner_may_not_act(
    after: timedelta, core: FaultyGateway, now: datetime
) -> None:
    ana = loaded(now=now)
    core.call, core.writing = "cancel_orders", {ana.pk: WRITES["accepted, then no answer"]}
    with pytest.raises(NotCertain):
        press(ana, "cancel_orders", now=now)
    core.heal()
    Account.objects.filter(pk=ana.pk).update(status="frozen")
    before = picture(ana, core.core, now)
    assert settle_due(now + after) == 1
    run = RemedyRun.objects.get()
    assert (run.state, run.moves[0]["effect"]) == (RemedyState.DONE, str(LedgerEffect.objects.get().pk))
    assert (picture(ana, core.core, now), events(ana)[-1]) == (before, "remedy.done")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("answer", [Unreachable("no answer"), "a page", Done(effect_id="")])
def test_core_that_does_not_say_what_happened_is_asked_again(answer: Any, core: FaultyGateway, now: datetime) -> None:
    ana = loaded(now=now)
    core.call, core.writing = "cancel_orders", {ana.pk: WRITES["accepted, then no answer"]}
    with pytest.raises(NotCertain) as unsure:
        press(ana, "cancel_orders", now=now)
    Account.objects.filter(pk=ana.pk).update(status="frozen")
    core.call = "outcome"
    core.writing = {ana.pk: lambda _ask: fail(answer) if isinstance(answer, Exception) else answer}
    with pytest.raises(NotCertain):
        ask_again(remedy.own(ana, unsure.value.run.pk), actor=Actor.customer(ana), now=now)
    assert (settle_due(now + LATER), RemedyRun.objects.get().state) == (0, RemedyState.DOING)
    core.heal()
    assert settle_due(now + 2 * LATER) == 1


def test_offer_that_ran_out_meanwhile_ends_undone(core: FaultyGateway, now: datetime, advance: Any) -> None:
    ana = loaded(now=now)
    core.call, core.writing = "sell", {ana.pk: WRITES["unreachable"]}
    with pytest.raises(NotCertain):
        press(ana, "sell", "BTC", now=now)
    core.heal()
    later = advance(hours=1)
    before = picture(ana, core.core, later)
    assert settle_due(later) == 1
    run = RemedyRun.objects.get()
    assert (run.state, run.moves[0]["reason"]) == (RemedyState.REFUSED, "quote_expired")
    assert picture(ana, core.core, later) == before


def test_remedy_that_somebody_is_at_is_left_to_them(core: FaultyGateway, now: datetime) -> None:
    ana = loaded(now=now)
    core.call, core.writing = "cancel_orders", {ana.pk: WRITES["unreachable"]}
    with pytest.raises(NotCertain) as unsure:
        press(ana, "cancel_orders", now=now)
    run = unsure.value.run
    RemedyRun.objects.filter(pk=run.pk).update(working_until=now + timedelta(minutes=1))
    core.heal()
    with pytest.raises(StillWorking):
        ask_again(remedy.own(ana, run.pk), actor=Actor.customer(ana), now=now)
    late = now + timedelta(minutes=2)
    assert ask_again(remedy.own(ana, run.pk), actor=Actor.customer(ana), now=late).state == RemedyState.DONE


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("code", ["fix", "sell", "give_up"])
def test_killed_in_the_middle_it_ends_done_or_undone(code: str, ledger: LedgerGateway, now: datetime) -> None:
    statement, outcomes = 1, set()
    while True:
        ana = loaded(f"ana{statement}", now=now)
        shown = look(ana, code, item_of(ana, code, ledger), now=now)
        proof, before = proof_for(ana, code, shown, now=now), picture(ana, ledger, now)
        died = killed_after(statement, partial(confirm, ana, shown, now=now, proof=proof))
        settle_due(now + LATER)
        run = RemedyRun.objects.filter(account_id=ana.pk).first()
        if run is None:
            assert (picture(ana, ledger, now), events(ana)) == (before, [])
        else:
            assert run.state == RemedyState.DONE
            made = Residual.objects if code == "give_up" else LedgerEffect.objects
            assert made.filter(account_id=ana.pk).count() == len(run.moves)
        outcomes.add(run is not None)
        if not died:
            break
        statement += STRIDE
    assert outcomes == {True, False}
    assert violations() == []
