"""Staff at their console: signed in by the pages, with a request to decide about."""

from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from accounts.enums import CaseKind
from accounts.models import Account, Case
from closure.enums import ClosureState, Moment
from closure.exchange.ledger.models import LedgerHolding
from closure.models import ClosureRequest
from closure.operations.check import check_request
from tests.closure import closing
from tests.factories import PASSWORD, make_account, totp_code
from tests.pages import read, sign_in

LIST = "/staff/closure/closurerequest/"
REASON = "Looked at it: all in order."


def console(account: Account) -> Client:
    """Return the browser of a member of staff who gave password and authenticator code."""
    client = Client()
    answer = sign_in(client, account.email or "", PASSWORD, totp_code(account))
    assert answer.status_code == 302, answer.content
    return client


def in_review(name: str = "ana", *, now: datetime, four_eyes: bool = False, **fields: Any) -> ClosureRequest:
    """Make a customer with nothing left, whose request waits for a decision; the wait ends in a week."""
    later = {"finalizes_after": now + timedelta(days=7), "finalizes_before": now + timedelta(days=8)}
    request = closing.make_request(
        make_account(name),
        now=now,
        **{"state": ClosureState.IN_REVIEW, "review_due": True, "four_eyes_due": four_eyes, **later, **fields},
    )
    request.check_runs.all().delete()
    check_request(request, Moment.SUBMIT, now=now)
    return request


def address(request: ClosureRequest, what: str = "") -> str:
    """Return where a request is looked at, or what is done there."""
    return f"{LIST}{request.pk}/{what}"


def form_of(client: Client, request: ClosureRequest, decision: str, **more: Any) -> dict[str, Any]:
    """Open the page of a request and return what the form of a decision would send."""
    page = read(client.get(address(request)))
    seen = {field["name"]: field.get("value", "") for field in page.every("input") if "seen_" in field.get("name", "")}
    return {"decision": decision, "reason": REASON, "seen_version": "0", **seen, **more}


def decide(client: Client, request: ClosureRequest, decision: str, **more: Any) -> Any:
    """Decide as the form on the page does, on the version and the check that the page shows."""
    return client.post(address(request, "decide/"), form_of(client, request, decision, **more))


def offered(client: Client, request: ClosureRequest) -> list[str]:
    """Return the decisions that the page of a request offers."""
    page = read(client.get(address(request)))
    return [field["value"] for field in page.every("input") if field.get("name") == "decision"]


def case_of(account: Account, now: datetime) -> str:
    """Open a case past the rules and return its reference."""
    return Case.objects.create(account_id=account.pk, kind=CaseKind.OTHER, created_at=now).reference


def deposit(account: Account, amount: str = "0.5") -> LedgerHolding:
    """Let something arrive in the account."""
    return LedgerHolding.objects.create(
        account_id=account.pk, area="spot", asset="BTC", amount=amount, value_usdt="31250", redeemable=True
    )
