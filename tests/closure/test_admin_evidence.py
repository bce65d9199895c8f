"""The console's page of a photo: what was found, and the photo for whoever says why, as a file that nothing runs."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import Event
from closure.evidence import telling
from closure.evidence.enums import Fault, PhotoCheck, Subject
from closure.evidence.verdicts import Verdict, not_checked, ok, refused
from closure.models import Evidence
from tests.closure.evidencing import kept, open_case, photo
from tests.console import REASON, console
from tests.factories import make_account, make_staff
from tests.pages import read

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_photos_left"),
    pytest.mark.row("L07"),
]
C = PhotoCheck
LIST = "/staff/closure/evidence/"


@pytest.fixture
def row(now: datetime) -> Evidence:
    return kept(open_case(make_account("ana"), now=now), now=now)


def console_of(role: Role) -> Client:
    return console(make_staff(f"{role.value}s", role))


def looks() -> list[str]:
    found = Event.objects.filter(action="evidence.looked_at")
    return [json.loads(bytes(each.body))["data"]["evidence"] for each in found]


def test_photo_is_a_file_that_no_browser_runs_and_each_look_has_its_event(row: Evidence) -> None:
    sam, one = console_of(Role.AGENT), f"{LIST}{row.pk}/"
    assert sam.post(f"{one}look/", {"reason": REASON}).content == photo().jpeg
    answer = sam.post(f"{one}look/", {"reason": REASON})
    assert (answer.status_code, answer.content, looks()) == (200, photo().jpeg, [str(row.pk)] * 2)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="document_front-')
    told = {name: answer.headers[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")}
    assert told == {
        "Content-Type": "image/jpeg",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store, private, max-age=0, no-cache, must-revalidate",
    }
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_no_photo_without_a_reason_or_by_looking_at_the_page(row: Evidence) -> None:
    sam, one = console_of(Role.AGENT), f"{LIST}{row.pk}/"
    page = read(sam.get(one))
    assert ("Download the photo" in page.text, page.every("img"), looks()) == (True, [], [])
    assert sam.get(f"{one}look/").status_code == 405
    refused = sam.post(f"{one}look/", {"reason": " "})
    assert (refused.status_code, refused.headers["Content-Type"][:9], looks()) == (422, "text/html", [])


def test_auditor_and_customer_get_no_photo(row: Evidence) -> None:
    eve, one = console_of(Role.AUDITOR), f"{LIST}{row.pk}/"
    assert "Download the photo" not in read(eve.get(one)).text
    assert eve.post(f"{one}look/", {"reason": REASON}).status_code == 403
    ana = console(make_account("abe"))
    assert ana.post(f"{one}look/", {"reason": REASON}).status_code in {302, 403}
    assert Client().post(f"{one}look/", {"reason": REASON}).status_code == 302
    assert looks() == []


def test_list_and_page_say_what_was_found_and_where_else_it_was_sent(row: Evidence, now: datetime) -> None:
    sam = console_of(Role.AGENT)
    other = kept(open_case(make_account("ben"), now=now), now=now)
    text = read(sam.get(LIST)).text
    assert (row.case.reference in text, other.case.reference in text) == (True, True)
    page = read(sam.get(f"{LIST}{row.pk}/"))
    assert (other.case.reference in page.text, "Reflections" in page.text, "All four edges" in page.text) == (
        True,
        True,
        True,
    )


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        ([], " 7 not checked"),
        ([ok(check) for check in telling.checks(Subject.DOCUMENT)], "fine"),
        (
            [ok(C.SIZE), ok(C.LIGHT), refused(C.BLUR, Fault.BLURRED), not_checked(C.EDGES)],
            "1 against the rules 4 not checked",
        ),
    ],
    ids=["nothing", "all", "some"],
)
def test_list_calls_nothing_fine_that_was_not_checked(row: Evidence, verdicts: list[Verdict], told: str) -> None:
    Evidence.objects.filter(pk=row.pk).update(verdicts=[verdict.told() for verdict in verdicts])
    text = read(console_of(Role.AGENT).get(LIST)).text
    assert (told in text, "fine" in text) == (True, told == "fine")


@pytest.mark.parametrize("rows", [1, 3])
def test_list_asks_as_often_for_many_rows(rows: int, now: datetime, django_assert_num_queries: Any) -> None:
    sam = console_of(Role.AGENT)
    case = open_case(make_account("ana"), now=now)
    for _number in range(rows):
        kept(case, now=now)
    with django_assert_num_queries(5):
        sam.get(LIST)


def test_photo_whose_file_is_lost_is_said_so(row: Evidence, now: datetime) -> None:
    Evidence.objects.filter(pk=row.pk).update(size=row.size + 1)
    answer = console_of(Role.AGENT).post(f"{LIST}{row.pk}/look/", {"reason": REASON})
    assert (answer.status_code, "not any more" in read(answer).text) == (422, True)
