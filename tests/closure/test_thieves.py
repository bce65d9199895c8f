"""What a thief can do with one stolen thing: stop, and never start, weaken, reopen or export (invariant 18)."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.enums import FactorKind
from accounts.models import Account, EmailDevice, FactorRecovery, SmsDevice, StepUp, TotpDevice
from closure.enums import ClosureState, ExportKind, Step
from closure.export_access import Holder
from closure.models import ClosureRequest, Export
from closure.operations.export import ask
from closure.status_session import StatusSession
from tests.closure.by_operations import submitted
from tests.closure.downloading import CODE, FILE, app, begin, build_all, download, open_file
from tests.closure.downloading import PAGES as RECORDS
from tests.closure.links import asked_for, delivered, token_in
from tests.closure.scenes import frozen_picture, make_request
from tests.closure.walking import PAGES, codes, walk_to
from tests.factories import PASSWORD, document_number, make_account, totp_code
from tests.links import received
from tests.links import token_in as link_in
from tests.outbox import last_code, messages
from tests.pages import read, sign_in, sign_in_by_mail

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("E07")]
S = ClosureState
STATUS_RECORDS = tuple(page.replace("security", "status") for page in RECORDS.values())
WAITING_PAGES = ("/close/risks/", CODE, FILE, "/security/", "/security/factors/totp/")


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def build_next_of(account: Account, now: datetime) -> Export:
    """Return a file that the owner asked for before, with another factor."""
    request = ClosureRequest.objects.get(account=account)
    holder = Holder(account=account, visit=StatusSession(request=request, carried_by=FactorKind.SMS))
    ask(holder, ExportKind.TRANSACTIONS, now=now)
    build_all()
    return Export.objects.get(state="ready")


def factors_of(account: Account) -> list[Any]:
    """Return what a thief must not add to or take from."""
    return [(bytes(each.secret), each.confirmed) for each in TotpDevice.objects.filter(user=account)]


def try_to_act(client: Client, factor: str) -> None:
    """Ask for a code to the channel that carried the link, guess one, and leave it out."""
    for page in ("/status/cancel/", "/status/answer/"):
        client.post(page, {"send": factor})
        for typed in ({factor: "123456", "text": "go on"}, {"text": "go on"}, {}):
            client.post(page, typed)


def test_mailbox_alone_stops_and_does_nothing_else(client: Client, ana: Account, now: datetime) -> None:
    """The thief reads every mail, and nothing else."""
    request = submitted(ana, now)
    confirmation = delivered(messages(ana, template="closure_confirmation")[0])
    link = token_in(asked_for(request.reference, "ana@example.test"), "status")
    client.post(f"/status/{link}/")
    built = build_next_of(ana, now)
    before, factors = frozen_picture(request), factors_of(ana)

    mail = str(EmailDevice.objects.get(user=ana).pk)
    try_to_act(client, mail)
    for page in STATUS_RECORDS:
        client.post(page, {"send": mail})
        for typed in ({mail: "123456", "text": "go on"}, {"text": "go on"}, {}):
            client.post(page, {**typed, "ask": "1"})
            client.post(page, typed)
    # A file is there, and its owner may have it; the mailbox alone neither gets it nor has one made.
    for page in STATUS_RECORDS:
        assert client.get(f"{page}file/")["Location"] == page
    assert list(Export.objects.values_list("pk", flat=True)) == [built.pk]
    assert [client.get(page).status_code for page in WAITING_PAGES] == [302] * len(WAITING_PAGES)
    assert messages(ana, template="confirmation_code") == []
    assert "CSV" not in read(client.get("/status/open/")).text
    assert (frozen_picture(request), factors_of(ana)) == (before, factors)

    stop = token_in(confirmation, "stop")
    assert client.post(f"/stop/{stop}/")["Location"] == "/stop/done/"
    ana.refresh_from_db()
    assert (ClosureRequest.objects.get().state, ana.status) == (S.CANCELLED, "disabled")
    # Stopped is stopped: what the mailbox holds opens the account for nobody.
    again = Client().post("/sign-in/", {"identifier": "ana@example.test", "password": "not known to the thief"})
    assert again.status_code == 422
    assert client.post(f"/status/{link}/").status_code == 410
    assert ClosureRequest.objects.count() == 1


def test_mailbox_alone_starts_nothing(client: Client, ana: Account, now: datetime) -> None:
    """No closure is open: the mailbox brings no session, and so no closure either."""
    assert asked_for("CL-2222-2222", "ana@example.test") is None
    client.post("/sign-in/", {"identifier": "ana@example.test", "password": "guessed wrong"})
    assert messages(ana) == []
    assert ClosureRequest.objects.count() == 0


@pytest.mark.row("J03", "J04", "J07")
def test_mailbox_alone_sets_no_password_and_recovers_nothing(client: Client, ana: Account) -> None:
    """Every link that is asked for comes to the mailbox; behind each, something is asked for that is not there."""
    before, mine, new = factors_of(ana), ana.password, "another-Horse-9-harbor!"
    client.post("/password-reset/", {"identifier": "ana@example.test"})
    reset = f"/password-reset/{link_in(received('password_reset'))}/"
    for typed in ({}, {str(EmailDevice.objects.get(user=ana).pk): "123456"}, {app(ana): "123456"}):
        assert client.post(reset, {"password": new, **typed}).status_code == 422
    client.post("/recover/", {"identifier": "ana@example.test"})
    client.post(f"/recover/{link_in(received('recovery_link'))}/")
    assert client.post("/recover/prove/", {"password": new}).status_code == 422
    client.post("/recover/prove/", {"documents": "1"})
    assert client.post("/recover/lost/", {"lost": ["totp"], "text": "Lost."})["Location"] == "/recover/prove/"
    # The account is not disabled: the link to reactivate is none.
    client.post("/reactivate/", {"contact": "ana@example.test"})
    words = received("reactivation_link")
    assert re.search(r"/reactivate/[A-Za-z0-9_-]{32,}/", words.text if words else "") is None, words
    ana.refresh_from_db()
    assert (factors_of(ana), ana.password, FactorRecovery.objects.count()) == (before, mine, 0)
    assert client.post("/sign-in/", {"identifier": "ana@example.test", "password": new}).status_code == 422


@pytest.mark.row("J03")
def test_phone_alone_stops_and_does_nothing_else(client: Client, ana: Account, now: datetime) -> None:
    """The thief reads every text on a card of their own, and neither mail nor the authenticator."""
    request = submitted(ana, now)
    link = token_in(asked_for(request.reference, str(ana.phone)), "status")
    client.post(f"/status/{link}/")
    before, factors = frozen_picture(request), factors_of(ana)

    try_to_act(client, str(SmsDevice.objects.get(user=ana).pk))
    client.post("/password-reset/", {"identifier": str(ana.phone)})
    assert [client.get(page).status_code for page in WAITING_PAGES] == [302] * len(WAITING_PAGES)
    assert messages(ana, template="confirmation_code") == []
    assert "CSV" not in read(client.get("/status/open/")).text
    assert (frozen_picture(request), factors_of(ana)) == (before, factors)

    client.post("/status/dispute/")
    ana.refresh_from_db()
    assert (ClosureRequest.objects.get().state, ana.status) == (S.CANCELLED, "disabled")
    assert client.post("/sign-in/", {"identifier": str(ana.phone), "password": "guessed wrong"}).status_code == 422
    assert ClosureRequest.objects.count() == 1


def test_password_alone_neither_signs_in_nor_touches_a_closure(client: Client, ana: Account, now: datetime) -> None:
    """The thief knows the password, and neither reads mail nor holds the phone."""
    assert client.post("/sign-in/", {"identifier": "ana@example.test", "password": PASSWORD}).status_code == 302
    assert [client.get(page).status_code for page in WAITING_PAGES] == [302] * len(WAITING_PAGES)
    for step in Step:
        client.post(PAGES[step], {"understood": "on", "password": PASSWORD, "number": document_number()})
    assert ClosureRequest.objects.count() == 0

    request = make_request(ana, S.COOLING_OFF, now=now)
    before, factors = frozen_picture(request), factors_of(ana)
    assert client.post("/sign-in/", {"identifier": "ana@example.test", "password": PASSWORD}).status_code == 422
    for page in ("/status/cancel/", "/status/dispute/", "/status/answer/"):
        assert client.post(page, {"password": PASSWORD})["Location"] == "/status/"
    assert (frozen_picture(request), factors_of(ana)) == (before, factors)


def test_live_session_alone_submits_nothing_and_ends_with_the_freeze(
    client: Client, ana: Account, now: datetime
) -> None:
    """The thief sits at the open browser, without the password, the mailbox or the phone."""
    sign_in_by_mail(client, ana, PASSWORD)
    walk_to(client, ana, Step.VERIFY)
    factors = factors_of(ana)
    page = client.get(PAGES[Step.VERIFY])
    fields = [each["name"] for each in read(page).every("input") if len(each.get("name", "")) == 36]
    assert client.post(PAGES[Step.VERIFY], dict.fromkeys(fields, "000000")).status_code == 422
    for step in (Step.DOCUMENT, Step.CONFIRM):
        client.post(PAGES[step], {"number": document_number(), "password": "guessed wrong"})
    request = ClosureRequest.objects.get()
    ana.refresh_from_db()
    assert (request.state, ana.status, factors_of(ana)) == (S.DRAFT, "active", factors)

    # The owner meanwhile asks for it elsewhere: the thief's session is over at once.
    owner = Client()
    sign_in(owner, "ana@example.test", PASSWORD, totp_code(ana))
    owner.post(PAGES[Step.VERIFY], codes(owner, ana))
    owner.post(PAGES[Step.DOCUMENT], {"number": document_number()})
    owner.post(PAGES[Step.CONFIRM], {"password": PASSWORD})
    request.refresh_from_db()
    assert request.state == S.COOLING_OFF
    before = frozen_picture(request)
    assert [client.get(page).status_code for page in WAITING_PAGES] == [302] * len(WAITING_PAGES)
    for page_of_status in ("/status/cancel/", "/status/dispute/"):
        assert client.post(page_of_status)["Location"] == "/status/"
    assert frozen_picture(request) == before


@pytest.mark.row("B10", "D07")
def test_live_session_alone_exports_nothing(client: Client, ana: Account, now: datetime) -> None:
    """The thief sits at the open browser; the owner downloads on another device at the same time."""
    sign_in_by_mail(client, ana, PASSWORD)
    walk_to(client, ana, Step.EXPORT)
    begin(client)
    owner = Client()
    sign_in(owner, "ana@example.test", PASSWORD, totp_code(ana))
    # Looking, asking for codes, leaving fields out, pretending to be further, guessing.
    client.post(CODE, {"send": str(EmailDevice.objects.get(user=ana).pk)})
    for typed in ({}, {"act": "1"}, {"extend": "1"}, {app(ana): "000000"}, {app(ana): PASSWORD}):
        client.post(CODE, typed)
        assert client.get(FILE)["Location"] == CODE

    # What the owner proves opens the owner's browser alone, whatever the thief had begun.
    assert open_file(owner, ana)["Location"] == CODE
    build_all()
    assert download(owner).startswith("time,kind,asset")
    for typed in ({}, {"act": "1"}, {"ask": "1"}):
        client.post(CODE, typed)
        assert client.get(FILE)["Location"] == CODE
    begin(client)
    answers = [client.post(CODE, {app(ana): "000000"}).status_code for _guess in range(4)]
    assert (answers, client.get(FILE)["Location"]) == ([422, 422, 422, 429], CODE)


def test_code_for_cancelling_signs_nobody_in(client: Client, ana: Account, now: datetime) -> None:
    """A code works for what it was sent for, whoever reads it over a shoulder (D07)."""
    request = make_request(ana, S.COOLING_OFF, now=now)
    link = token_in(asked_for(request.reference, str(ana.phone)), "status")
    client.post(f"/status/{link}/")
    mail = str(EmailDevice.objects.get(user=ana).pk)
    client.post("/status/cancel/", {"send": mail})
    code = last_code(ana)
    assert [each.purpose for each in StepUp.objects.all()] == ["cancel_closure"]
    assert client.post("/sign-in/code/", {"factor": mail, "code": code})["Location"].startswith("/sign-in/")
    client.post("/status/cancel/", {mail: code})
    request.refresh_from_db()
    assert request.state == S.CANCELLED
