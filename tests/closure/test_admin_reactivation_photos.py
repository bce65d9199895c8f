"""Note and document side by side: for a reason, in one session, for a quarter of an hour (L07, J08, J11-J13)."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import Event
from closure.enums import EvidenceKind
from closure.models import Evidence, Reactivation
from tests.closure.evidencing import folder, kept, open_case, photo
from tests.closure.reactivation_pages import place, with_photos
from tests.console import REASON, console
from tests.factories import make_account, make_staff
from tests.pages import read

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_photos_left"),
    pytest.mark.row("L04", "L07"),
]
PHOTOS = "/staff/closure/evidence/"


@pytest.fixture
def row(now: datetime) -> Reactivation:
    return with_photos(now=now)


@pytest.fixture
def sam(row: Reactivation) -> Client:
    return console(make_staff("ben"))


def looks() -> list[str]:
    found = Event.objects.filter(action="evidence.looked_at").order_by("id")
    return [json.loads(bytes(each.body))["data"]["kind"] for each in found]


def sources(client: Client, row: Reactivation) -> list[str]:
    return [each["src"] for each in read(client.get(place(row))).every("img")]


@pytest.mark.row("J08")
def test_photos_text_and_name_are_shown_side_by_side_for_a_reason(sam: Client, row: Reactivation) -> None:
    before = read(sam.get(place(row)))
    assert (before.every("img"), row.note in before.text, row.account.name in before.text) == ([], False, False)
    assert ("Sharpness" in before.text, looks()) == (True, [])
    answer = sam.post(place(row, "look/"), {"reason": REASON})
    assert (answer.status_code, answer["Location"]) == (302, f"{place(row)}#photos-title")
    page = read(sam.get(place(row)))
    shown = [each["src"] for each in page.every("img")]
    assert [each["alt"] for each in page.every("img")] == [
        "The person with the note, as the customer sent it",
        "The front of the document, as the customer sent it",
    ]
    assert (row.note in page.text, row.account.name in page.text, len(shown)) == (True, True, 2)
    assert [sam.get(each).content == photo().jpeg for each in shown] == [True, True]
    # Two looks, one for each photo; what the page loads is no further one.
    assert looks() == ["note", "document_front"]
    assert REASON in page.text


def test_photo_of_a_page_is_a_file_that_no_browser_runs(sam: Client, row: Reactivation) -> None:
    sam.post(place(row, "look/"), {"reason": REASON})
    answer = sam.get(sources(sam, row)[0])
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="note-')
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"].startswith("no-store")


def test_no_photo_without_a_reason_or_in_another_session_or_later(
    sam: Client, row: Reactivation, advance: Callable[..., datetime]
) -> None:
    refused = sam.post(place(row, "look/"), {"reason": " "})
    assert (refused.status_code, looks(), sources(sam, row)) == (422, [], [])
    one = Evidence.objects.get(kind="note", case_id=row.case_id)
    assert (sam.get(f"{PHOTOS}{one.pk}/photo/").status_code, sam.get(place(row, "look/")).status_code) == (403, 405)
    sam.post(place(row, "look/"), {"reason": REASON})
    assert sam.get(f"{PHOTOS}{one.pk}/photo/").status_code == 200
    assert sam.post(f"{PHOTOS}{one.pk}/photo/").status_code == 405
    lea = console(make_staff("lea", Role.LEAD))
    assert lea.get(f"{PHOTOS}{one.pk}/photo/").status_code == 403
    advance(minutes=10)
    assert sam.get(f"{PHOTOS}{one.pk}/photo/").status_code == 200
    advance(minutes=6)
    assert (sam.get(f"{PHOTOS}{one.pk}/photo/").status_code, sources(sam, row)) == (403, [])


def test_photo_that_cannot_be_opened_is_told_and_counts_as_unseen(sam: Client, row: Reactivation) -> None:
    lost = Evidence.objects.get(kind="note", case_id=row.case_id)
    (folder() / lost.file.hex).unlink()
    page = read(sam.post(place(row, "look/"), {"reason": REASON}, follow=True))
    assert "The photo of the person with the note cannot be opened. Ask the customer to send it again." in page.text
    assert (looks(), [each["alt"] for each in page.every("img")]) == (
        ["document_front"],
        ["The front of the document, as the customer sent it"],
    )
    approving = {"decision": "approve", "reason": REASON, "seen_version": "0"}
    refused = sam.post(place(row, "decide/"), approving)
    assert (refused.status_code, "Look at every photo first" in read(refused).text) == (422, True)
    lost.delete()
    assert "A photo is missing, so nobody can approve" in read(sam.get(place(row))).text
    assert "A photo is missing. Ask the customer" in read(sam.post(place(row, "decide/"), approving)).text


def test_auditor_opens_nothing(row: Reactivation) -> None:
    eve = console(make_staff("eve", Role.AUDITOR))
    assert "Show the photos" not in read(eve.get(place(row))).text
    assert (eve.post(place(row, "look/"), {"reason": REASON}).status_code, looks()) == (403, [])


@pytest.mark.row("J11", "J13")
def test_photo_of_another_case_is_flagged(sam: Client, row: Reactivation, now: datetime) -> None:
    assert "The same file was sent in another case:" not in read(sam.get(place(row))).text
    other = kept(open_case(make_account("cid"), now=now), now=now)
    page = read(sam.get(place(row)))
    assert page.text.count("The same file was sent in another case:") == 2
    assert other.case.reference in page.text


def test_photo_that_was_sent_again_is_shown_and_the_one_before_is_a_link(
    sam: Client, row: Reactivation, now: datetime, advance: Callable[..., datetime]
) -> None:
    first = Evidence.objects.get(kind="note", case_id=row.case_id)
    again = kept(row.case, kind=EvidenceKind.NOTE, now=advance(minutes=1))
    sam.post(place(row, "look/"), {"reason": REASON})
    assert f"{PHOTOS}{again.pk}/photo/" in sources(sam, row)
    links = [each["href"] for each in read(sam.get(place(row))).every("a")]
    assert f"{PHOTOS}{first.pk}/" in links


@pytest.mark.parametrize("more", [0, 2])
def test_page_asks_as_often_however_many_tries_there_were(
    sam: Client, row: Reactivation, more: int, now: datetime, django_assert_num_queries: Any
) -> None:
    for _number in range(more):
        Reactivation.objects.create(
            account=row.account,
            case=open_case(row.account, now=now),
            state="refused",
            **{name: getattr(row, name) for name in ("created_at", "touched_at", "submitted_at", "note")},
            **{name: getattr(row, name) for name in ("policy", "policy_name", "policy_version")},
        )
    with django_assert_num_queries(23):
        sam.get(place(row))
