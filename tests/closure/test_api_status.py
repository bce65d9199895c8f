"""A status session by the API: one answer whoever asks, one request, a fresh factor to cancel, the link to stop."""

from datetime import datetime

import pytest

from accounts.enums import MessageChannel
from accounts.models import Account, MailedLink, OutboxMessage, Session
from closure import status_links
from closure.enums import ClosureState
from closure.models import ClosureRequest
from tests.api import Caller, problem
from tests.closure.by_operations import submitted
from tests.closure.links import delivered, status_token, token_in
from tests.closure.scenes import frozen_picture, make_request
from tests.factories import make_account, totp_code
from tests.outbox import last_code
from tests.portal.test_api_contract import check

pytestmark = pytest.mark.django_db(transaction=True)
S = ClosureState
ONE = "closures/{reference}/"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def waiting(ana: Account, now: datetime) -> ClosureRequest:
    return make_request(ana, S.COOLING_OFF, now=now)


def ask(reference: str, contact: str) -> Caller:
    """Ask for the link and return who asked."""
    caller = Caller()
    answer = caller.post("status/", {"reference": reference, "contact": contact})
    assert (answer.status_code, check("status/", "post", answer)) == (
        202,
        {"detail": "If these match, we sent a link."},
    )
    return caller


def opened(request: ClosureRequest, contact: str = "ana@example.test") -> Caller:
    """Ask, read the message, and open the link."""
    caller = ask(request.reference, contact)
    token = token_in(delivered(OutboxMessage.objects.get(template=status_links.TEMPLATE)), "status")
    answer = caller.post(f"status/{token}/")
    body = check("status/{token}/", "post", answer)
    assert (answer.status_code, body["reference"]) == (200, request.reference)
    caller.csrf = body["csrf"]
    problem(Caller().post(f"status/{token}/"), 410, "link_refused")
    return caller


@pytest.mark.row("E03", "E07")
def test_status_session_sees_and_cancels_its_request(ana: Account, now: datetime) -> None:
    request = submitted(ana, now)
    caller, here = opened(request), f"closures/{request.reference}/"
    seen = check(ONE, "get", caller.get(here))
    assert (seen["state"], [each["code"] for each in seen["timeline"]][-1]) == ("cooling_off", "closure.submitted")
    problem(caller.post(f"{here}cancel/"), 409, "verification_required")
    begun = check(f"{ONE}verification/", "post", caller.post(f"{here}verification/"))
    kinds = {each["kind"]: each["id"] for each in begun["factors"]}
    assert (sorted(kinds), begun["needed"]) == (["sms", "totp"], 1)
    factor = f"{here}verification/{kinds['sms']}/"
    check(f"{ONE}verification/{{factor}}/challenge/", "post", caller.post(f"{factor}challenge/"))
    problem(caller.post(f"{here}cancel/"), 409, "verification_required")
    check(f"{ONE}verification/{{factor}}/", "post", caller.post(factor, {"code": last_code(ana)}))
    done = check(f"{ONE}cancel/", "post", caller.post(f"{here}cancel/", {"reason": "changed my mind"}))
    ana.refresh_from_db()
    assert (done["state"], ana.status) == ("cancelled", "active")


@pytest.mark.row("E07")
def test_dispute_needs_the_link_alone(ana: Account, now: datetime) -> None:
    request = submitted(ana, now)
    caller = opened(request, str(ana.phone))
    answer = caller.post(f"closures/{request.reference}/dispute/", {"reason": "not me"})
    assert check(f"{ONE}dispute/", "post", answer)["state"] == "cancelled"
    ana.refresh_from_db()
    assert ana.status == "disabled"
    problem(caller.post(f"closures/{request.reference}/dispute/"), 409, "transition_refused")


@pytest.mark.row("M01")
def test_asking_answers_the_same_and_leaves_the_same(waiting: ClosureRequest) -> None:
    marks = []
    for reference, contact in ((waiting.reference, "ana@example.test"), ("CL-2222-2222", "nobody@example.test")):
        ask(reference, contact)
        row = OutboxMessage.objects.get(template=status_links.TEMPLATE)
        marks.append((row.account_id, row.channel, row.state, MailedLink.objects.count()))
        row.delete()
    assert marks[0] == marks[1]


@pytest.mark.row("E07")
def test_what_another_session_verified_is_not_ones_own(waiting: ClosureRequest) -> None:
    owner, thief, here = opened(waiting), Caller(), f"closures/{waiting.reference}/"
    thief.csrf = thief.post(f"status/{status_token(waiting)}/").json()["csrf"]
    factors = owner.post(f"{here}verification/").json()["factors"]
    app = next(each["id"] for each in factors if each["kind"] == "totp")
    assert owner.post(f"{here}verification/{app}/", {"code": totp_code(waiting.account)}).status_code == 200
    before = frozen_picture(waiting)
    problem(thief.post(f"{here}cancel/"), 409, "verification_required")
    assert frozen_picture(waiting) == before
    assert owner.post(f"{here}cancel/").status_code == 200


def test_session_opens_its_own_request_and_no_other_call(waiting: ClosureRequest, now: datetime) -> None:
    other = make_request(make_account("ben"), S.COOLING_OFF, now=now)
    caller = opened(waiting)
    problem(caller.get(f"closures/{other.reference}/"), 404, "unknown_request")
    for call in ("verification/", "cancel/", "dispute/"):
        problem(caller.post(f"closures/{other.reference}/{call}"), 404, "unknown_request")
    for path in ("account/", "closures/"):
        problem(caller.get(path), 401, "not_signed_in")
    for path in ("preflight/", f"closures/{waiting.reference}/submit/", f"closures/{waiting.reference}/document/"):
        problem(caller.post(path), 401, "not_signed_in")
    assert caller.get("session/").json()["signed_in"] is False
    assert Session.objects.get().kind == "status"


@pytest.mark.row("E03")
def test_verification_is_not_begun_where_nothing_can_be_cancelled(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.REJECTED, now=now)
    caller = Caller()
    caller.csrf = caller.post(f"status/{status_token(request, MessageChannel.SMS)}/").json()["csrf"]
    problem(caller.post(f"closures/{request.reference}/verification/"), 409, "cancel_not_offered")


def test_same_key_gives_the_same_answer(waiting: ClosureRequest) -> None:
    caller, here = opened(waiting), f"closures/{waiting.reference}/"
    first = caller.post(f"{here}dispute/", **{"Idempotency-Key": "once"})
    again = caller.post(f"{here}dispute/", **{"Idempotency-Key": "once"})
    assert (first.status_code, again.status_code, first.json()) == (200, 200, again.json())


def test_too_many_links_are_refused_with_a_time(waiting: ClosureRequest) -> None:
    caller = Caller()
    body = {"reference": waiting.reference, "contact": "ana@example.test"}
    assert [caller.post("status/", body).status_code for _time in range(5)] == [202] * 5
    refused = caller.post("status/", body)
    problem(refused, 429, "too_many_attempts")
    assert int(refused["Retry-After"]) > 0
