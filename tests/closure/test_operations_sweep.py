"""What time brings: watched, held, resumed, finished, and given up last."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from accounts import restrictions
from accounts.enums import AccountStatus, RestrictionKind
from accounts.models import Account
from closure.enums import ClosureState
from closure.exchange.ledger.deposits import deposit
from closure.exchange.ledger.models import LedgerHolding
from closure.models import CheckRun, ClosureRequest
from closure.operations import sweep
from closure.operations.sweep import elapse, lapse_questions, run_sweeps, time_out
from closure.operations.watch import due_for_a_look, watch
from closure.retention.months import store
from tests.closure.by_operations import spend_everything, submitted
from tests.closure.retention.sealing import months, sealed
from tests.closure.scenes import SYSTEM, WAIT, events, make_request, make_run
from tests.factories import make_account
from tests.restricting import lift_all

pytestmark = pytest.mark.django_db
S = ClosureState


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def break_core(account: Account) -> None:
    """Make the core answer nonsense about an account: its check comes out unknown until `spend_everything`."""
    LedgerHolding.objects.create(account_id=account.pk, area="spot", asset="BTC", amount="a lot")


def kept(request: ClosureRequest) -> ClosureRequest:
    return ClosureRequest.objects.get(pk=request.pk)


@pytest.mark.row("A19")
def test_a_balance_that_arrives_holds_and_its_leaving_goes_on(
    ana: Account, now: datetime, advance: Callable[..., datetime]
) -> None:
    request = submitted(ana, now)
    deposit(ana.pk, "BTC", "0.5", now=now)
    at = advance(minutes=6)
    assert watch(at) == {"checked": 1, "held": 1, "resumed": 0}
    assert (kept(request).state, kept(request).held_reasons) == (S.HELD, ["deposit"])
    at = advance(minutes=6)
    assert watch(at) == {"checked": 1, "held": 0, "resumed": 0}
    spend_everything(ana)
    at = advance(minutes=6)
    assert watch(at) == {"checked": 1, "held": 0, "resumed": 1}
    assert (kept(request).state, events(request)[-2:]) == (S.COOLING_OFF, ["closure.held", "closure.resumed"])


def test_a_new_warning_holds_because_nobody_acknowledged_it(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now)
    deposit(ana.pk, "USDT", "0.5", now=now)
    watch(now)
    assert (kept(request).state, kept(request).held_reasons) == (S.HELD, ["deposit"])


@pytest.mark.parametrize(
    ("kind", "reason"), [(RestrictionKind.JUDICIAL_FREEZE, "legal"), (RestrictionKind.FRAUD_ALERT, "restriction")]
)
def test_restrictions_hold_and_lifting_them_goes_on(
    kind: RestrictionKind, reason: str, ana: Account, now: datetime, advance: Callable[..., datetime]
) -> None:
    request = make_request(ana, S.APPROVED, now=now)
    make_run(request, now=now)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=ana.pk)
        restrictions.place(locked, kind, actor=SYSTEM, note="", now=now)
    watch(now)
    assert (kept(request).state, kept(request).held_reasons) == (S.HELD, [reason])
    lift_all(ana.pk, now=now)
    watch(advance(minutes=6))
    assert kept(request).state == S.APPROVED


@pytest.mark.row("A19")
def test_a_core_that_is_away_advances_nothing_and_holds_after_an_hour(
    ana: Account, now: datetime, advance: Callable[..., datetime]
) -> None:
    request = submitted(ana, now)
    break_core(ana)
    states = [(watch(advance(minutes=6)), kept(request).state)[1] for _look in range(11)]
    assert states == [S.COOLING_OFF] * 10 + [S.HELD]
    assert kept(request).held_reasons == ["unreachable"]
    assert CheckRun.objects.filter(request=request, moment="sweep").count() == 2


def test_an_unreachable_core_that_answers_again_goes_on(
    ana: Account, now: datetime, advance: Callable[..., datetime]
) -> None:
    request = make_request(ana, S.HELD, now=now, held_reasons=["unreachable"], held_from=S.APPROVED)
    break_core(ana)
    watch(advance(minutes=6))
    assert kept(request).state == S.HELD
    spend_everything(ana)
    watch(advance(minutes=6))
    assert kept(request).state == S.APPROVED


def test_watching_waits_its_turn_and_is_bounded(ana: Account, now: datetime) -> None:
    first = make_request(ana, S.COOLING_OFF, now=now)
    second = make_request(make_account("bob"), S.IN_REVIEW, now=now)
    make_request(make_account("eve"), S.FINALIZING, now=now)
    make_run(first, now=now - timedelta(minutes=10))
    make_run(second, now=now - timedelta(minutes=4))
    assert due_for_a_look(now) == [first.pk]
    assert due_for_a_look(now + timedelta(minutes=2)) == [first.pk, second.pk]
    assert watch(now + timedelta(minutes=2), limit=1)["checked"] == 1


def test_a_week_of_watching_leaves_few_rows(ana: Account, now: datetime, advance: Callable[..., datetime]) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now)
    for _look in range(8):
        watch(advance(minutes=6))
    assert CheckRun.objects.filter(request=request).count() == 2


@pytest.mark.row("E01", "F01")
def test_the_sweep_closes_what_has_waited(ana: Account, now: datetime, advance: Callable[..., datetime]) -> None:
    request = submitted(ana, now)
    at = advance(days=6, hours=23)
    assert run_sweeps(at)["closed"] == 0
    at = advance(hours=1, seconds=5)
    counts = run_sweeps(at)
    ana.refresh_from_db()
    assert (counts["elapsed"], counts["closed"], kept(request).state, ana.status) == (1, 1, S.CLOSED, "closed")
    assert run_sweeps(at)["closed"] == 0


def test_elapsing_believes_the_clock_of_the_database(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now)
    assert (elapse(now + WAIT), kept(request).state) == (0, S.COOLING_OFF)


@pytest.mark.row("E09")
@pytest.mark.parametrize("state", [S.IN_REVIEW, S.HELD])
def test_the_sweep_releases_what_was_frozen_too_long(
    state: ClosureState, ana: Account, now: datetime, advance: Callable[..., datetime]
) -> None:
    request = make_request(ana, state, now=now)
    deposit(ana.pk, "BTC", "1", now=now)
    at = advance(days=30, seconds=5)
    assert run_sweeps(at)["timed_out"] == 1
    ana.refresh_from_db()
    assert (kept(request).state, ana.status) == (S.REJECTED, AccountStatus.ACTIVE)


def test_what_can_still_finish_is_not_timed_out(ana: Account, now: datetime, advance: Callable[..., datetime]) -> None:
    request = make_request(ana, S.HELD, now=now, held_from=S.COOLING_OFF, held_reasons=["deposit"])
    counts = run_sweeps(advance(days=30, seconds=5))
    assert (counts["resumed"], counts["closed"], counts["timed_out"]) == (1, 1, 0)
    assert kept(request).state == S.CLOSED


def test_time_out_leaves_legal_holds(ana: Account, now: datetime, advance: Callable[..., datetime]) -> None:
    request = make_request(ana, S.HELD, now=now)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=ana.pk)
        restrictions.place(locked, RestrictionKind.RISK_CONTROL, actor=SYSTEM, note="", now=now)
    assert (time_out(advance(days=31)), kept(request).state) == (0, S.HELD)


@pytest.mark.row("E09")
def test_no_number_of_those_that_stay_keeps_others_frozen(
    ana: Account, now: datetime, advance: Callable[..., datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "MOST_AT_ONCE", 1)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=ana.pk)
        restrictions.place(locked, RestrictionKind.RISK_CONTROL, actor=SYSTEM, note="", now=now)
    stays = make_request(ana, S.HELD, now=now, held_at=now, release_at=now + timedelta(days=20))
    asked = make_request(make_account("bob"), S.HELD, now=now, held_reasons=["question"], held_at=now + WAIT)
    at = advance(days=31)
    assert (lapse_questions(at), time_out(at)) == (1, 0)
    late = make_request(make_account("eve"), S.IN_REVIEW, now=now)
    assert (time_out(at), [kept(each).state for each in (stays, asked, late)]) == (1, [S.HELD, S.REJECTED, S.REJECTED])


def test_questions_without_answer_end(ana: Account, now: datetime) -> None:
    asked = make_request(ana, S.HELD, now=now, held_reasons=["question"])
    other = make_request(make_account("bob"), S.HELD, now=now, held_reasons=["deposit"])
    assert lapse_questions(now + timedelta(days=13)) == 0
    assert lapse_questions(now + timedelta(days=14)) == 1
    assert (kept(asked).end_reason, kept(other).state) == ("lapsed", S.HELD)


def test_one_row_that_cannot_move_stops_no_other(ana: Account, now: datetime) -> None:
    stuck = make_request(ana, S.HELD, now=now, held_reasons=["question"])
    Account.objects.filter(pk=ana.pk).update(status="frozen")
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=ana.pk)
        restrictions.place(locked, RestrictionKind.JUDICIAL_FREEZE, actor=SYSTEM, note="", now=now)
    free = make_request(make_account("bob"), S.HELD, now=now, held_reasons=["question"])
    assert lapse_questions(now + timedelta(days=14)) == 1
    assert (kept(stuck).state, kept(free).state) == (S.HELD, S.REJECTED)


@pytest.mark.row("H04")
@pytest.mark.django_db(transaction=True)
def test_run_sweeps_opens_the_canaries_each_day_and_counts_a_dead_one(
    now: datetime, settings: Any, tmp_path: Path
) -> None:
    settings.ARCHIVE_KEYS_DIR = tmp_path / "keys"
    sealed(now=now)
    assert [run_sweeps(at)["canaries"] for at in (now, now)] == [2, 0]
    store().destroy(months()[0])
    assert run_sweeps(now + timedelta(days=1))["failed"] == 1
