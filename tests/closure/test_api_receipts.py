"""Receipts by the API: the signed one at its address, and the check of any (F07)."""

import json
from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from closure.enums import ClosureState
from closure.models import ClosureRequest
from closure.receipts import checking, document
from tests.api import ROOT, Caller, problem
from tests.closure.receipts.facts import receipt
from tests.portal.test_api_contract import check

pytestmark = [pytest.mark.django_db, pytest.mark.row("F07")]
VERIFY = "receipts/verify/"


def test_receipt_is_as_documented_and_byte_for_byte_the_file(now: datetime) -> None:
    made = receipt(now=now)
    answer = Client().get(f"{ROOT}receipts/{made.pk}/")
    assert answer.content == document.file_of(made)
    assert check("receipts/{receipt}/", "get", answer)["receipt"]["reference"] == made.request.reference


def test_receipt_that_was_got_is_valid_and_any_change_is_told(now: datetime) -> None:
    made, caller = receipt(now=now), Caller()
    got = caller.get(f"receipts/{made.pk}/").json()
    assert check(VERIFY, "post", caller.post(VERIFY, got)) == {"valid": True, "reason": "valid"}
    got["receipt"]["erased"][0]["count"] += 1
    assert caller.post(VERIFY, got).json() == {"valid": False, "reason": "changed"}
    got["receipt"]["key"] = "0123456789abcdef"
    assert caller.post(VERIFY, got).json() == {"valid": False, "reason": "not_ours"}


@pytest.mark.parametrize("body", [{}, {"receipt": {}, "signature": ""}, {"receipt": 7}])
def test_anything_else_is_told_to_be_no_receipt(body: object) -> None:
    assert Caller().post(VERIFY, body).json() == {"valid": False, "reason": "not_a_receipt"}


def test_name_that_occurs_twice_is_refused(now: datetime) -> None:
    raw = document.file_of(receipt(now=now)).replace(b'"reference":', b'"reference":"CL-2222-2222","reference":')
    problem(Caller().send("POST", VERIFY, raw), 400, "parse_error")


def test_body_may_be_as_large_as_a_receipt_and_no_larger() -> None:
    caller = Caller()
    fits = json.dumps({"x": "x" * (checking.MAX_BYTES - 100)})
    assert caller.send("POST", VERIFY, fits).json() == {"valid": False, "reason": "not_a_receipt"}
    problem(caller.send("POST", VERIFY, json.dumps({"x": "x" * checking.MAX_BYTES})), 413, "too_large")


def test_unknown_address_is_not_found() -> None:
    problem(Caller().get(f"receipts/{uuid4()}/"), 404, "not_found")


@pytest.mark.row("H05")
def test_receipt_before_the_end_is_not_ready(now: datetime) -> None:
    made = receipt(now=now)
    ClosureRequest.objects.filter(pk=made.request_id).update(state=ClosureState.FINALIZING)
    problem(Caller().get(f"receipts/{made.pk}/"), 409, "receipt_not_ready")


def test_guessing_spends_tries_and_reading_does_not(now: datetime, settings: Settings) -> None:
    settings.TRIES_PER_ADDRESS = 2
    client, made = Client(), receipt(now=now)
    right = [client.get(f"{ROOT}receipts/{made.pk}/").status_code for _time in range(4)]
    wrong = [client.get(f"{ROOT}receipts/{uuid4()}/").status_code for _time in range(3)]
    assert (right, wrong) == ([200] * 4, [404, 404, 429])
