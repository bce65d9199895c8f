"""The preset `binance` as behavior: what its cells do, where they differ from `standard`."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts import journal
from accounts.enums import Action, RestrictionKind, Role
from accounts.exceptions import NotAllowed
from accounts.models import Account, Restriction
from accounts.verification import step_up as step_ups
from closure import offers
from closure.enums import ClosureState, HeldReason, RequestChannel
from closure.exchange.ledger.deposits import deposit
from closure.exchange.ledger.models import LedgerHolding, LedgerTransaction
from closure.models import ClosureRequest
from closure.operations.hold import hold
from closure.operations.sweep import run_sweeps
from closure.operations.verify import begin_verification, extend_verification, send_needed
from closure.policy import loader
from closure.policy.schema import StatusShows
from tests.closure.by_operations import exported, give_codes, spend_everything
from tests.closure.finalization.test_core_away import away
from tests.closure.presets import cancel_by_support, decided
from tests.closure.scenes import SYSTEM, make_request, staff
from tests.factories import make_account
from tests.outbox import messages
from tests.pages import read

pytestmark = pytest.mark.django_db(transaction=True)

S = ClosureState
BINANCE = loader.load("binance")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _policy(settings: Any) -> None:
    settings.PORTAL_POLICY = "binance"


@pytest.fixture
def ana() -> Account:
    return make_account("ana", identity_level=1)


def live(account: Account, state: ClosureState, now: datetime, **fields: Any) -> ClosureRequest:
    return make_request(account, state, now=now, pinned=BINANCE, **fields)


def told(account: Account, action: str, at: datetime, data: dict[str, Any]) -> None:
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        journal.record(action, actor=SYSTEM, at=at, account=locked, data=data)


# Review: if flagged, or face


@pytest.mark.row("F01")
def test_unflagged_submission_waits_24_hours_and_meets_nobody(ana: Account, now: datetime) -> None:
    found = decided(ana, BINANCE, now)
    assert (found.flags, found.review_due, found.four_eyes_due, found.face_due) == ((), False, False, False)
    assert (found.finalizes_after - now, found.finalizes_before - now) == (24 * HOUR, 72 * HOUR)
    assert found.release_at - now == timedelta(days=30)


@pytest.mark.row("D08")
@pytest.mark.parametrize(
    ("action", "flags"),
    [(Action.FACTOR_ADDED, ("brake",)), (Action.CONTACT_CHANGED, ("brake", "contact_change"))],
)
def test_brake_adds_72_hours_and_is_reviewed(ana: Account, now: datetime, action: str, flags: tuple[str, ...]) -> None:
    told(ana, action, now - HOUR, {})
    found = decided(ana, BINANCE, now)
    assert (found.flags, found.review_due, found.four_eyes_due) == (flags, True, False)
    assert (found.finalizes_after - now, found.finalizes_before - now) == (96 * HOUR, 144 * HOUR)


@pytest.mark.parametrize(
    ("withdrawn", "flags"), [("10000", ()), ("10000.01", ("large_withdrawals",)), ("", ("large_withdrawals",))]
)
def test_large_withdrawals_are_reviewed(ana: Account, now: datetime, withdrawn: str, flags: tuple[str, ...]) -> None:
    found = decided(ana, BINANCE, now, withdrawn=withdrawn)
    assert (found.flags, found.review_due, found.four_eyes_due) == (flags, bool(flags), False)


@pytest.mark.parametrize(("ago", "flags"), [(timedelta(minutes=59), ("deposit",)), (timedelta(minutes=61), ())])
def test_deposit_since_the_draft_began_is_reviewed(
    ana: Account, now: datetime, ago: timedelta, flags: tuple[str, ...]
) -> None:
    arrived = {"account_id": ana.pk, "asset": "BTC", "amount": "1", "time": now - ago}
    LedgerTransaction.objects.create(kind="deposit", reference="d-1", **arrived)
    LedgerTransaction.objects.create(kind="withdrawal", reference="w-1", **arrived)
    found = decided(ana, BINANCE, now)
    assert (found.flags, found.review_due) == (flags, bool(flags))


@pytest.mark.row("A19")
def test_deposits_that_cannot_be_read_are_reviewed(ana: Account, now: datetime) -> None:
    with away(LedgerTransaction):
        assert decided(ana, BINANCE, now).flags == ("deposit",)


@pytest.mark.parametrize(
    ("days", "mismatch", "flags"), [(29, ["name"], ("name_mismatch",)), (31, ["name"], ()), (1, [], ())]
)
def test_name_that_replaced_another_is_reviewed(
    ana: Account, now: datetime, days: int, mismatch: list[str], flags: tuple[str, ...]
) -> None:
    told(ana, Action.ACCOUNT_UPDATED, now - timedelta(days=days), {"source": "import", "mismatch": mismatch})
    assert decided(ana, BINANCE, now).flags == flags


@pytest.mark.row("D01")
@pytest.mark.parametrize(("level", "due"), [(0, False), (1, False), (2, True), (3, True)])
def test_face_is_due_from_level_two_on(ana: Account, now: datetime, level: int, *, due: bool) -> None:
    Account.objects.filter(pk=ana.pk).update(identity_level=level)
    ana.refresh_from_db()
    found = decided(ana, BINANCE, now, face_consent=True)
    assert (found.face_due, found.review_due, found.face_consent) == (due, due, True if due else None)


# Deposit while it waits


@pytest.mark.row("A17", "A19")
@pytest.mark.parametrize("state", [S.COOLING_OFF, S.APPROVED, S.IN_REVIEW])
def test_deposit_while_it_waits_flags_it_and_it_resumes_into_the_review(
    ana: Account, now: datetime, advance: Callable[..., datetime], state: ClosureState
) -> None:
    request = live(ana, state, now, finalizes_after=now + 24 * HOUR)
    deposit(ana.pk, "BTC", "0.1", now=now)
    run_sweeps(now)
    request.refresh_from_db()
    assert (request.state, request.held_reasons, request.flags) == (S.HELD, ["deposit"], ["deposit"])
    assert offers.cancel(request)
    spend_everything(ana)
    run_sweeps(advance(minutes=6))
    request.refresh_from_db()
    assert (request.state, request.review_due) == (S.IN_REVIEW, True)
    assert not offers.cancel(request)


def test_deposit_after_the_review_does_not_ask_for_another(
    ana: Account, now: datetime, advance: Callable[..., datetime]
) -> None:
    by = staff(Role.AGENT).account_id
    request = live(ana, S.COOLING_OFF, now, reviewed_at=now, reviewed_by=by, finalizes_after=now + 24 * HOUR)
    deposit(ana.pk, "BTC", "0.1", now=now)
    run_sweeps(now)
    LedgerHolding.objects.all().delete()
    run_sweeps(advance(minutes=6))
    request.refresh_from_db()
    assert (request.state, request.flags) == (S.COOLING_OFF, ["deposit"])


# Verification


@pytest.mark.row("D02")
def test_window_is_ten_minutes_and_cannot_be_extended(ana: Account, now: datetime) -> None:
    request = exported(ana, now)
    begun = begin_verification(request.pk, now=now)
    assert (begun.expires_at - now, begun.extensions_left) == (timedelta(minutes=10), 0)
    with pytest.raises(NotAllowed):
        extend_verification(request.pk, now=now)


@pytest.mark.row("D01", "A13")
def test_two_of_three_codes_are_not_enough(ana: Account, now: datetime) -> None:
    request = exported(ana, now)
    step_up = give_codes(begin_verification(request.pk, now=now), ana, now)
    assert (len(step_up.passed), step_ups.is_complete(step_up, now)) == (2, False)


@pytest.mark.parametrize(("preset", "sent"), [("binance", {"email", "sms"}), ("standard", {"sms"})])
def test_codes_without_which_it_cannot_go_on_are_sent_at_once(
    settings: Any, now: datetime, preset: str, sent: set[str]
) -> None:
    settings.PORTAL_POLICY = preset
    ben = make_account("ben")
    request = exported(ben, now)
    send_needed(request, begin_verification(request.pk, now=now), now=now)
    assert {message.channel for message in messages(ben, template="closing_code")} == sent


# Waiting and cancelling


@pytest.mark.row("E03")
def test_customer_cancels_only_while_it_is_held_for_what_is_not_theirs_to_wait_for(ana: Account, now: datetime) -> None:
    request = live(ana, S.COOLING_OFF, now)
    assert not offers.cancel(request)
    held = hold(request.pk, {HeldReason.DEPOSIT}, actor=SYSTEM, reason="found_by_check", now=now)
    assert offers.cancel(held)
    Restriction.objects.create(account=ana, kind=RestrictionKind.JUDICIAL_FREEZE, placed_at=now, placed_by="tests")
    assert not offers.cancel(held)


@pytest.mark.row("E03", "L01")
def test_support_cancels_on_the_customers_case(ana: Account, now: datetime) -> None:
    request = live(ana, S.COOLING_OFF, now)
    assert cancel_by_support(request, now).state == S.CANCELLED


@pytest.mark.row("B11", "E02")
def test_status_shows_the_timeline_and_no_export() -> None:
    assert BINANCE.waiting.status_shows == {StatusShows.TIMELINE}


@pytest.mark.row("C02", "C07")
def test_start_page_says_what_this_policy_does(client: Client) -> None:
    page = read(client.get("/close/"))
    assert "24 hours. Only support can cancel it in this time." in page.text
    assert "At the latest 72 hours after you ask" in page.text
    assert "A code by each of these that you have" in page.text
    assert "Disable the account" not in page.text
    assert RequestChannel.WEB in BINANCE.channels
