"""Receipts as pages: whoever has the address reads it, everybody checks one, nobody is told more (F07)."""

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from closure.enums import ClosureState
from closure.models import ClosureRequest, Receipt
from closure.receipts import checking, document
from closure.receipts.document import Facts
from tests.closure.links import in_status
from tests.closure.receipts.facts import everything, receipt
from tests.pages import house_rules, read

pytestmark = [pytest.mark.django_db, pytest.mark.row("F07")]
VERIFY = "/receipt/verify/"
HEADLINES = {
    "valid": "This receipt is genuine",
    "changed": "This receipt was changed",
    "not_ours": "We did not sign this receipt",
    "not_a_receipt": "This is not a receipt",
}


def address(of: Receipt, rest: str = "") -> str:
    return f"/receipt/{of.pk}/{rest}"


def headline(answer: Any) -> str:
    assert house_rules(read(answer)) == []
    return next(text for text in HEADLINES.values() if text in read(answer).text)


def upload(raw: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("receipt-CL-2222-2222.json", raw, content_type="application/json")


@pytest.mark.row("F05", "H02", "E08")
def test_page_says_what_went_what_stays_and_until_when(client: Client, now: datetime) -> None:
    made = receipt(now=now)
    page = read(client.get(address(made)))
    assert house_rules(page) == []
    for told in (
        made.request.reference,
        f"standard, version {made.request.policy_version}",
        "Sign-ins and sessions: 1234568",
        "every saved withdrawal address",
        "Identity records",
        "Directive (EU) 2015/849, Article 40",
        "for authorities and courts, and for you if you ask",
        "blockchain stay public",
        "Same e-mail address",
        "Never. Ask us if you think that this is wrong.",
        "Small balances 0.00030000 COIN000, 0.00030000 COIN001",
        "34 more, named in the file",
        "NFTs 3",
        document.signature_text(made),
    ):
        assert told in page.text, told


def test_page_says_so_where_nothing_is_kept_or_blocked(client: Client, now: datetime) -> None:
    text = read(client.get(address(receipt(now=now, facts=Facts())))).text
    for told in ("No records of yours are in our archive.", "At once. We block nothing."):
        assert told in text
    assert "What you left behind" not in text


def test_file_is_the_signed_one(client: Client, now: datetime) -> None:
    made = receipt(now=now)
    answer = client.get(address(made, "file/"))
    assert answer.content == document.file_of(made)
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "application/json",
        f'attachment; filename="receipt-{made.request.reference}.json"',
    )


@pytest.mark.parametrize("rest", ["", "file/"])
def test_address_is_kept_by_nobody(client: Client, now: datetime, rest: str) -> None:
    answer = client.get(address(receipt(now=now), rest))
    assert (answer.status_code, answer["Cache-Control"], answer["X-Robots-Tag"], answer["Referrer-Policy"]) == (
        200,
        "no-store, private",
        "noindex, nofollow, noarchive",
        "same-origin",
    )
    assert "set-cookie" not in answer


@pytest.mark.parametrize("rest", ["", "file/"])
def test_unknown_address_is_answered_like_any(client: Client, now: datetime, rest: str) -> None:
    receipt(now=now)
    answers = [client.get(f"/receipt/{uuid4()}/{rest}"), client.get("/nowhere/")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_guessing_spends_tries_and_reading_does_not(now: datetime, settings: Settings, method: str) -> None:
    settings.TRIES_PER_ADDRESS = 2
    client, made = Client(), receipt(now=now)
    right = [client.generic(method, address(made)).status_code for _time in range(4)]
    wrong = [client.generic(method, f"/receipt/{uuid4()}/").status_code for _time in range(3)]
    assert (right, wrong) == ([200] * 4, [404, 404, 429])
    assert client.generic(method, address(made)).status_code == 429


@pytest.mark.parametrize("rest", ["", "file/"])
@pytest.mark.row("H05")
def test_nothing_is_shown_before_the_account_is_closed(client: Client, now: datetime, rest: str) -> None:
    """A hold can come between the receipt and the end: until then it would say what is not so."""
    made = receipt(now=now)
    ClosureRequest.objects.filter(pk=made.request_id).update(state=ClosureState.FINALIZING)
    answer = client.get(address(made, rest))
    assert (answer.status_code, made.request.reference in answer.content.decode()) == (409, False)
    assert (house_rules(read(answer)), answer["X-Robots-Tag"]) == ([], "noindex, nofollow, noarchive")


@pytest.mark.row("E07")
def test_status_page_offers_the_receipt_when_it_is_closed(client: Client, now: datetime) -> None:
    made = receipt(now=now)
    in_status(client, made.request)
    assert {"href": address(made), "class": "button"} in read(client.get("/status/open/")).every("a")
    ClosureRequest.objects.filter(pk=made.request_id).update(state=ClosureState.FINALIZING)
    assert str(made.pk) not in client.get("/status/open/").content.decode()


@pytest.mark.parametrize("way", ["file", "text"])
def test_receipt_is_checked_by_file_and_by_text(client: Client, now: datetime, way: str) -> None:
    made = receipt(now=now)
    raw = document.file_of(made)

    def check(given: bytes) -> str:
        return headline(client.post(VERIFY, {way: upload(given) if way == "file" else given.decode("latin-1")}))

    assert check(raw) == HEADLINES["valid"]
    assert check(raw.replace(b'"count":1234567', b'"count":1234568')) == HEADLINES["changed"]
    assert check(raw.replace(json.loads(raw)["receipt"]["key"].encode(), b"0123456789abcdef")) == HEADLINES["not_ours"]
    assert check(b"{}") == HEADLINES["not_a_receipt"]


def test_genuine_receipt_is_shown_and_no_other_is(client: Client, now: datetime) -> None:
    raw = document.file_of(receipt(now=now, facts=everything(now)))
    reference = json.loads(raw)["receipt"]["reference"]
    assert reference in read(client.post(VERIFY, {"text": raw.decode()})).text
    forged = raw.replace(reference.encode(), b"CL-2222-2222")
    assert "CL-2222-2222" not in client.post(VERIFY, {"text": forged.decode()}).content.decode()


def test_check_needs_no_account_and_keeps_nothing(now: datetime) -> None:
    client, made = Client(), receipt(now=now)
    raw = document.file_of(made)
    Receipt.objects.all().delete()
    assert headline(client.post(VERIFY, {"file": upload(raw)})) == HEADLINES["valid"]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, "Choose a file, or paste its text."),
        ({"text": " \r\n"}, "Choose a file, or paste its text."),
        ({"text": "{}", "file": "{}"}, "Give the file or its text, not both."),
    ],
)
def test_form_asks_for_one_of_the_two(client: Client, given: dict[str, str], error: str) -> None:
    given = {name: upload(text.encode()) if name == "file" else text for name, text in given.items()}  # type: ignore[misc]
    answer = client.post(VERIFY, given)
    assert answer.status_code == 422
    page = read(answer)
    assert (error in page.text, house_rules(page)) == (True, [])
    assert page.text.count("Error:") >= 1


@pytest.mark.parametrize("size", [checking.MAX_BYTES + 1, 900_000])
def test_large_file_is_no_receipt(client: Client, size: int) -> None:
    answer = client.post(VERIFY, {"file": upload(b"x" * size)})
    assert (answer.status_code, headline(answer)) == (200, HEADLINES["not_a_receipt"])


def test_huge_body_is_refused_before_it_is_read() -> None:
    """The token is not even looked for: Django would read the whole body for it."""
    client = Client(enforce_csrf_checks=True)
    answer = client.post(VERIFY, {"file": upload(b"x" * 1_000_001)})
    assert (answer.status_code, headline(answer)) == (413, HEADLINES["not_a_receipt"])


def test_form_of_another_site_is_refused(now: datetime) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(VERIFY, {"text": "{}"}).status_code == 403
    page = read(client.get(VERIFY))
    token = next(field["value"] for field in page.every("input") if field.get("name") == "csrfmiddlewaretoken")
    answer = client.post(VERIFY, {"text": "{}", "csrfmiddlewaretoken": token})
    assert (answer.status_code, headline(answer)) == (200, HEADLINES["not_a_receipt"])


def test_checking_spends_tries(client: Client, settings: Settings) -> None:
    settings.TRIES_PER_ADDRESS = 2
    assert [client.post(VERIFY, {"text": "{}"}).status_code for _time in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_none(client: Client, now: datetime, method: str) -> None:
    made = receipt(now=now)
    assert [getattr(client, method)(path).status_code for path in (address(made), VERIFY)] == [405, 405]
