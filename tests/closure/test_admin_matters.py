"""The case of a matter at the console: what is claimed, what was sent, and accepting it once it was looked at (L04)."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts import case_messages, restrictions
from accounts.actors import Actor
from accounts.enums import CaseState, MatterKind, Role
from accounts.matters import Home
from accounts.models import Account, Matter
from closure.models import Evidence
from closure.operations.matter_deciding import seen_now
from tests.closure.evidencing import kept
from tests.console import REASON, console
from tests.factories import make_account, make_staff
from tests.pages import read
from tests.settling import begin, restrict, shown

M = MatterKind
CASES, PHOTOS = "/staff/accounts/case/", "/staff/closure/evidence/"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("L04")]


@pytest.fixture
def matter(now: datetime) -> Matter:
    ana = make_account("ana")
    restrict(ana, M.UNSUPPORTED_REGION, now=now)
    return begin(ana, M.UNSUPPORTED_REGION, now=now)


def page_of(matter: Matter, what: str = "") -> str:
    return f"{CASES}{matter.case_id}/{what}"


def accept(staff: Client, matter: Matter, reason: str = REASON, *, seen: str = "CA-BC") -> Any:
    given = {"reason": reason, "seen_home": seen, "seen_message": seen_now(matter).message}
    return staff.post(page_of(matter, "accept/"), given)


def standing(matter: Matter) -> list[str]:
    return [each.kind for each in restrictions.active(matter.account_id)]


@pytest.mark.row("K03", "L07")
def test_agent_looks_then_accepts(matter: Matter, now: datetime) -> None:
    sam = console(make_staff("sam"))
    page = read(sam.get(page_of(matter)))
    assert ("Canada (CA-BC)" in page.text, "No photo was sent yet." in page.text) == (True, True)
    assert accept(sam, matter).status_code == 422
    row = kept(matter.case, now=now)
    page = read(sam.get(page_of(matter)))
    assert ("not looked at" in page.text, "Look at every photo first." in page.text) == (True, True)
    assert "Read the case below first." in page.text
    assert (accept(sam, matter).status_code, standing(matter)) == (422, ["unsupported_region"])
    assert sam.post(page_of(matter, "read/"), {"reason": REASON}).status_code == 302
    assert "Read the case below first." not in read(sam.get(page_of(matter))).text
    assert (accept(sam, matter).status_code, standing(matter)) == (422, ["unsupported_region"])
    assert sam.post(f"{PHOTOS}{row.pk}/look/", {"reason": REASON}).status_code == 200
    assert "Look at every photo first." not in read(sam.get(page_of(matter))).text
    assert accept(sam, matter, " ").status_code == 422
    assert accept(sam, matter)["Location"] == page_of(matter)
    matter.refresh_from_db()
    assert (standing(matter), matter.case.state, matter.account.country) == ([], CaseState.RESOLVED, "CA")
    page = read(sam.get(page_of(matter)))
    assert ("Accepted" in page.text, "Accept as proof" in page.text) == (True, False)


def test_what_another_has_on_their_desk_is_not_offered(matter: Matter, now: datetime) -> None:
    sam, lea = make_staff("sam"), make_staff("lea", Role.LEAD)
    shown(matter, sam, lea, now=now)
    first, second = console(sam), console(lea)
    first.post(page_of(matter, "desk/"), {"move": "claim"})
    assert "Accept as proof" not in read(second.get(page_of(matter))).text
    assert accept(second, matter).status_code == 422
    assert "Accept as proof" in read(first.get(page_of(matter))).text


def test_auditor_sees_and_does_nothing(matter: Matter, now: datetime) -> None:
    eve_staff = make_staff("eve", Role.AUDITOR)
    kept(matter.case, now=now)
    eve = console(eve_staff)
    page = read(eve.get(page_of(matter)))
    assert ("Canada (CA-BC)" in page.text, "Accept as proof" in page.text) == (True, False)
    assert (accept(eve, matter).status_code, standing(matter)) == (403, ["unsupported_region"])
    for what in ("ask/", "refuse/"):
        assert (eve.post(page_of(matter, what), {}).status_code, eve.get(page_of(matter, what)).status_code) == (
            403,
            405,
        )


def test_case_without_a_matter_has_nothing_to_accept(now: datetime) -> None:
    ana, sam = make_account("ana"), console(make_staff("sam"))
    restrict(ana, M.FRAUD_ALERT, now=now)
    matter = begin(ana, M.FRAUD_ALERT, now=now)
    Matter.objects.all().delete()
    assert "Accept as proof" not in read(sam.get(page_of(matter))).text
    assert (accept(sam, matter, seen="").status_code, standing(matter)) == (422, ["fraud_alert"])


@pytest.mark.row("K03", "L07")
def test_page_of_an_older_home_accepts_nothing_and_names_the_newest(matter: Matter, now: datetime) -> None:
    staff = make_staff("sam")
    sam = console(staff)
    assert 'name="seen_home" value="CA-BC"' in sam.get(page_of(shown(matter, staff, now=now))).content.decode()
    begin(matter.account, M.UNSUPPORTED_REGION, now=now, home=Home(country="DE"))
    refused = accept(sam, matter)
    page = read(refused)
    assert (refused.status_code, "named another home meanwhile" in page.text) == (422, True)
    assert ('name="seen_home" value="DE"' in refused.content.decode(), REASON in page.text) == (True, True)
    # They wrote that too, so there is something to read again, and the page offers it.
    assert ("Read the case below first." in page.text, "Read the messages" in page.text) == (True, True)
    assert accept(sam, matter, seen="DE").status_code == 422
    assert sam.post(page_of(matter, "read/"), {"reason": REASON}).status_code == 302
    assert accept(sam, matter, seen="DE").status_code == 302
    matter.account.refresh_from_db()
    assert matter.account.country == "DE"


@pytest.mark.row("K02", "L07")
def test_page_of_before_the_owner_wrote_decides_nothing(now: datetime) -> None:
    ana, sam = make_account("ana"), console(make_staff("sam"))
    restrict(ana, M.FRAUD_ALERT, now=now)
    matter = begin(ana, M.FRAUD_ALERT, now=now)
    sam.post(page_of(matter, "read/"), {"reason": REASON})
    old = {"reason": REASON, "seen_message": seen_now(matter).message, "broken": ["told_little"]}
    case_messages.write(matter.case_id, "It was me after all.", actor=Actor.customer(ana), now=now)
    for what in ("accept/", "ask/", "refuse/"):
        refused = sam.post(page_of(matter, what), old)
        page = read(refused)
        assert (refused.status_code, "The owner wrote meanwhile." in page.text) == (422, True)
        # Whoever read within a quarter of an hour is asked why again: there is something new.
        assert ("It was me after all." in page.text, "Read the messages" in page.text) == (True, True)
    assert standing(matter) == ["fraud_alert"]


@pytest.mark.row("K03")
def test_agent_asks_for_more_then_refuses_by_rule(matter: Matter, now: datetime) -> None:
    staff = make_staff("sam")
    sam = console(staff)
    shown(matter, staff, now=now)
    page = read(sam.get(page_of(matter)))
    # Each of the reasons has an id of its own.
    assert len({each.get("id") for each in page.every("textarea")}) == len(page.every("textarea")) == 5
    seen = {"reason": REASON, "seen_home": "CA-BC", "seen_message": seen_now(matter).message}
    for what in ("ask/", "refuse/"):
        for broken in ([], ["told_little"]):
            assert sam.post(page_of(matter, what), {**seen, "broken": broken}).status_code == 422
        assert sam.post(page_of(matter, what), {**seen, "reason": " ", "broken": ["proof_old"]}).status_code == 422
    asked = sam.post(page_of(matter, "ask/"), {**seen, "broken": ["proof_old"]}, follow=True)
    page = read(asked)
    assert ("The owner is asked for more." in page.text, "Proof of the home is older" in page.text) == (True, True)
    refused = sam.post(page_of(matter, "refuse/"), {**seen, "broken": ["proof_home", "proof_old"]}, follow=True)
    matter.refresh_from_db()
    assert ("It is refused." in read(refused).text, matter.case.state) == (True, CaseState.RESOLVED)
    assert (matter.broken, matter.refused_by, standing(matter)) == (
        ["proof_home", "proof_old"],
        staff.pk,
        ["unsupported_region"],
    )
    assert "Ask for more" not in read(sam.get(page_of(matter))).text


@pytest.mark.row("K05")
def test_review_is_answered_and_not_accepted(now: datetime) -> None:
    ana = make_account("ana")
    restrict(ana, M.FRAUD_ALERT, now=now)
    begin(ana, M.FRAUD_ALERT, now=now)
    review = begin(ana, M.REVIEW, now=now)
    page = read(console(make_staff("sam")).get(page_of(review)))
    assert ("review of all restrictions" in page.text, "Accept as proof" in page.text) == (True, False)


@pytest.mark.parametrize("rows", [1, 3])
def test_page_asks_as_often_for_many_photos(
    matter: Matter, now: datetime, django_assert_num_queries: Any, rows: int
) -> None:
    for _number in range(rows):
        kept(matter.case, now=now)
    sam = console(make_staff("sam"))
    with django_assert_num_queries(24):
        sam.get(page_of(matter))
    assert (Evidence.objects.count(), Account.objects.filter(is_staff=False).count()) == (rows, 1)
