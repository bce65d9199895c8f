"""The page that opens an archive: a fresh code for it alone, a passphrase shown there alone, a file kept nowhere."""

import hashlib
import logging
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.enums import Role
from accounts.models import Account, Event, StepUp
from closure.retention import bundles
from closure.retention.enums import RecordClass
from closure.retention.models import ArchiveRecord, Disclosure
from tests.changing_pages import begin, code_of, verify
from tests.closure.retention.sealing import hold
from tests.console import console
from tests.disclosing import PERSON, REASON, SEALED, approved, archived, asked, contents_by_class, opened, staff
from tests.factories import make_staff
from tests.pages import Page, read

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("F05", "L07")]
LIST = "/staff/retention/disclosure/"
PLANTED = b'{"name":"Zoe Planted Marker"}\n'


@pytest.fixture
def ana(now: datetime) -> Account:
    return archived(now=now)


@pytest.fixture
def row(ana: Account, now: datetime) -> Disclosure:
    return asked(ana, now=now)


@pytest.fixture
def olga() -> Client:
    return console(staff("olga"))


def place(row: Disclosure) -> str:
    return f"{LIST}{row.pk}/open/"


def shown(page: Page) -> dict[str, str]:
    """Return the passphrase that a page shows, and what its form carries beside the reason."""
    hidden = {field["name"]: field["value"] for field in page.every("input") if field.get("type") == "hidden"}
    words = [word.strip() for word in page.words if len(word.strip()) == 29 and word.count("-") == 5]
    return {"passphrase": words[0] if words else "", "made": hidden.get("made", "")}


def send(client: Client, row: Disclosure, made: str, reason: str = REASON) -> Any:
    """Send the form that opens."""
    return client.post(place(row), {"act": "1", "made": made, "reason": reason})


def test_officer_verifies_reads_the_passphrase_and_downloads_the_file(olga: Client, row: Disclosure) -> None:
    verify(olga, staff("olga"), place(row))
    page = olga.get(place(row))
    given = shown(read(page))
    answer = send(olga, row, given["made"])
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/octet-stream")
    assert answer["Content-Disposition"] == f'attachment; filename="disclosure-{row.pk.hex[-6:]}.bundle"'
    assert contents_by_class(bundles.open_bundle(answer.content, given["passphrase"])) == SEALED
    row.refresh_from_db()
    assert row.opened_by == staff("olga").pk
    for each in (page, answer):
        assert "no-store" in each["Cache-Control"]
    assert Event.objects.filter(action="disclosure.opened").count() == 1
    again = olga.get(place(row))
    assert (again.status_code, again["Location"]) == (302, f"{LIST}{row.pk}/")
    assert send(olga, row, given["made"])["Location"] == f"{LIST}{row.pk}/"


def test_nothing_of_it_stays_in_rows_session_or_log(
    olga: Client, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    row = asked(archived("zoe", now=now, parts=[(RecordClass.IDENTITY, PLANTED)]), now=now)
    verify(olga, staff("olga"), place(row))
    given = shown(read(olga.get(place(row))))
    file = send(olga, row, given["made"]).content
    assert PLANTED.decode() in bundles.open_bundle(file, given["passphrase"])["records"]
    olga.get(f"{LIST}{row.pk}/")
    kept = repr(dict(olga.session)) + caplog.text + every_row()
    secrets = [given["passphrase"], bundles.normal(given["passphrase"]), given["made"], "Zoe Planted Marker"]
    looked_for = [*secrets, *(secret.encode().hex() for secret in secrets), file[34:60].hex()]
    assert [each for each in looked_for if each in kept] == []
    assert hashlib.sha256(file).hexdigest() in kept


def every_row() -> str:
    """Return all that the database holds but the sealed records, as text."""
    told = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table != ArchiveRecord._meta.db_table:
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  (names of our own tables)
                told.append([[bytes(v).hex() if isinstance(v, memoryview | bytes) else v for v in r] for r in cursor])
    return repr(told)


def test_passphrase_is_another_one_each_time_and_that_of_the_form_opens(olga: Client, row: Disclosure) -> None:
    verify(olga, staff("olga"), place(row))
    first, second = (shown(read(olga.get(place(row)))) for _time in range(2))
    assert first["passphrase"] != second["passphrase"]
    refused = send(olga, row, first["made"], reason="")
    assert (refused.status_code, shown(read(refused))) == (422, first)
    file = send(olga, row, first["made"]).content
    assert contents_by_class(bundles.open_bundle(file, first["passphrase"])) == SEALED


def test_passphrase_that_was_not_made_here_is_refused(olga: Client, row: Disclosure, now: datetime) -> None:
    """Neither one that somebody chose, nor one of the page of another verification."""
    verify(olga, staff("olga"), place(row))
    elsewhere = shown(read(olga.get(place(row))))["made"]
    StepUp.objects.filter(used_at=None, purpose="open_archive").update(expires_at=now)
    verify(olga, staff("olga"), place(row))
    for made in ("", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA", elsewhere[:-1] + "x", elsewhere):
        answer = send(olga, row, made)
        assert (answer.status_code, answer["Location"]) == (302, place(row)), made
    row.refresh_from_db()
    assert row.opened_at is None


def test_nothing_opens_before_the_code(olga: Client, row: Disclosure) -> None:
    page = read(olga.get(place(row)))
    assert (shown(page), "Prove that it is you" in page.text) == ({"passphrase": "", "made": ""}, True)
    assert send(olga, row, "")["Location"] == place(row)
    asked_for = begin(olga, place(row))
    assert shown(read(olga.get(place(row)))) == {"passphrase": "", "made": ""}
    assert send(olga, row, "")["Location"] == place(row)
    wrong = dict.fromkeys(code_of(olga, staff("olga"), place(row), asked_for), "000000")
    assert olga.post(place(row), wrong).status_code == 422
    assert Event.objects.filter(action="disclosure.opened").count() == 0


@pytest.mark.row("D07")
def test_code_for_one_disclosure_opens_no_other(olga: Client, row: Disclosure, ana: Account, now: datetime) -> None:
    other = asked(ana, now=now)
    verify(olga, staff("olga"), place(row))
    made = shown(read(olga.get(place(row))))["made"]
    assert shown(read(olga.get(place(other)))) == {"passphrase": "", "made": ""}
    assert send(olga, other, made)["Location"] == place(other)
    assert Event.objects.filter(action="disclosure.opened").count() == 0


def test_another_browser_of_the_officer_does_not_go_on(olga: Client, row: Disclosure) -> None:
    verify(olga, staff("olga"), place(row))
    assert shown(read(console(staff("olga")).get(place(row)))) == {"passphrase": "", "made": ""}


def test_refusal_of_the_archive_is_said_on_the_page(olga: Client, ana: Account, now: datetime) -> None:
    row = approved(ana, now=now)
    verify(olga, staff("olga"), place(row))
    given = shown(read(olga.get(place(row))))
    hold(ana.pk, now=now)
    refused = send(olga, row, given["made"])
    page = read(refused)
    assert (refused.status_code, "A legal or risk hold stands." in page.text, shown(page)) == (422, True, given)


def test_who_may_not_open_is_sent_away(row: Disclosure, ana: Account, now: datetime) -> None:
    for role in (Role.AGENT, Role.LEAD, Role.AUDITOR):
        client = console(make_staff(f"some-{role}", role))
        assert (client.get(place(row)).status_code, client.post(place(row), {"begin": "1"}).status_code) == (403, 403)
    omar, olga = console(staff("omar")), console(staff("olga"))
    waiting = asked(ana, PERSON, now=now)
    for answer in (omar.get(place(row)), omar.post(place(row), {"begin": "1"})):
        assert (answer.status_code, "A second person has to decide" in read(answer).text) == (403, True)
    for answer in (olga.get(place(waiting)), olga.post(place(waiting), {"begin": "1"})):
        assert (answer.status_code, answer["Location"]) == (302, f"{LIST}{waiting.pk}/")
    assert olga.get(f"{LIST}{ana.pk}/open/").status_code == 404
    assert Client().get(place(row)).status_code == 302
    assert StepUp.objects.filter(purpose="open_archive").count() == 0
    opened(row, now=now)
    assert olga.get(place(row))["Location"] == f"{LIST}{row.pk}/"
