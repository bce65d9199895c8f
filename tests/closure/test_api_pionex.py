"""Closing under the preset `pionex`, by the API alone: notes, captcha, codes, document number, closed at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.enums import AccountStatus
from accounts.models import Account, OutboxMessage
from closure.enums import ClosureState
from closure.exchange.ledger.models import LedgerApiKey
from closure.mails import CONFIRMATION
from closure.models import ClosureRequest
from closure.operations.sweep import run_sweeps
from tests.api import Caller, problem
from tests.closure import api_walk as walk
from tests.closure.captchas import answer_to
from tests.closure.links import delivered, token_in
from tests.factories import PASSWORD, make_account
from tests.outbox import messages, opened

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _policy(settings: Any) -> None:
    settings.PORTAL_POLICY = "pionex"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def open_draft(caller: Caller) -> str:
    return walk.open_draft(caller, captcha=answer_to(caller.get("captcha/").json()))


def submitted(caller: Caller, account: Account) -> ClosureRequest:
    """Walk all the way; nobody asks for a password."""
    reference = open_draft(caller)
    factors = walk.begin_verification(caller, reference)
    for kind in ("email", "totp"):
        walk.give_code(caller, account, reference, factors[kind], kind)
    problem(caller.post(f"closures/{reference}/submit/"), 409, "step_locked")
    walk.give_document(caller, reference)
    answer = caller.post(f"closures/{reference}/submit/")
    assert (answer.status_code, answer.json()["state"]) == (200, "approved")
    return ClosureRequest.objects.get(reference=reference)


@pytest.mark.row("A11", "C02", "C05", "C11", "D01", "D03", "E01", "E03")
def test_account_closes_from_the_first_key_to_the_end(ana: Account, advance: Callable[..., datetime]) -> None:
    key = LedgerApiKey.objects.create(account_id=ana.pk, key_id="k-1", label="bot", scopes=["read"])
    caller = Caller(ana)
    refused = problem(caller.post("closures/", {"acknowledged": []}), 409, "blocked")
    assert [blocker["code"] for blocker in refused["check"]["blockers"]] == ["api_keys_left"]
    key.delete()

    request = submitted(caller, ana)
    assert request.submitted_at is not None
    assert (request.finalizes_after, request.finalizes_before) == (
        request.submitted_at,
        request.submitted_at + timedelta(hours=1),
    )
    mail = delivered(OutboxMessage.objects.get(template=CONFIRMATION))
    assert mail is not None
    assert ("cannot be cancelled" in mail.text, "/stop/" in mail.text) == (True, True)
    run_sweeps(advance(seconds=5))
    request.refresh_from_db()
    ana.refresh_from_db()
    assert (request.state, ana.status) == (ClosureState.CLOSED, AccountStatus.CLOSED)


@pytest.mark.row("C10", "E07")
def test_dispute_link_stops_it_before_anything_is_sealed(ana: Account, advance: Callable[..., datetime]) -> None:
    request = submitted(Caller(ana), ana)
    told = messages(ana, template=CONFIRMATION)[-1]
    assert opened(told).context["cancel_by"] == "nobody"
    run_sweeps(advance(seconds=5))
    request.refresh_from_db()
    # Nothing sends here, so the confirmation still waits, and the closing with it.
    assert request.state == ClosureState.APPROVED
    token = token_in(delivered(told), "stop")
    assert Client().post(f"/stop/{token}/")["Location"] == "/stop/done/"
    run_sweeps(advance(minutes=31))
    request.refresh_from_db()
    ana.refresh_from_db()
    assert (request.end_reason, ana.status) == ("disputed", AccountStatus.DISABLED)


@pytest.mark.row("D01")
def test_password_is_ignored_because_nobody_asks_for_it(ana: Account) -> None:
    caller = Caller(ana)
    reference = open_draft(caller)
    factors = walk.begin_verification(caller, reference)
    for kind in ("sms", "totp"):
        walk.give_code(caller, ana, reference, factors[kind], kind)
    walk.give_document(caller, reference)
    answer = caller.post(f"closures/{reference}/submit/", {"password": f"not {PASSWORD}"})
    assert answer.status_code == 200, answer.content
