"""What a browser is told for a passkey: for one's own open verification, of the kind that the session is for."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.enums import FactorKind, Purpose
from accounts.models import Account, Passkey, StepUp
from accounts.verification import changes
from closure.enums import ClosureState
from closure.models import ClosureRequest
from tests.accounts.verification.test_passkeys import add
from tests.authenticator import Authenticator
from tests.changing_pages import begin, verify
from tests.closure.links import in_status
from tests.closure.scenes import make_request
from tests.factories import PASSWORD, make_account
from tests.pages import house_rules, read, sign_in_by_mail

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("D01", "D07")]
OPTIONS, ADD, WORDS = "/passkeys/options/", "/security/factors/passkey/", "/security/anti-phishing/"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def key() -> Authenticator:
    return Authenticator()


@pytest.fixture
def device(ana: Account, key: Authenticator, now: datetime) -> Passkey:
    return add(ana, key, now=now)


def ask(client: Client, step_up: Any, factor: Any = "") -> Any:
    return client.post(OPTIONS, {"step_up": str(step_up), "factor": str(factor)})


def opened(purpose: Purpose) -> StepUp:
    return StepUp.objects.get(purpose=purpose, used_at=None, replaced_at=None)


def test_passkey_is_added_by_the_page(client: Client, ana: Account, key: Authenticator) -> None:
    sign_in_by_mail(client, ana, PASSWORD)
    verify(client, ana, ADD)
    assert house_rules(read(client.get(ADD))) == []
    options = ask(client, opened(Purpose.ENROLL_FACTOR).pk).json()
    assert options["rp"] == {"name": "Northbank", "id": "portal.example.test"}
    assert "made no passkey" in client.post(ADD, {"act": "1", "name": "Key"}).content.decode()
    answer = client.post(ADD, {"act": "1", "name": "Key", "made": key.make(options)})
    assert (answer["Location"], Passkey.objects.get().name) == ("/security/factors/", "Key")


def test_sign_in_is_finished_by_a_passkey(client: Client, ana: Account, device: Passkey, key: Authenticator) -> None:
    client.post("/sign-in/", {"identifier": "ana@example.test", "password": PASSWORD})
    page = read(client.get("/sign-in/code/"))
    assert (house_rules(page), "Use another way" in page.text) == ([], True)
    assert client.post("/sign-in/code/", {"factor": str(device.pk), "code": "{}"}).status_code == 422
    options = ask(client, opened(Purpose.SIGN_IN).pk, device.pk).json()
    answer = client.post("/sign-in/code/", {"factor": str(device.pk), "code": key.answer(options)})
    assert answer["Location"] == "/security/"
    assert client.get("/security/").status_code == 200


def test_empty_answer_costs_no_attempt(client: Client, ana: Account, device: Passkey) -> None:
    client.post("/sign-in/", {"identifier": "ana@example.test", "password": PASSWORD})
    for _time in range(7):
        answer = client.post("/sign-in/code/", {"factor": str(device.pk), "code": ""})
        assert answer.status_code == 422


@pytest.mark.row("E03", "E07")
def test_closure_is_cancelled_with_a_passkey(
    client: Client, ana: Account, device: Passkey, key: Authenticator, now: datetime
) -> None:
    request = make_request(ana, ClosureState.COOLING_OFF, now=now)
    in_status(client, request)
    assert ask(client, uuid4(), device.pk).status_code == 404
    client.post("/status/cancel/", {"send": str(device.pk)})
    assert house_rules(read(client.get("/status/cancel/"))) == []
    options = ask(client, opened(Purpose.CANCEL_CLOSURE).pk, device.pk).json()
    client.post("/status/cancel/", {str(device.pk): key.answer(options)})
    assert ClosureRequest.objects.get(pk=request.pk).state == ClosureState.CANCELLED


def test_options_are_for_ones_own_verification_of_this_session(
    client: Client, ana: Account, device: Passkey, now: datetime
) -> None:
    bea, visitor = Client(), Client()
    sign_in_by_mail(bea, make_account("bea"), PASSWORD)
    sign_in_by_mail(client, ana, PASSWORD)
    begin(client, WORDS)
    running = opened(Purpose.ANTI_PHISHING)
    assert ask(client, running.pk, device.pk).status_code == 200
    for other in (bea, visitor):
        assert ask(other, running.pk, device.pk).status_code == 404
    half = Client()
    half.post("/sign-in/", {"identifier": "ana@example.test", "password": PASSWORD})
    assert ask(half, running.pk, device.pk).status_code == 404
    assert ask(client, opened(Purpose.SIGN_IN).pk, device.pk).status_code == 404


def test_half_finished_sign_in_makes_no_passkey(client: Client, ana: Account, now: datetime) -> None:
    client.post("/sign-in/", {"identifier": "ana@example.test", "password": PASSWORD})
    assert ask(client, opened(Purpose.SIGN_IN).pk).status_code == 404
    running = changes.begin(ana, Purpose.ENROLL_FACTOR, FactorKind.PASSKEY, now=now)
    assert ask(client, running.pk).status_code == 404


def test_options_for_a_new_passkey_need_the_verification_first(client: Client, ana: Account) -> None:
    sign_in_by_mail(client, ana, PASSWORD)
    begin(client, ADD)
    answer = ask(client, opened(Purpose.ENROLL_FACTOR).pk)
    assert (answer.status_code, list(answer.json())) == (409, ["detail"])


@pytest.mark.parametrize("text", ["", "x", "0", "None"])
def test_what_names_no_verification_is_not_found(client: Client, ana: Account, text: str) -> None:
    sign_in_by_mail(client, ana, PASSWORD)
    assert ask(client, text, text).status_code == 404


def test_options_are_made_by_post_with_the_token_alone(ana: Account) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert (strict.get(OPTIONS).status_code, strict.post(OPTIONS).status_code) == (405, 403)
