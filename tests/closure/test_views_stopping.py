"""Cancelling, answering and disputing by the pages, and by the link of the confirmation alone."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts import restrictions
from accounts.enums import FactorKind, MessageChannel, Role
from accounts.exceptions import TooManyAttempts
from accounts.models import Account, EmailDevice, MailedLink, OutboxMessage, SmsDevice, StepUp, TotpDevice
from accounts.verification import attempts
from accounts.verification import step_up as step_ups
from closure.enums import ClosureState
from closure.models import ClosureRequest
from closure.operations.verify import begin_verification, check_document
from closure.policy.schema import CancelBy, CancellingPolicy
from tests.closure.by_operations import exported, submit_now, submitted
from tests.closure.links import delivered, in_status, stop_token, token_in
from tests.closure.scenes import events, frozen_picture, make_request, with_policy
from tests.factories import PASSWORD, document_number, make_account, make_staff, totp_code
from tests.outbox import last_code, messages, opened
from tests.pages import house_rules, read, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
S = ClosureState
NOBODY = CancellingPolicy(by=frozenset())
SUPPORT = CancellingPolicy(by=frozenset({CancelBy.SUPPORT}))


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def waiting(ana: Account, now: datetime) -> ClosureRequest:
    return make_request(ana, S.COOLING_OFF, now=now)


def state_of(request: ClosureRequest) -> str:
    return ClosureRequest.objects.get(pk=request.pk).state


def app_code(account: Account) -> dict[str, str]:
    """Return what is typed from the authenticator."""
    return {str(TotpDevice.objects.get(user=account).pk): totp_code(account)}


def sent_code(client: Client, page: str, device: Any, account: Account) -> dict[str, str]:
    """Have a code sent and return what is typed."""
    assert client.post(page, {"send": str(device.pk)})["Location"] == page
    return {str(device.pk): last_code(account)}


@pytest.mark.row("E03", "E07", "D07")
@pytest.mark.parametrize("channel", list(MessageChannel))
def test_cancel_with_the_authenticator_restores_the_account(
    client: Client, ana: Account, now: datetime, channel: MessageChannel
) -> None:
    request = submitted(ana, now)
    in_status(client, request, channel)
    page = read(client.get("/status/cancel/"))
    assert house_rules(page) == []
    assert client.post("/status/cancel/", app_code(ana))["Location"] == "/status/open/"
    ana.refresh_from_db()
    assert (state_of(request), ana.status) == (S.CANCELLED, "active")
    words = read(client.get("/status/open/")).text
    assert ("This closure is cancelled" in words, "withdrawals are held until" in words) == (True, True)
    mail = opened(messages(ana, template="closure_cancelled")[0])
    assert mail.context["held_until"] == ana.withdrawals_held_until
    assert sign_in(Client(), "ana@example.test", PASSWORD, totp_code(ana))["Location"] == "/security/"


@pytest.mark.row("E07")
@pytest.mark.parametrize(("channel", "device"), [(MessageChannel.EMAIL, SmsDevice), (MessageChannel.SMS, EmailDevice)])
def test_cancel_with_a_code_of_the_other_channel(
    client: Client, waiting: ClosureRequest, channel: MessageChannel, device: Any
) -> None:
    in_status(client, waiting, channel)
    own = device.objects.get(user=waiting.account)
    client.post("/status/cancel/", sent_code(client, "/status/cancel/", own, waiting.account))
    assert state_of(waiting) == S.CANCELLED


@pytest.mark.row("E07")
def test_the_channel_of_the_link_gets_no_code_and_its_field_counts_nothing(
    client: Client, waiting: ClosureRequest
) -> None:
    mail = EmailDevice.objects.get(user=waiting.account)
    in_status(client, waiting)
    before = frozen_picture(waiting)
    client.post("/status/cancel/", {"send": str(mail.pk)})
    assert OutboxMessage.objects.count() == 0
    assert client.post("/status/cancel/", {str(mail.pk): "123456"}).status_code == 422
    assert frozen_picture(waiting) == before


def test_password_and_wrong_codes_cancel_nothing(client: Client, waiting: ClosureRequest) -> None:
    in_status(client, waiting)
    app = str(TotpDevice.objects.get(user=waiting.account).pk)
    before = frozen_picture(waiting)
    for typed in ({app: "000000"}, {app: PASSWORD[:20]}, {"password": PASSWORD}, {}):
        assert client.post("/status/cancel/", typed).status_code == 422
    assert frozen_picture(waiting) == before


def test_looking_at_the_code_page_begins_nothing(client: Client, waiting: ClosureRequest) -> None:
    in_status(client, waiting)
    for _time in range(3):
        client.get("/status/cancel/")
    assert StepUp.objects.count() == 0


def test_five_wrong_codes_lock_cancelling_but_never_the_way_to_stop(
    client: Client, waiting: ClosureRequest, now: datetime
) -> None:
    in_status(client, waiting)
    app = str(TotpDevice.objects.get(user=waiting.account).pk)
    answers = [client.post("/status/cancel/", {app: "000000"}).status_code for _time in range(6)]
    assert answers == [422] * 5 + [429]
    assert client.post("/status/cancel/", app_code(waiting.account)).status_code == 429
    assert client.post("/status/dispute/")["Location"] == "/status/open/"
    assert state_of(waiting) == S.CANCELLED


@pytest.mark.row("E03")
@pytest.mark.parametrize("cancelling", [NOBODY, SUPPORT])
def test_cancel_is_not_offered_where_the_policy_says_no(
    client: Client, ana: Account, now: datetime, cancelling: CancellingPolicy
) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now, pinned=with_policy(cancelling=cancelling))
    in_status(client, request)
    links = {link["href"] for link in read(client.get("/status/open/")).every("a")}
    assert ("/status/cancel/" in links, "/status/dispute/" in links) == (False, True)
    assert client.get("/status/cancel/")["Location"] == "/status/open/"
    assert client.post("/status/cancel/", app_code(ana))["Location"] == "/status/open/"
    assert state_of(request) == S.COOLING_OFF


@pytest.mark.row("A19", "E03")
@pytest.mark.parametrize(
    ("cause", "outcome"),
    [("deposit", S.CANCELLED), ("blocker", S.CANCELLED), ("unreachable", S.CANCELLED), ("question", S.HELD)],
)
def test_held_for_assets_is_always_cancelled_on_request(
    client: Client, ana: Account, now: datetime, cause: str, outcome: ClosureState
) -> None:
    pinned = with_policy(cancelling=NOBODY)
    request = make_request(ana, S.HELD, now=now, held_reasons=[cause], pinned=pinned)
    in_status(client, request)
    client.post("/status/cancel/", app_code(ana))
    assert state_of(request) == outcome


@pytest.mark.row("E07")
def test_answer_goes_back_to_review_with_a_fresh_code(client: Client, ana: Account, now: datetime) -> None:
    request = make_request(ana, S.HELD, now=now, held_reasons=["question"])
    in_status(client, request)
    page = "/status/answer/"
    assert house_rules(read(client.get(page))) == []
    assert client.post(page, {"text": "It was me."}).status_code == 422
    assert client.post(page, {"text": "", **app_code(ana)}).status_code == 422
    assert state_of(request) == S.HELD
    own = SmsDevice.objects.get(user=ana)
    client.post(page, {"text": "It was me.", **sent_code(client, page, own, ana)})
    assert (state_of(request), events(request)[-1]) == (S.IN_REVIEW, "closure.answered")
    assert client.get(page)["Location"] == "/status/open/"


@pytest.mark.row("E07", "L05")
def test_dispute_by_the_session_alone_locks_the_account(client: Client, ana: Account, now: datetime) -> None:
    olga = make_staff("olga", Role.COMPLIANCE)
    request = submitted(ana, now)
    in_status(client, request)
    assert house_rules(read(client.get("/status/dispute/"))) == []
    assert state_of(request) == S.COOLING_OFF
    client.post("/status/dispute/")
    ana.refresh_from_db()
    assert (state_of(request), ana.status) == (S.CANCELLED, "disabled")
    assert "Your account is locked" in read(client.get("/status/open/")).text
    assert [each.template for each in messages(olga)] == ["staff_dispute"]
    refused = Client().post("/sign-in/", {"identifier": "ana@example.test", "password": PASSWORD})
    assert refused.status_code == 422


@pytest.mark.row("C10", "E07")
def test_confirmation_carries_the_link_that_stops_it(client: Client, ana: Account, now: datetime) -> None:
    request = submitted(ana, now)
    words = delivered(messages(ana, template="closure_confirmation")[0])
    assert words is not None
    for said in (request.reference, "/status/", "Cancel the closure there"):
        assert said in words.text
    token = token_in(words, "stop")
    for _time in range(3):
        page = read(client.get(f"/stop/{token}/"))
        assert (house_rules(page), request.reference in page.text) == ([], True)
    assert (state_of(request), MailedLink.objects.get().used_at) == (S.COOLING_OFF, None)
    assert client.post(f"/stop/{token}/")["Location"] == "/stop/done/"
    ana.refresh_from_db()
    assert (state_of(request), ana.status) == (S.CANCELLED, "disabled")
    assert [client.get(f"/stop/{token}/").status_code, client.post(f"/stop/{token}/").status_code] == [410, 410]
    assert [each.kind for each in restrictions.active(ana.pk)] == ["security_investigation"]


def test_links_start_with_the_configured_origin_alone(ana: Account, now: datetime) -> None:
    submitted(ana, now)
    client = Client(headers={"host": "localhost", "x-forwarded-host": "evil.example"})
    client.post("/status/", {"reference": "CL-2222-2222", "contact": "ana@example.test"})
    words = delivered(messages(ana, template="closure_confirmation")[0])
    assert words is not None
    assert "evil" not in words.text + words.html


@pytest.mark.row("E07")
@pytest.mark.parametrize("state", [S.IN_REVIEW, S.COOLING_OFF, S.APPROVED, S.HELD, S.FINALIZING])
def test_stop_link_works_during_the_whole_wait(
    client: Client, ana: Account, now: datetime, state: ClosureState, advance: Any
) -> None:
    request = make_request(ana, state, now=now)
    token = stop_token(request)
    advance(days=29)
    assert client.post(f"/stop/{token}/")["Location"] == "/stop/done/"
    assert state_of(request) == S.CANCELLED


@pytest.mark.row("E05")
@pytest.mark.parametrize("state", [S.CANCELLED, S.REJECTED, S.CLOSED, "sealed"])
def test_stop_link_stops_nothing_when_it_is_too_late(client: Client, ana: Account, now: datetime, state: str) -> None:
    sealed = {"sealed_at": now} if state == "sealed" else {}
    request = make_request(ana, S.FINALIZING if sealed else ClosureState(state), now=now, **sealed)
    token, before = stop_token(request), frozen_picture(request)
    assert [client.get(f"/stop/{token}/").status_code, client.post(f"/stop/{token}/").status_code] == [410, 410]
    assert frozen_picture(request) == before


def test_wrong_tokens_and_used_up_budgets_never_block_the_stop_link(
    client: Client, waiting: ClosureRequest, now: datetime
) -> None:
    token = stop_token(waiting)
    for purpose in ("password", "sign_in", "cancel_closure", "answer_question", "close_account", "status_link"):
        for _time in range(5):
            attempts.spend(waiting.account_id, purpose, now=now)
        with pytest.raises(TooManyAttempts):
            attempts.spend(waiting.account_id, purpose, now=now)
    for number in range(30):
        assert Client().post(f"/stop/{number:043}/").status_code == 410
    assert client.post(f"/stop/{token}/")["Location"] == "/stop/done/"


def test_stop_link_opens_no_status_and_status_link_stops_nothing(client: Client, waiting: ClosureRequest) -> None:
    token = stop_token(waiting)
    assert client.post(f"/status/{token}/").status_code == 410
    MailedLink.objects.update(purpose="status")
    assert client.post(f"/stop/{token}/").status_code == 410
    assert state_of(waiting) == S.COOLING_OFF


def submitted_by_text(account: Account, now: datetime) -> ClosureRequest:
    """Walk all the way with a texted code and the authenticator."""
    request = exported(account, now)
    begun = begin_verification(request.pk, now=now)
    for factor in step_ups.factors(begun):
        step_ups.challenge(begun, factor.id, now=now)
        code = last_code(account) if factor.kind is FactorKind.SMS else totp_code(account)
        begun = step_ups.answer(begun, factor.id, code, now=now)
    return submit_now(check_document(request.pk, document_number("ana"), now=now), begun, now)


@pytest.mark.row("C10", "A17")
def test_customers_without_mail_get_texts_with_the_same_facts(now: datetime) -> None:
    ana = make_account("ana", email=None)
    request = submitted_by_text(ana, now)
    confirmation = messages(ana, template="closure_confirmation")[0]
    assert (confirmation.channel, opened(confirmation).to) == ("sms", ana.phone)
    words = delivered(confirmation)
    assert words is not None
    for said in (request.reference, "UTC", "/status/", "/stop/"):
        assert said in words.text
    in_status(Client(), request, MessageChannel.SMS).post("/status/cancel/", app_code(ana))
    released = messages(ana, template="closure_cancelled")[0]
    told = delivered(released)
    assert told is not None
    assert (released.channel, "Withdrawals are held until" in told.text) == ("sms", True)
