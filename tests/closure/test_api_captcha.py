"""The captcha by the API: asked where the policy asks, after the notes, and no call gets past it (C05)."""

from typing import Any

import pytest

from accounts.models import Account
from closure import captcha, journey
from closure.models import ClosureRequest
from closure.notes import NOTE_CODES
from tests.api import Caller, problem
from tests.closure.captchas import answer_to
from tests.factories import make_account

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("C05")]


@pytest.fixture(autouse=True)
def _policy(settings: Any) -> None:
    settings.PORTAL_POLICY = "pionex"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def solved(caller: Caller) -> str:
    """Ask for a challenge and answer it."""
    answer = caller.get("captcha/")
    assert answer.status_code == 200, answer.content
    return answer_to(answer.json())


def opened(caller: Caller, **body: Any) -> Any:
    return caller.post("closures/", {"acknowledged": list(NOTE_CODES), **body})


def steps(answer: Any) -> dict[str, str]:
    return {each["name"]: each["state"] for each in answer.json()["steps"]}


def test_answered_challenge_opens_the_way(ana: Account) -> None:
    caller = Caller(ana)
    done = opened(caller, captcha=solved(caller))
    assert (done.status_code, steps(done)["risks"], steps(done)["verify"]) == (201, "done", "open")
    again = opened(caller)
    assert (again.status_code, again.json()["reference"]) == (201, done.json()["reference"])


@pytest.mark.parametrize("given", [{}, {"captcha": ""}, {"captcha": "e30="}])
def test_without_it_no_call_goes_on(ana: Account, given: dict[str, str]) -> None:
    caller = Caller(ana)
    refused = problem(opened(caller, **given), 400, "captcha_refused")
    assert refused["errors"] == [{"field": "captcha", "code": "captcha_refused", "detail": refused["detail"]}]
    request = ClosureRequest.objects.get()
    assert (request.state, journey.CAPTCHA_PASSED in request.progress) == ("draft", False)
    one = f"closures/{request.reference}/"
    shown = caller.get(one).json()["steps"]
    assert [each["state"] for each in shown] == ["open", *["locked"] * (len(shown) - 1)]
    for call, body in (("verification/", {}), ("document/", {"number": "X-ANA-1"}), ("submit/", {})):
        problem(caller.post(one + call, body), 409, "step_locked")


def test_notes_come_before_it(ana: Account) -> None:
    caller = Caller(ana)
    answer = solved(caller)
    problem(caller.post("closures/", {"acknowledged": [], "captcha": answer}), 400, "acknowledgements_missing")
    assert opened(caller, captcha=answer).status_code == 201


def test_answer_of_another_customer_opens_nothing(ana: Account) -> None:
    ben = Caller(make_account("ben"))
    problem(opened(Caller(ana), captcha=solved(ben)), 400, "captcha_refused")


def test_challenges_are_limited(ana: Account) -> None:
    caller = Caller(ana)
    answers = [caller.get("captcha/").status_code for _time in range(captcha.ASKED.most + 1)]
    assert answers == [200] * captcha.ASKED.most + [429]
    assert int(caller.get("captcha/")["Retry-After"]) > 0


def test_strangers_get_none_and_other_policies_have_none(ana: Account, settings: Any) -> None:
    assert Caller().get("captcha/").status_code == 401
    settings.PORTAL_POLICY = "standard"
    caller = Caller(ana)
    assert caller.get("captcha/").status_code == 404
    assert opened(caller, captcha="e30=").status_code == 201


def test_policy_that_asks_for_it_later_asks_before_submission(ana: Account, settings: Any) -> None:
    settings.PORTAL_POLICY = "standard"
    caller = Caller(ana)
    reference = opened(caller).json()["reference"]
    settings.PORTAL_POLICY = "pionex"
    problem(caller.post(f"closures/{reference}/submit/", {"password": "x"}), 409, "step_locked")


def test_draft_that_has_to_pass_it_gets_a_challenge_whatever_is_in_force_now(ana: Account, settings: Any) -> None:
    caller = Caller(ana)
    problem(opened(caller), 400, "captcha_refused")
    settings.PORTAL_POLICY = "standard"
    assert opened(caller, captcha=solved(caller)).status_code == 201
    assert caller.get("captcha/").status_code == 404
