"""Answering a question of staff by the API: the link to read it, a fresh factor of another channel to answer."""

from datetime import datetime

import pytest

from accounts.actors import Actor
from accounts.models import Account
from closure.enums import ClosureState
from closure.models import ClosureRequest
from closure.operations import review
from tests.api import Caller, problem
from tests.closure.test_api_status import opened
from tests.console import in_review
from tests.factories import make_staff, totp_code
from tests.portal.test_api_contract import check

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("A17", "E07")]
ONE = "closures/{reference}/"
QUESTION = "Which card was it?"


@pytest.fixture
def asked(now: datetime) -> ClosureRequest:
    request = in_review("ana", now=now)
    sam = Actor.staff(make_staff("sam"))
    return review.ask(request.pk, actor=sam, reason=QUESTION, seen_version=request.version, now=now)


def prove(caller: Caller, request: ClosureRequest, action: str) -> None:
    """Give a code of the authenticator for an action."""
    here = f"closures/{request.reference}/verification/"
    begun = check(f"{ONE}verification/", "post", caller.post(here, {"action": action}))
    app = next(each["id"] for each in begun["factors"] if each["kind"] == "totp")
    assert caller.post(f"{here}{app}/", {"code": totp_code(request.account)}).status_code == 200


def test_owner_reads_the_question_and_answers_it(asked: ClosureRequest) -> None:
    caller, here = opened(asked), f"closures/{asked.reference}/answer/"
    assert check(f"{ONE}answer/", "get", caller.get(here)) == {"question": QUESTION}
    problem(caller.post(here, {"text": "The blue one."}), 409, "verification_required")
    prove(caller, asked, "answer")
    assert problem(caller.post(here, {"text": ""}), 400, "invalid")["errors"][0]["field"] == "text"
    done = check(f"{ONE}answer/", "post", caller.post(here, {"text": "The blue one."}))
    assert done == {"reference": asked.reference, "state": "in_review"}
    assert caller.get(here).json() == {"question": ""}
    problem(caller.post(here, {"text": "Again."}), 409, "verification_required")


def test_proof_of_one_action_is_none_of_the_other(asked: ClosureRequest) -> None:
    caller, here = opened(asked), f"closures/{asked.reference}/"
    prove(caller, asked, "cancel")
    problem(caller.post(f"{here}answer/", {"text": "The blue one."}), 409, "verification_required")
    prove(caller, asked, "answer")
    problem(caller.post(f"{here}cancel/"), 409, "verification_required")
    asked.refresh_from_db()
    assert asked.state == ClosureState.HELD


def test_where_nothing_was_asked_nothing_is_verified(now: datetime) -> None:
    request = in_review("ana", now=now)
    caller, here = opened(request), f"closures/{request.reference}/"
    problem(caller.post(f"{here}verification/", {"action": "answer"}), 409, "nothing_asked")
    problem(caller.post(f"{here}verification/", {"action": "close"}), 400, "invalid")
    assert caller.get(f"{here}answer/").json() == {"question": ""}


def test_nobody_but_the_holder_of_the_link_reads_or_answers(asked: ClosureRequest, now: datetime) -> None:
    here = f"closures/{asked.reference}/answer/"
    other = opened(in_review("ben", now=now), "ben@example.test")
    for caller, status, code in ((Caller(), 401, "not_signed_in"), (other, 404, "unknown_request")):
        problem(caller.get(here), status, code)
        problem(caller.post(here, {"text": "Mine."}), status, code)
    assert Account.objects.get(email="ana@example.test").status != "closed"
