"""The preset `pionex` as behavior: captcha, two kinds, the document number, no wait, nobody cancels."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts import journal
from accounts.enums import Action, Delivery, IdentifierKind, IdentityStatus
from accounts.models import Account, Identifier, OutboxMessage
from accounts.verification import step_up as step_ups
from closure import journey, lifecycle, offers, queries, standing
from closure.enums import ClosureAction, ClosureState, Step
from closure.exceptions import TransitionRefused
from closure.exchange.ledger.models import LedgerApiKey, LedgerHolding
from closure.mails import CONFIRMATION
from closure.models import ClosureRequest
from closure.operations.verify import begin_verification
from closure.policy import loader
from closure.verification import asks_password
from tests.closure.by_operations import give_codes
from tests.closure.presets import before_codes, blockers, cancel_by_support, decided, web_alone
from tests.closure.scenes import SYSTEM, make_request
from tests.factories import make_account
from tests.pages import read

pytestmark = pytest.mark.django_db(transaction=True)

S = ClosureState
PIONEX = loader.load("pionex")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _policy(settings: Any) -> None:
    settings.PORTAL_POLICY = "pionex"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def live(account: Account, state: ClosureState, now: datetime, **fields: Any) -> ClosureRequest:
    at_once = {"finalizes_after": now, "finalizes_before": now + HOUR}
    return make_request(account, state, now=now, pinned=PIONEX, **{**at_once, **fields})


# Before closing


@pytest.mark.row("C02")
def test_web_alone_takes_requests() -> None:
    assert web_alone(PIONEX)


@pytest.mark.row("A02", "A11", "A14")
def test_every_unit_and_every_key_block_and_an_identity_is_not_required(ana: Account, now: datetime) -> None:
    Account.objects.filter(pk=ana.pk).update(identity_status=IdentityStatus.NONE)
    ana.refresh_from_db()
    assert blockers(ana, now) == []
    LedgerHolding.objects.create(account_id=ana.pk, area="spot", asset="ABC", amount="0.0003", value_usdt="0.0001")
    LedgerApiKey.objects.create(account_id=ana.pk, key_id="k-1", label="bot", scopes=["read"])
    assert blockers(ana, now) == ["spot_balance", "api_keys_left"]


@pytest.mark.row("D01", "D02", "A13")
def test_any_two_kinds_with_a_second_factor_are_enough_within_ten_minutes(ana: Account, now: datetime) -> None:
    request = before_codes(ana, PIONEX, now)
    begun = begin_verification(request.pk, now=now)
    assert (begun.needed, begun.expires_at - now, begun.extensions_left) == (2, 10 * MINUTE, 10)
    assert sorted(begun.kinds) == ["email", "passkey", "sms", "totp"]
    assert step_ups.is_complete(give_codes(begun, ana, now), now)
    assert not asks_password(PIONEX)


@pytest.mark.row("D03")
def test_document_number_is_a_step_where_one_is_on_file(ana: Account, now: datetime) -> None:
    request = before_codes(ana, PIONEX, now)
    assert Step.DOCUMENT in journey.steps_of(request, PIONEX)
    Identifier.objects.filter(account=ana, kind=IdentifierKind.DOCUMENT).delete()
    assert Step.DOCUMENT not in journey.steps_of(request, PIONEX)


# No wait


@pytest.mark.row("E01", "F01")
@pytest.mark.parametrize("withdrawn", ["0", "10000.01", ""])
def test_it_is_due_at_once_and_nobody_looks(ana: Account, now: datetime, withdrawn: str) -> None:
    found = decided(ana, PIONEX, now, withdrawn=withdrawn)
    assert (found.finalizes_after, found.finalizes_before) == (now, now + HOUR)
    assert (found.review_due, found.four_eyes_due, found.face_due) == (False, False, False)
    assert found.release_at - now == timedelta(days=30)


@pytest.mark.row("D08")
def test_brake_adds_72_hours(ana: Account, now: datetime) -> None:
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=ana.pk)
        journal.record(Action.FACTOR_ADDED, actor=SYSTEM, at=now - HOUR, account=locked, data={})
    found = decided(ana, PIONEX, now)
    assert (found.flags, found.review_due) == (("brake",), False)
    assert (found.finalizes_after - now, found.finalizes_before - now) == (72 * HOUR, 73 * HOUR)


@pytest.mark.row("C11")
@pytest.mark.parametrize(
    ("state", "words"),
    [(S.APPROVED, "Closing now"), (S.FINALIZING, "Closing now"), (S.CLOSED, "Deleted"), (S.HELD, None)],
)
def test_page_says_closing_now_and_then_deleted(
    ana: Account, now: datetime, state: ClosureState, words: str | None
) -> None:
    heading = standing.heading(live(ana, state, now), now=now)
    assert heading == (words or "The closing of your account is on hold")


@pytest.mark.row("C11", "D08")
def test_brakes_wait_is_a_date_like_any_other(ana: Account, now: datetime) -> None:
    request = live(ana, S.COOLING_OFF, now, finalizes_after=now + 72 * HOUR, finalizes_before=now + 73 * HOUR)
    assert standing.heading(request, now=now) == "Your account closes on"
    assert standing.heading(request, now=now + 72 * HOUR) == "Closing now"


# Nobody cancels


@pytest.mark.row("E03", "L01")
def test_neither_customer_nor_support_cancels(ana: Account, now: datetime) -> None:
    request = live(ana, S.APPROVED, now)
    assert not offers.cancel(request)
    with pytest.raises(TransitionRefused) as refused:
        cancel_by_support(request, now)
    assert refused.value.code == "cancel_not_offered"
    assert offers.dispute(request)


@pytest.mark.row("B11", "E02")
def test_nothing_is_exported_or_read_once_submitted(ana: Account, now: datetime) -> None:
    request = live(ana, S.APPROVED, now)
    assert (offers.export_until(request, now=now), offers.readable(request)) == (None, frozenset())


@pytest.mark.row("C10")
def test_it_does_not_begin_before_the_confirmation_has_left(
    ana: Account, now: datetime, advance: Callable[..., datetime]
) -> None:
    request = live(ana, S.APPROVED, now)
    told = OutboxMessage.objects.create(
        account_id=ana.pk, channel="email", template=CONFIRMATION, created_at=now, due_at=now
    )
    assert list(queries.due(now)) == []
    assert lifecycle.apply_batch([request.pk], ClosureAction.BEGIN, actor=SYSTEM, reason="", now=now) == []
    OutboxMessage.objects.filter(pk=told.pk).update(state=Delivery.SENT)
    assert list(queries.due(now)) == [request]
    OutboxMessage.objects.filter(pk=told.pk).update(state=Delivery.QUEUED)
    assert list(queries.due(advance(minutes=29))) == []
    assert list(queries.due(advance(minutes=1, seconds=1))) == [request]


@pytest.mark.row("C02", "C07", "E01")
def test_start_page_says_what_this_policy_does(client: Client) -> None:
    page = read(client.get("/close/"))
    assert "No waiting time: we begin at once." in page.text
    assert "At the latest 1 hour after you ask" in page.text
    assert ("Disable the account" in page.text, "Your password." in page.text) == (False, False)
