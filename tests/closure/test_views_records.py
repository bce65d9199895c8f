"""Records to take along while signed in: a fresh factor first, for one browser, one kind of file and ten minutes."""

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Purpose
from accounts.models import Account, EmailDevice, SmsDevice, StepUp, TotpDevice
from closure.enums import ExportKind, Step
from closure.exceptions import FileLost
from closure.models import Export
from tests.closure.downloading import CODE, FILE, FILES, LIST, app, begin, build_all, download, open_file
from tests.closure.downloading import PAGES as RECORDS
from tests.closure.exporting import built, file_of, give_history
from tests.closure.walking import PAGES, codes, walk_to
from tests.factories import PASSWORD, make_account, make_staff, totp_code
from tests.outbox import last_code, messages
from tests.pages import house_rules, read, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = "time,kind,asset,amount,fee,reference\r\n"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def tab(client: Client, ana: Account) -> Client:
    """Ana, signed in."""
    sign_in(client, "ana@example.test", PASSWORD, totp_code(ana))
    return client


def links(response: Any) -> list[str]:
    return [link["href"] for link in read(response).every("a")]


def told(response: Any) -> dict[str, str]:
    names = ("Content-Type", "Content-Disposition", "Content-Length", "Repr-Digest", "Cache-Control")
    return {name: response.headers[name] for name in names}


@pytest.mark.row("B10", "D07")
def test_records_are_a_file_after_a_fresh_code(tab: Client, ana: Account) -> None:
    assert tab.get(FILE)["Location"] == CODE
    assert open_file(tab, ana)["Location"] == CODE
    waits = tab.get(CODE)
    assert (FILE in links(waits), CODE in links(waits), house_rules(read(waits))) == (False, True, [])
    # Not made yet: the file leads back to the page that says how far it is.
    assert tab.get(FILE)["Location"] == CODE
    build_all()
    page = tab.get(CODE)
    assert (FILE in links(page), house_rules(read(page))) == (True, [])
    response = tab.get(FILE)
    digest = hashlib.sha256(HEADER.encode())
    assert told(response) == {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": 'attachment; filename="transactions.csv"',
        "Content-Length": str(len(HEADER)),
        "Repr-Digest": f"sha-256=:{base64.b64encode(digest.digest()).decode()}:",
        "Cache-Control": "no-store, private",
    }
    assert digest.hexdigest() in read(page).text
    assert b"".join(response).decode() == HEADER
    # What failed half way may be fetched again.
    assert download(tab) == HEADER


@pytest.mark.row("D06", "D07")
def test_page_says_why_and_helps_where_codes_fail(tab: Client, ana: Account) -> None:
    before = tab.get(CODE)
    assert "We ask because the file shows what is yours alone." in read(before).text
    assert FILE not in links(before)
    begin(tab)
    page = tab.get(CODE)
    assert "The code does not arrive or is refused" in read(page).text
    assert (len(read(page).every("script")), house_rules(read(page))) == (2, [])
    assert [box for _tag, box in read(page).tags if "data-timer" in box] != []
    refused = tab.post(CODE, {app(ana): "000000"})
    assert (refused.status_code, house_rules(read(refused))) == (422, [])
    assert "That code is not right" in read(refused).text


def test_looking_at_the_pages_begins_and_opens_nothing(tab: Client, ana: Account) -> None:
    for _time in range(2):
        assert tab.get(CODE).status_code == 200
        assert tab.get(FILE)["Location"] == CODE
    assert StepUp.objects.filter(purpose=Purpose.EXPORT_DATA).count() == 0
    assert messages(ana, template="confirmation_code") == []


@pytest.mark.row("B10")
def test_mailed_code_serves_where_there_is_no_app(client: Client) -> None:
    ben = make_account("ben", totp=False, phone=None)
    mail = EmailDevice.objects.get(user=ben)
    client.post("/sign-in/", {"identifier": "ben@example.test", "password": PASSWORD})
    client.post("/sign-in/code/", {"send": str(mail.pk)})
    client.post("/sign-in/code/", {"factor": str(mail.pk), "code": last_code(ben)})
    begin(client)
    assert client.post(CODE, {str(mail.pk): last_code(ben)})["Location"] == CODE
    build_all()
    assert download(client) == HEADER


@pytest.mark.row("D07")
def test_file_is_open_for_ten_minutes(tab: Client, ana: Account, advance: Callable[..., datetime]) -> None:
    open_file(tab, ana)
    build_all()
    advance(minutes=9)
    assert download(tab) == HEADER
    advance(minutes=2)
    assert tab.get(FILE)["Location"] == CODE
    assert FILE not in links(tab.get(CODE))


@pytest.mark.row("D02")
def test_time_that_ran_out_starts_over_and_can_be_lengthened(
    tab: Client, ana: Account, advance: Callable[..., datetime]
) -> None:
    begin(tab)
    tab.post(CODE, {"extend": "1"})
    advance(minutes=15)
    assert tab.get(CODE).content.count(b"one-time-code") > 0
    advance(minutes=6)
    assert "The time is over." in read(tab.get(CODE)).text
    assert tab.post(CODE, {app(ana): totp_code(ana)})["Location"] == CODE
    assert tab.get(FILE)["Location"] == CODE


@pytest.mark.row("D07")
def test_code_for_closing_opens_no_file(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.VERIFY)
    typed = codes(tab, ana)
    mail = str(EmailDevice.objects.get(user=ana).pk)
    begin(tab)
    assert tab.post(CODE, {mail: typed[mail]}).status_code == 422
    assert tab.get(FILE)["Location"] == CODE
    # Neither was it used up by trying, nor did closing get anything out of the other.
    assert tab.post(PAGES[Step.VERIFY], typed)["Location"] == PAGES[Step.DOCUMENT]


@pytest.mark.row("D07")
def test_code_for_the_file_closes_nothing(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.VERIFY)
    begin(tab)
    phone = str(SmsDevice.objects.get(user=ana).pk)
    tab.post(CODE, {"send": phone})
    code = last_code(ana, channel="sms")
    assert tab.post(PAGES[Step.VERIFY], {phone: code}).status_code == 422
    assert tab.post(CODE, {phone: code})["Location"] == CODE
    build_all()
    assert download(tab) == HEADER
    assert tab.get(PAGES[Step.CONFIRM])["Location"] == PAGES[Step.VERIFY]


def test_second_factors_alone_are_offered_where_there_are_some(tab: Client, ana: Account) -> None:
    begin(tab)
    assert StepUp.objects.get(purpose=Purpose.EXPORT_DATA).kinds == ["passkey", "sms", "totp"]


@pytest.mark.row("B10", "B11")
def test_export_page_leads_to_every_file_and_back(tab: Client, ana: Account) -> None:
    walk_to(tab, ana, Step.EXPORT)
    page = tab.get(PAGES[Step.EXPORT])
    assert [link for link in links(page) if link.startswith(LIST)] == list(RECORDS.values())
    assert "You can also get them on the status page, until the waiting time ends." in read(page).text
    assert PAGES[Step.EXPORT] in links(tab.get(CODE))


@pytest.mark.row("B10")
def test_security_leads_to_the_list_and_back(tab: Client, ana: Account) -> None:
    assert LIST in links(tab.get("/security/"))
    page = tab.get(LIST)
    assert [link for link in links(page) if link.startswith(LIST)] == list(RECORDS.values())
    assert (house_rules(read(page)), LIST in links(tab.get(CODE))) == ([], True)


@pytest.mark.row("B10")
@pytest.mark.parametrize("kind", list(ExportKind))
def test_page_says_how_far_each_file_is(tab: Client, ana: Account, now: datetime, kind: ExportKind) -> None:
    page = RECORDS[kind]
    assert open_file(tab, ana, page)["Location"] == page
    export = Export.objects.get()
    said = [_state(tab.get(page))]
    assert "js/progress.mjs" in tab.get(page).content.decode()
    Export.objects.update(last_error="calling", lines=12345)
    said.append(_state(tab.get(page)))
    assert "12,345 lines so far" in read(tab.get(page)).text
    Export.objects.update(last_error="", state="failed", reason="core_away")
    said.append(_state(tab.get(page)))
    assert "The exchange did not answer completely" in read(tab.get(page)).text
    assert tab.post(page, {"ask": "1"})["Location"] == page
    assert not Export.objects.filter(pk=export.pk).exists()
    build_all()
    said.append(_state(tab.get(page)))
    assert said == ["waiting", "being made", "failed", "ready"]
    assert "js/progress.mjs" not in tab.get(page).content.decode()
    assert house_rules(read(tab.get(page))) == []


def _state(page: Any) -> str:
    text: str = page.content.decode().partition("data-state>")[2].partition("</span></span>")[0]
    return text.rpartition(">")[2]


@pytest.mark.row("D07")
def test_asking_needs_the_code_as_well(tab: Client, ana: Account) -> None:
    assert tab.post(CODE, {"ask": "1"})["Location"] == CODE
    begin(tab)
    assert tab.post(CODE, {"ask": "1"})["Location"] == CODE
    assert Export.objects.count() == 0


@pytest.mark.row("D07")
def test_code_for_one_kind_opens_no_other(tab: Client, ana: Account) -> None:
    open_file(tab, ana)
    build_all()
    other = FILES[ExportKind.ARCHIVE]
    assert tab.get(other)["Location"] == RECORDS[ExportKind.ARCHIVE]
    assert tab.post(RECORDS[ExportKind.ARCHIVE], {"ask": "1"}).status_code == 302
    assert list(Export.objects.values_list("kind", flat=True)) == ["transactions"]
    open_file(tab, ana, RECORDS[ExportKind.ARCHIVE])
    # Each has ten minutes of its own.
    assert download(tab) == HEADER


def test_asking_twice_is_one_file_and_a_newer_one_takes_its_place(
    tab: Client, ana: Account, advance: Callable[..., datetime]
) -> None:
    open_file(tab, ana)
    first = Export.objects.get()
    tab.post(CODE, {"ask": "1"})
    build_all()
    tab.post(CODE, {"ask": "1"})
    assert Export.objects.get().pk == first.pk
    assert "Make a newer file" not in read(tab.get(CODE)).text
    advance(minutes=6)
    assert "Make a newer file" in read(tab.get(CODE)).text
    tab.post(CODE, {"ask": "1"})
    second = Export.objects.get()
    assert (second.pk == first.pk, second.state) == (False, "queued")


def damaged(export: Export) -> Path:
    """Change the last byte of a file."""
    path = file_of(export)
    lying = bytearray(path.read_bytes())
    lying[-1] ^= 1
    path.write_bytes(lying)
    return path


@pytest.mark.row("B10")
def test_damaged_file_is_refused_and_can_be_asked_for_again(tab: Client, ana: Account) -> None:
    open_file(tab, ana)
    build_all()
    path = damaged(Export.objects.get())
    assert tab.get(FILE)["Location"] == CODE
    assert "The file is not whole any more" in read(tab.get(CODE)).text
    assert (Export.objects.get().state, path.exists()) == ("failed", False)
    tab.post(CODE, {"ask": "1"})
    build_all()
    assert download(tab) == HEADER


def test_file_that_breaks_far_inside_ends_short_of_its_length(tab: Client, ana: Account, now: datetime) -> None:
    give_history(ana, now, 3000)
    open_file(tab, ana)
    build_all()
    damaged(Export.objects.get())
    answer: Any = tab.get(FILE)
    given: list[bytes] = []
    with pytest.raises(FileLost):
        given.extend(answer)
    assert 0 < len(b"".join(given)) < int(answer["Content-Length"])
    assert Export.objects.get().state == "failed"


@pytest.mark.row("B10")
def test_files_of_others_are_never_shown(tab: Client, ana: Account, now: datetime) -> None:
    """Invariant 23: the address names a kind, and it is one's own."""
    ben = make_account("ben")
    give_history(ben, now, 1)
    theirs = built(ben, now)
    open_file(tab, ana)
    assert Export.objects.count() == 2
    build_all()
    assert (download(tab), Export.objects.get(account_id=ben.pk).pk) == (HEADER, theirs.pk)


def test_staff_have_no_records_here(client: Client) -> None:
    sam = make_staff("sam")
    sign_in(client, "sam@staff.example.test", PASSWORD, totp_code(sam))
    assert [client.get(page)["Location"] for page in RECORDS.values()] == ["/security/"] * 4


def test_authenticator_that_went_away_opens_nothing(tab: Client, ana: Account) -> None:
    begin(tab)
    typed = {app(ana): totp_code(ana)}
    TotpDevice.objects.filter(user=ana).delete()
    assert tab.post(CODE, typed).status_code in {302, 422}
    assert tab.get(FILE)["Location"].startswith((CODE, "/sign-in/"))
