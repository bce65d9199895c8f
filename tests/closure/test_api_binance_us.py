"""Closing under the preset `binance-us`, by the API alone: mail and authenticator, one agent, a week, then closed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.enums import AccountStatus
from accounts.models import Account
from closure.enums import ClosureState
from closure.exchange.ledger.models import LedgerApiKey, LedgerHolding
from closure.models import ClosureRequest
from closure.operations.sweep import run_sweeps
from tests.api import Caller, problem
from tests.closure import api_walk as walk
from tests.closure.links import status_token
from tests.factories import make_account, make_staff
from tests.outbox import messages, opened

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _policy(settings: Any) -> None:
    settings.PORTAL_POLICY = "binance-us"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def submitted(caller: Caller, account: Account, *warnings: str) -> ClosureRequest:
    reference = walk.open_draft(caller, *warnings)
    begun = caller.post(f"closures/{reference}/verification/").json()
    assert (begun["needed"], sorted(each["kind"] for each in begun["factors"])) == (2, ["email", "totp"])
    factors = {each["kind"]: each["id"] for each in begun["factors"]}
    walk.give_code(caller, account, reference, factors["totp"], "totp")
    problem(walk.submit(caller, reference), 409, "verification_required")
    walk.give_code(caller, account, reference, factors["email"], "email")
    problem(caller.post(f"closures/{reference}/submit/", {"password": "wrong"}), 400, "wrong_password")
    assert walk.submit(caller, reference).json()["state"] == "in_review"
    return ClosureRequest.objects.get(reference=reference)


def approve(request: ClosureRequest) -> str:
    body = {"decision": "approve", "reason": "Looked at it.", "seen_version": request.version}
    answer = Caller(make_staff("sam")).post(f"staff/closures/{request.reference}/decisions/", body)
    state: str = answer.json()["state"]
    return state


@pytest.mark.row("A02", "A11", "C02", "D01", "E01", "F01")
def test_account_closes_from_the_first_unit_to_the_end(ana: Account, advance: Callable[..., datetime]) -> None:
    unit = LedgerHolding.objects.create(account_id=ana.pk, area="spot", asset="ABC", amount="0.0003", value_usdt="0")
    key = LedgerApiKey.objects.create(account_id=ana.pk, key_id="k-1", label="bot", scopes=["read"])
    caller = Caller(ana)
    refused = problem(caller.post("closures/", {"acknowledged": []}), 409, "blocked")
    assert [blocker["code"] for blocker in refused["check"]["blockers"]] == ["spot_balance"]
    unit.delete()

    request = submitted(caller, ana, *[each["code"] for each in refused["check"]["warnings"]])
    assert request.submitted_at is not None
    assert (request.finalizes_after, request.finalizes_before) == (
        request.submitted_at + 7 * DAY,
        request.submitted_at + 8 * DAY,
    )
    key.refresh_from_db()
    assert key.revoked
    assert opened(messages(ana, template="closure_confirmation")[-1]).context["cancel_by"] == "customer"
    assert approve(request) == "cooling_off"
    run_sweeps(advance(days=6, hours=23))
    request.refresh_from_db()
    assert request.state == ClosureState.COOLING_OFF
    run_sweeps(advance(hours=2))
    request.refresh_from_db()
    ana.refresh_from_db()
    assert (request.state, ana.status) == (ClosureState.CLOSED, AccountStatus.CLOSED)


@pytest.mark.row("F01")
def test_nobody_closes_what_no_agent_has_looked_at(ana: Account, advance: Callable[..., datetime]) -> None:
    request = submitted(Caller(ana), ana)
    run_sweeps(advance(days=9))
    request.refresh_from_db()
    assert request.state == ClosureState.IN_REVIEW
    assert approve(request) == "approved"


@pytest.mark.row("B11", "E02", "E03", "E07")
def test_status_session_exports_and_cancels_after_a_fresh_code(ana: Account) -> None:
    request = submitted(Caller(ana), ana)
    status = Caller()
    status.token()
    status.csrf = status.post(f"status/{status_token(request)}/").json()["csrf"]
    problem(status.post("exports/", {"kind": "transactions"}), 409, "verification_required")
    factors = walk.begin_verification(status, request.reference)
    # The link came by mail, so a mailed code does not count.
    assert sorted(factors) == ["sms", "totp"]
    walk.give_code(status, ana, request.reference, factors["totp"], "totp")
    done = status.post(f"closures/{request.reference}/cancel/")
    assert (done.status_code, done.json()["state"]) == (200, "cancelled")
    ana.refresh_from_db()
    assert ana.status == AccountStatus.ACTIVE
