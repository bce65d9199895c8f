"""A disabled account is looked at once more when the core has frozen it; what stands is a case for staff (E06)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from accounts import cases, clock, suspicious
from accounts.actors import Actor
from accounts.enums import CaseKind
from accounts.models import Account, Case, OutboxMessage
from closure import effects, exchange
from closure.backoff import back_off
from closure.effects import REST
from closure.enums import Area
from closure.exchange.contract import Snapshot
from closure.exchange.errors import Unreachable
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerLoan, LedgerPosition
from closure.models import Disabling
from closure.operations.look_again import LEASE, MOST_TRIES, UNREAD, look_due
from closure.operations.sweep import run_sweeps
from closure.reactivation import admission
from tests.factories import make_account
from tests.fakes.faulty_gateway import FaultyGateway, Reading, fail
from tests.races import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("E06")]
TESTS = Actor.system("tests")
Core = Callable[[Reading], FaultyGateway]


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def core(ana: Account, monkeypatch: pytest.MonkeyPatch) -> Core:
    def breaks(reading: Reading) -> FaultyGateway:
        made = FaultyGateway(LedgerGateway(clock.now), reading={ana.pk: reading})
        monkeypatch.setattr(exchange, "get_gateway", lambda: made)
        return made

    return breaks


def lock_out(account: Account, now: datetime) -> None:
    """Disable it as an alarm does: nothing was looked at before."""
    with transaction.atomic():
        suspicious.report(Account.objects.select_for_update().get(pk=account.pk), actor=TESTS, now=now)


def admit(account: Account, now: datetime) -> None:
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        admission.admit(locked, actor=TESTS, reason="readmitted", now=now)


def stand(account: Account, area: Area = Area.USDM_FUTURES) -> None:
    LedgerPosition.objects.create(account_id=account.pk, area=area, symbol="BTCUSDT", side="long", amount="0.1")


def opened() -> list[Case]:
    """Return the cases about what was found; the alarm has one of its own."""
    return list(Case.objects.filter(kind=CaseKind.OTHER))


def test_nothing_stands_and_nothing_is_opened(ana: Account, now: datetime) -> None:
    lock_out(ana, now)
    assert (look_due(now), effects.perform_due(now=now), look_due(now), look_due(now)) == (0, 2, 1, 0)
    row = Disabling.objects.get(account_id=ana.pk)
    assert (row.looked_at, row.left, row.case, row.tries, opened()) == (now, {}, None, 1, [])


def test_what_stands_after_the_freeze_is_one_case_and_its_owner_hears_nothing(ana: Account, now: datetime) -> None:
    lock_out(ana, now)
    stand(ana)
    LedgerLoan.objects.create(account_id=ana.pk, area=Area.LOANS, asset="USDT", amount="5")
    told = OutboxMessage.objects.count()
    counts = run_sweeps(now)
    assert (counts["effects"], counts["looked_again"], counts["failed"]) == (2, 1, 0)
    (case,) = opened()
    row = Disabling.objects.get()
    assert (row.case, row.left) == (case, {"usdm_futures": "blocked", "loans": "blocked"})
    assert case not in cases.shown_to(ana.pk)
    assert OutboxMessage.objects.count() == told
    assert (run_sweeps(now + timedelta(days=1))["looked_again"], opened()) == (0, [case])


def test_core_that_cannot_be_read_is_asked_again_and_then_staff_are(ana: Account, now: datetime, core: Core) -> None:
    lock_out(ana, now)
    effects.perform_due(now=now)
    core(lambda _told: fail(Unreachable("gone")))
    at = now
    for turn in range(1, MOST_TRIES):
        assert (look_due(at), look_due(at), opened()) == (0, 0, [])
        row = Disabling.objects.get()
        assert (row.tries, row.due_at) == (turn, at + back_off(turn))
        at = row.due_at
    assert look_due(at) == 1
    row = Disabling.objects.get()
    assert (row.left, [row.case], row.tries) == (UNREAD, opened(), MOST_TRIES)
    assert at - now < timedelta(hours=2)


def test_core_that_answers_again_in_time_opens_nothing(ana: Account, now: datetime, core: Core) -> None:
    lock_out(ana, now)
    effects.perform_due(now=now)
    made = core(lambda _told: fail(Unreachable("gone")))
    assert look_due(now) == 0
    made.heal()
    assert (look_due(now + back_off(1)), opened()) == (1, [])


def test_what_stands_is_told_at_once_with_what_nobody_could_read(ana: Account, now: datetime, core: Core) -> None:
    stand(ana)
    lock_out(ana, now)
    effects.perform_due(now=now)

    def without_options(told: Snapshot) -> Snapshot:
        return replace(told, areas={area: items for area, items in told.areas.items() if area is not Area.OPTIONS})

    core(without_options)
    assert look_due(now) == 1
    assert Disabling.objects.get().left == {"usdm_futures": "blocked", "options": "unknown"}


def test_look_waits_for_the_freeze(ana: Account, now: datetime) -> None:
    stand(ana)
    lock_out(ana, now)
    assert (look_due(now), Disabling.objects.get().tries) == (0, 0)


def test_worker_that_died_at_it_is_made_up_for(ana: Account, now: datetime) -> None:
    stand(ana)
    lock_out(ana, now)
    effects.perform_due(now=now)
    Disabling.objects.update(tries=1, due_at=now + LEASE)
    assert (look_due(now), opened()) == (0, [])
    assert (look_due(now + LEASE), len(opened())) == (1, 1)


def test_look_that_kills_each_worker_is_given_to_staff_unread(ana: Account, now: datetime, core: Core) -> None:
    lock_out(ana, now)
    effects.perform_due(now=now)
    Disabling.objects.update(tries=MOST_TRIES)
    core(lambda _told: pytest.fail("it was looked at"))
    assert (look_due(now), Disabling.objects.get().left) == (1, UNREAD)


def test_account_that_came_back_is_its_owner_s_again(ana: Account, now: datetime) -> None:
    stand(ana)
    lock_out(ana, now)
    effects.perform_due(now=now)
    admit(ana, now)
    assert (look_due(now), Disabling.objects.get().left, opened()) == (1, {}, [])


def test_account_that_comes_back_while_it_is_looked_at_is_too(ana: Account, now: datetime, core: Core) -> None:
    stand(ana)
    lock_out(ana, now)
    effects.perform_due(now=now)

    def comes_back(told: Snapshot) -> Snapshot:
        admit(ana, now)
        return told

    core(comes_back)
    assert (look_due(now), Disabling.objects.get().left, opened()) == (1, {}, [])


def test_account_that_is_disabled_twice_has_one_case_for_the_time_that_stands(ana: Account, now: datetime) -> None:
    stand(ana)
    lock_out(ana, now)
    effects.perform_due(now=now)
    admit(ana, now)
    effects.perform_due(now=now)
    lock_out(ana, now)
    effects.perform_due(now=now + REST)
    assert (look_due(now), len(opened())) == (2, 1)
    assert [row.left for row in Disabling.objects.order_by("id")] == [{}, {"usdm_futures": "blocked"}]


def test_two_workers_open_one_case(ana: Account, now: datetime) -> None:
    stand(ana)
    lock_out(ana, now)
    effects.perform_due(now=now)
    assert sorted(map(str, race(2, lambda: look_due(now)))) == ["0", "1"]
    assert len(opened()) == 1
