"""Closing under the preset `binance`, by the API alone: from the key that blocks to the account that is closed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.enums import AccountStatus
from accounts.models import Account
from closure.enums import ClosureState
from closure.exchange.ledger.models import LedgerApiKey
from closure.models import ClosureRequest
from closure.operations.sweep import run_sweeps
from tests.api import Caller, problem
from tests.closure import api_walk as walk
from tests.factories import make_account, make_staff
from tests.outbox import last_code, messages, opened

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
REASON = "Compared with the passport."


@pytest.fixture(autouse=True)
def _policy(settings: Any) -> None:
    settings.PORTAL_POLICY = "binance"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def verified(caller: Caller, account: Account) -> str:
    """Open a draft, give every code, and return the reference."""
    reference = walk.open_draft(caller)
    for kind, factor in walk.begin_verification(caller, reference).items():
        walk.give_code(caller, account, reference, factor, kind)
    return reference


def submit(caller: Caller, reference: str, **body: Any) -> Any:
    return caller.post(f"closures/{reference}/submit/", body)


def staff_call(caller: Caller, reference: str, what: str, **body: Any) -> Any:
    seen = ClosureRequest.objects.get(reference=reference).version
    return caller.post(f"staff/closures/{reference}/{what}/", {"reason": REASON, "seen_version": seen, **body})


@pytest.mark.row("A11", "C02", "C11", "D01", "D02", "E01", "F01")
def test_account_closes_from_the_first_key_to_the_end(ana: Account, advance: Callable[..., datetime]) -> None:
    key = LedgerApiKey.objects.create(account_id=ana.pk, key_id="k-1", label="bot", scopes=["read"])
    caller = Caller(ana)
    refused = problem(caller.post("closures/", {"acknowledged": []}), 409, "blocked")
    assert [blocker["code"] for blocker in refused["check"]["blockers"]] == ["api_keys_left"]
    key.delete()

    reference = walk.open_draft(caller)
    assert caller.get(f"closures/{reference}/").json()["face"] == {"due": True, "consent": None, "outcome": ""}
    begun = caller.post(f"closures/{reference}/verification/").json()
    factors = {each["kind"]: each["id"] for each in begun["factors"]}
    assert (begun["needed"], sorted(factors)) == (3, ["email", "sms", "totp"])
    for kind in ("totp", "email"):
        walk.give_code(caller, ana, reference, factors[kind], kind)
    problem(submit(caller, reference, face_consent=True), 409, "verification_required")
    walk.give_code(caller, ana, reference, factors["sms"], "sms")
    answer = submit(caller, reference, face_consent=True).json()
    request = ClosureRequest.objects.get(reference=reference)
    assert request.submitted_at is not None
    assert (request.finalizes_after, request.finalizes_before) == (
        request.submitted_at + 24 * HOUR,
        request.submitted_at + 72 * HOUR,
    )
    assert (answer["state"], request.release_at) == ("in_review", request.submitted_at + timedelta(days=30))

    sam = Caller(make_staff("sam"))
    problem(staff_call(sam, reference, "decisions", decision="approve"), 409, "face_outcome_missing")
    seen = staff_call(sam, reference, "face", outcome="match").json()
    assert seen["face"] == {"due": True, "consent": True, "outcome": "match"}
    assert staff_call(sam, reference, "decisions", decision="approve").json()["state"] == "cooling_off"

    run_sweeps(advance(hours=23))
    request.refresh_from_db()
    assert request.state == ClosureState.COOLING_OFF
    run_sweeps(advance(hours=2))
    request.refresh_from_db()
    ana.refresh_from_db()
    assert (request.state, ana.status) == (ClosureState.CLOSED, AccountStatus.CLOSED)


@pytest.mark.row("D01")
@pytest.mark.parametrize("consent", [None, False])
def test_who_declines_a_face_check_is_looked_at_by_documents(ana: Account, consent: bool | None) -> None:
    caller = Caller(ana)
    reference = verified(caller, ana)
    assert submit(caller, reference, face_consent=consent).json()["state"] == "in_review"
    sam = Caller(make_staff("sam"))
    listed = sam.get("staff/closures/").json()["results"][0]
    declined = {"due": True, "consent": False, "outcome": ""}
    assert (listed["flags"], listed["face"]) == (["face_declined"], declined)
    problem(staff_call(sam, reference, "face", outcome="match"), 409, "no_consent")
    assert staff_call(sam, reference, "face", outcome="documents").status_code == 200
    assert staff_call(sam, reference, "decisions", decision="approve").json()["state"] == "cooling_off"


@pytest.mark.row("E01", "F01")
def test_below_level_two_nobody_looks_unless_it_is_flagged(ana: Account) -> None:
    Account.objects.filter(pk=ana.pk).update(identity_level=1)
    caller = Caller(ana)
    reference = verified(caller, ana)
    assert submit(caller, reference).json()["state"] == "cooling_off"
    assert ClosureRequest.objects.get().flags == []


@pytest.mark.row("D01")
@pytest.mark.parametrize(("have", "kinds"), [({"totp": False}, ["email", "sms"]), ({"phone": None}, ["email", "totp"])])
def test_only_enrolled_factors_are_asked_and_all_of_them(have: dict[str, Any], kinds: list[str]) -> None:
    ben = make_account("ben", **have)
    caller = Caller()
    caller.token()
    factors = {each["kind"]: each["id"] for each in caller.give_password(ben)}
    caller.post("session/challenge/", {"factor": factors["email"]})
    signed = caller.post("session/code/", {"factor": factors["email"], "code": last_code(ben)})
    caller.csrf = signed.json()["csrf"]
    begun = caller.post(f"closures/{walk.open_draft(caller)}/verification/").json()
    assert (begun["needed"], sorted(each["kind"] for each in begun["factors"])) == (2, kinds)


@pytest.mark.row("C10", "E03")
def test_mail_says_that_support_cancels_and_no_customer(ana: Account) -> None:
    caller = Caller(ana)
    submit(caller, verified(caller, ana))
    confirmation = messages(ana, template="closure_confirmation")[-1]
    assert opened(confirmation).context["cancel_by"] == "support"
