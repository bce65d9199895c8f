"""Closing by the API alone, and every way of not doing it properly."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from accounts.enums import AccountStatus
from accounts.models import Account, Session
from closure.enums import ClosureState, Step
from closure.exchange.ledger.models import LedgerApiKey, LedgerHolding
from closure.models import ClosureRequest
from closure.notes import NOTE_CODES
from closure.policy.loader import PRESETS
from tests.api import Caller, problem
from tests.closure import api_walk as walk
from tests.factories import make_account, make_staff, totp_code
from tests.outbox import last_code

pytestmark = pytest.mark.django_db

STEPS = [step.value for step in Step]


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def caller(ana: Account) -> Caller:
    return Caller(ana)


def hold(account: Account, amount: str = "0.5", value: str | None = "31250.00") -> LedgerHolding:
    return LedgerHolding.objects.create(
        account_id=account.pk, area="spot", asset="BTC", amount=amount, value_usdt=value
    )


@pytest.mark.row("C02", "A18")
def test_clean_account_closes_by_the_api_alone(caller: Caller, ana: Account) -> None:
    assert caller.post("preflight/").json()["verdict"] == "clear"
    reference = walk.walk(caller, ana)
    states = {step["name"]: step["state"] for step in caller.get(f"closures/{reference}/").json()["steps"]}
    assert states == {**dict.fromkeys(STEPS, "done"), "confirm": "open"}
    answer = walk.submit(caller, reference)
    assert answer.status_code == 200, answer.content
    kept = ClosureRequest.objects.get(reference=reference)
    assert answer.json().keys() == {"state", "reference", "finalizes_after", "finalizes_before", "status_url"}
    assert (answer.json()["state"], answer.json()["reference"]) == (kept.state, reference)
    assert kept.state in {ClosureState.COOLING_OFF, ClosureState.IN_REVIEW}
    assert answer.json()["status_url"] == "https://portal.example.test/status/"
    ana.refresh_from_db()
    assert (ana.status, kept.channel) == (AccountStatus.FROZEN, "web")
    assert Session.objects.count() == 0
    problem(caller.get("account/"), 401, "not_signed_in")


def test_preflight_has_the_shape_of_the_contract(caller: Caller, ana: Account) -> None:
    hold(ana, "0.50000000")
    check = caller.post("preflight/").json()
    assert {"verdict", "checked_at", "earliest", "areas", "blockers", "warnings", "notes"} <= check.keys()
    assert (check["verdict"], len(check["areas"]), len(check["notes"])) == ("blocked", 23, len(NOTE_CODES))
    blocker = next(each for each in check["blockers"] if each["area"] == "spot")
    assert {"code", "area", "found", "why", "how", "remedy", "clears_at"} <= blocker.keys()
    assert blocker["found"] == [{"asset": "BTC", "amount": "0.50000000", "value_usdt": "31250.00"}]
    assert ClosureRequest.objects.count() == 0


@pytest.mark.row("A16")
def test_open_when_blocked_answers_with_the_check(caller: Caller, ana: Account) -> None:
    hold(ana)
    for body in ({"acknowledged": list(NOTE_CODES)}, {}):
        refused = problem(caller.post("closures/", body), 409, "blocked")
        assert refused["check"]["verdict"] == "blocked"
        assert [each["area"] for each in refused["check"]["blockers"]] == ["spot"]
    assert ClosureRequest.objects.count() == 0


def test_open_lists_what_was_not_acknowledged(caller: Caller, ana: Account) -> None:
    LedgerApiKey.objects.create(account_id=ana.pk, key_id="k_1", label="bot")
    warning = caller.post("preflight/").json()["warnings"][0]["code"]
    refused = problem(caller.post("closures/", {"acknowledged": list(NOTE_CODES[1:])}), 400, "acknowledgements_missing")
    assert refused["missing"] == [NOTE_CODES[0], warning]
    assert [each["code"] for each in refused["errors"]] == refused["missing"]
    assert problem(caller.post("closures/"), 400, "acknowledgements_missing")["missing"] == [*NOTE_CODES, warning]
    assert ClosureRequest.objects.count() == 0
    assert walk.open_draft(caller, warning) == ClosureRequest.objects.get().reference


def test_open_refuses_codes_of_nothing(caller: Caller) -> None:
    body = {"acknowledged": [*NOTE_CODES, "moon"]}
    refused = problem(caller.post("closures/", body), 400, "unknown_acknowledgement")
    assert refused["errors"][0]["code"] == "moon"


def test_open_answers_with_steps_up_to_verification_done(caller: Caller) -> None:
    answer = caller.post("closures/", {"acknowledged": list(NOTE_CODES)}).json()
    assert answer.keys() == {"reference", "state", "steps"}
    assert answer["state"] == "draft"
    assert [step["state"] for step in answer["steps"]] == ["done", "done", "done", "open", "locked", "locked"]


def test_open_again_goes_on_with_the_same_draft(caller: Caller) -> None:
    assert walk.open_draft(caller) == walk.open_draft(caller)


@pytest.mark.row("A18")
def test_staff_close_nobody(ana: Account) -> None:
    caller = Caller(make_staff("sam"))
    problem(caller.post("closures/", {"acknowledged": list(NOTE_CODES)}), 403, "staff_account")
    problem(caller.post("preflight/"), 403, "staff_account")


@pytest.mark.row("C02")
def test_open_by_a_channel_that_policy_does_not_take(
    caller: Caller, settings: Any, standard_policy_without_web: str
) -> None:
    settings.PORTAL_POLICY = standard_policy_without_web
    problem(caller.post("closures/", {"acknowledged": list(NOTE_CODES)}), 403, "channel_not_allowed")


@pytest.fixture
def standard_policy_without_web(tmp_path: Path) -> str:
    text = (PRESETS / "standard.toml").read_text()
    path = tmp_path / "app-only.toml"
    path.write_text(text.replace('channels = ["web", "app", "api"]', 'channels = ["app"]'))
    return str(path)


def test_verification_lists_every_accepted_factor(caller: Caller) -> None:
    reference = walk.open_draft(caller)
    answer = caller.post(f"closures/{reference}/verification/").json()
    assert answer.keys() == {"expires_at", "needed", "factors"}
    assert answer["needed"] == 2
    assert [(each["kind"], each["state"]) for each in answer["factors"]] == [
        ("email", "open"),
        ("sms", "open"),
        ("totp", "open"),
    ]


@pytest.mark.row("D01")
def test_verification_takes_a_further_right_code(caller: Caller, ana: Account) -> None:
    reference = walk.open_draft(caller)
    factors = walk.begin_verification(caller, reference)
    states = []
    for kind in ("email", "totp", "sms"):
        if kind != "totp":
            caller.post(f"closures/{reference}/verification/{factors[kind]}/challenge/")
        code = totp_code(ana) if kind == "totp" else last_code(ana)
        answer = walk.give(caller, reference, factors[kind], code)
        states.append([each["state"] for each in answer.json()["factors"]])
    assert states == [["passed", "open", "open"], ["passed", "open", "passed"], ["passed", "passed", "passed"]]


def test_verification_with_a_wrong_code_passes_nothing(caller: Caller, ana: Account) -> None:
    reference = walk.open_draft(caller)
    factors = walk.begin_verification(caller, reference)
    wrong = walk.give(caller, reference, factors["totp"], "000000")
    assert problem(wrong, 400, "wrong_code")["errors"][0]["field"] == "code"
    problem(walk.submit(caller, reference), 409, "verification_required")


def test_verification_of_a_factor_that_is_not_in_it(caller: Caller) -> None:
    reference = walk.open_draft(caller)
    begun = walk.begin_verification(caller, reference)
    assert "passkey" not in begun
    problem(walk.give(caller, reference, str(ClosureRequest.objects.get().pk), "000000"), 404, "not_found")


def test_code_before_a_verification_was_begun(caller: Caller, ana: Account) -> None:
    reference = walk.open_draft(caller)
    answer = walk.give(caller, reference, str(ana.pk), "000000")
    problem(answer, 409, "verification_required")


@pytest.mark.row("A16")
def test_submit_without_verification_is_refused(caller: Caller, ana: Account) -> None:
    problem(walk.submit(caller, walk.open_draft(caller)), 409, "verification_required")
    ana.refresh_from_db()
    assert ana.status == AccountStatus.ACTIVE


def test_submit_before_the_document_is_refused(caller: Caller, ana: Account) -> None:
    reference = walk.open_draft(caller)
    walk.verify(caller, ana, reference)
    assert problem(walk.submit(caller, reference), 409, "step_locked")["first_open"] == "document"


def test_submit_with_a_wrong_password_is_refused(caller: Caller, ana: Account) -> None:
    reference = walk.walk(caller, ana)
    for body in ({"password": "wrong"}, {"password": None}, {}):
        answer = caller.post(f"closures/{reference}/submit/", body)
        assert problem(answer, 400, "wrong_password")["errors"][0]["field"] == "password"
    assert walk.submit(caller, reference).status_code == 200


@pytest.mark.row("A16")
def test_submit_with_a_new_blocker_answers_with_the_check(caller: Caller, ana: Account) -> None:
    reference = walk.walk(caller, ana)
    hold(ana)
    refused = problem(walk.submit(caller, reference), 409, "blocked")
    assert [each["area"] for each in refused["check"]["blockers"]] == ["spot"]
    ana.refresh_from_db()
    assert ana.status == AccountStatus.ACTIVE


def test_submit_after_the_window_is_refused(caller: Caller, ana: Account, advance: Callable[..., datetime]) -> None:
    reference = walk.walk(caller, ana)
    advance(minutes=11)
    problem(walk.submit(caller, reference), 409, "verification_required")


def test_document_that_is_wrong(caller: Caller, ana: Account) -> None:
    reference = walk.open_draft(caller)
    walk.verify(caller, ana, reference)
    answer = caller.post(f"closures/{reference}/document/", {"number": "X-BEN-1"})
    assert problem(answer, 400, "wrong_document")["errors"][0]["field"] == "number"


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("GET", ""),
        ("POST", "verification/"),
        ("POST", "verification/00000000-0000-7000-8000-000000000000/"),
        ("POST", "verification/00000000-0000-7000-8000-000000000000/challenge/"),
        ("POST", "document/"),
        ("POST", "submit/"),
    ],
)
def test_another_customer_s_request_does_not_exist(caller: Caller, method: str, rest: str) -> None:
    reference = walk.open_draft(caller)
    ben = Caller(make_account("ben"))
    body = '{"code": "000000"}'
    problem(ben.send(method, f"closures/{reference}/{rest}", body), 404, "unknown_request")
    problem(ben.send(method, f"closures/CL-2222-2222/{rest}", body), 404, "unknown_request")
    assert ben.get("closures/").json()["results"] == []


def test_closures_are_listed_with_timeline_and_policy(caller: Caller, ana: Account) -> None:
    reference = walk.open_draft(caller)
    page = caller.get("closures/").json()
    assert (page["next"], page["previous"], len(page["results"])) == (None, None, 1)
    listed = page["results"][0]
    assert listed == caller.get(f"closures/{reference.lower()}/").json()
    assert [(each["code"], each["state"]) for each in listed["timeline"]] == [("closure.started", "draft")]
    assert (listed["policy"]["name"], len(listed["policy"]["version"])) == ("standard", 12)
    assert listed["finalizes_after"] is None
    assert listed["created_at"].endswith("Z")


def test_list_asks_the_database_as_often_for_three_as_for_one(
    caller: Caller, ana: Account, django_assert_num_queries: Any, now: datetime
) -> None:
    facts: dict[str, Any] = {"account": ana, "channel": "web", "created_at": now, "touched_at": now, "policy": {}}
    for count in (1, 2):
        for _row in range(count):
            ClosureRequest.objects.create(state=ClosureState.CANCELLED, ended_at=now, **facts)
        with django_assert_num_queries(5):
            caller.get("closures/")


@pytest.mark.parametrize("cursor", ["x", "cD1oYWxsbw==", "cD0yMDI2", "bz0xeA==", "é" * 1000])
def test_cursor_that_is_not_ours(caller: Caller, cursor: str) -> None:
    problem(caller.get("closures/", cursor=cursor), 400, "parse_error")
