"""What an owner does about a restriction, page by page: words, a new home, photos that are checked at once."""

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts import clock, open_matters
from accounts.actors import Actor
from accounts.enums import IdentityStatus, MatterKind
from accounts.models import Account, CaseMessage, Matter
from closure.exchange.ledger.deposits import deposit
from closure.models import Evidence
from closure.operations import matter_answers
from closure.operations.matter_deciding import seen_now
from closure.operations.settle_debt import BY_OWNER
from tests.accounts.test_views_public import LARGEST_PAGE, MOST_REQUESTS, weight
from tests.closure.evidence.drawing import encoded, picture
from tests.closure.evidencing import kept
from tests.closure.photographed import looks_at_once
from tests.factories import PASSWORD, make_account, make_staff, totp_code
from tests.pages import house_rules, read, sign_in
from tests.settling import begin, indebted, restrict, shown

M = MatterKind
LIST = "/restricted/"
pytestmark = pytest.mark.django_db(transaction=True)


def page_of(kind: str) -> str:
    return f"{LIST}{kind}/"


def browser(account: Account) -> Client:
    client = Client()
    sign_in(client, account.email or "", PASSWORD, totp_code(account))
    return client


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def photo(seed: int = 1) -> SimpleUploadedFile:
    return SimpleUploadedFile("photo.jpg", encoded(picture(seed, (960, 720))))


@pytest.mark.row("K03")
def test_who_moved_says_where_to_and_sends_a_proof(ana: Account, now: datetime) -> None:
    restrict(ana, M.UNSUPPORTED_REGION, now=now)
    client, here = browser(ana), page_of("unsupported_region")
    page = read(client.get(here))
    assert (house_rules(page), "You have moved" in page.text, len(page.every("textarea"))) == ([], True, 1)
    refused = read(client.post(here, {"country": "CA", "part": "on"}))
    assert "We do not serve this region either." in refused.text
    bad = client.post(here, {"country": "", "part": "British Columbia"[:6]})
    assert (bad.status_code, "Choose the country." in read(bad).text) == (422, True)
    assert client.post(here, {"country": "CA", "part": "bc"})["Location"] == here
    matter = Matter.objects.get(account=ana)
    assert (matter.country, matter.region) == ("CA", "BC")
    assert [each.text for each in CaseMessage.objects.all()] == ["I have moved."]
    page = read(client.get(here))
    assert (house_rules(page), matter.case.reference in page.text) == ([], True)
    assert {each.get("type") for each in page.every("input") if each.get("name") == "photo"} == {"file"}
    assert looks_at_once(page)
    size, requests = weight(client.get(here))
    assert (size <= LARGEST_PAGE, requests <= MOST_REQUESTS) == (True, True)


@pytest.mark.row("J13", "J18", "K04")
def test_photo_is_checked_at_once_and_sent_all_the_same_where_its_owner_wants(ana: Account, now: datetime) -> None:
    restrict(ana, M.FAILED_VERIFICATION, now=now)
    client, here = browser(ana), page_of("failed_verification")
    client.post(here, {"text": ""})
    given = {"shows": "document_front", "photo": photo()}
    refused = client.post(here, given)
    page = read(refused)
    assert (refused.status_code, house_rules(page), Evidence.objects.count()) == (422, [], 0)
    assert [each.get("name") for each in page.every("input") if each.get("type") == "checkbox"] == ["despite"]
    assert client.post(here, {**given, "photo": photo(), "despite": "on"})["Location"] == here
    row = Evidence.objects.get()
    assert (row.account_id, row.case, row.kind) == (ana.pk, Matter.objects.get().case, "document_front")
    page = read(client.get(here))
    assert (house_rules(page), "A person judges it" in page.text) == ([], True)
    assert "despite" not in {each.get("name") for each in page.every("input")}
    assert client.post(here, {"take_away": str(row.pk)})["Location"] == here
    assert Evidence.objects.count() == 0


@pytest.mark.row("J18")
@pytest.mark.usefixtures("without_opencv", "no_photos_left")
def test_checks_of_a_photo_that_were_not_made_are_told(ana: Account, now: datetime) -> None:
    restrict(ana, M.FAILED_VERIFICATION, now=now)
    client, here = browser(ana), page_of("failed_verification")
    client.post(here, {"text": ""})
    client.post(here, {"shows": "document_front", "photo": photo(), "despite": "on"})
    assert "Not checked at once: all four edges; upright. A person looks at that." in read(client.get(here)).text


def test_photo_of_somebody_else_or_of_another_matter_is_not_taken_away(ana: Account, now: datetime) -> None:
    for person in (ana, ben := make_account("ben")):
        restrict(person, M.FAILED_VERIFICATION, M.FRAUD_ALERT, now=now)
    photos = [kept(begin(who, M.FRAUD_ALERT, now=now).case, now=now) for who in (ana, ben)]
    client, here = browser(ana), page_of("failed_verification")
    assert client.post(here, {"take_away": str(photos[0].pk)}).status_code == 302
    begin(ana, M.FAILED_VERIFICATION, now=now)
    for photo in photos:
        assert "There is no such photo" in read(client.post(here, {"take_away": str(photo.pk)}, follow=True)).text
    assert client.post(here, {"take_away": "none"}).status_code == 404
    assert list(Evidence.objects.order_by("id")) == photos


@pytest.mark.row("L07")
def test_photo_that_staff_looked_at_is_said_to_stay(ana: Account, now: datetime) -> None:
    restrict(ana, M.FAILED_VERIFICATION, now=now)
    matter = shown(begin(ana, M.FAILED_VERIFICATION, now=now), make_staff("sam"), now=now)
    row, client = Evidence.objects.get(case=matter.case), browser(ana)
    page = read(client.post(page_of("failed_verification"), {"take_away": str(row.pk)}, follow=True))
    assert ("Our staff have looked at this photo" in page.text, Evidence.objects.get()) == (True, row)


@pytest.mark.row("K02")
def test_fraud_alert_is_told_in_words(ana: Account, now: datetime) -> None:
    restrict(ana, M.FRAUD_ALERT, now=now)
    client, here = browser(ana), page_of("fraud_alert")
    refused = client.post(here, {"text": " "})
    assert (refused.status_code, "Write what you know" in read(refused).text) == (422, True)
    client.post(here, {"text": "It was not me."})
    assert "With our staff" in read(client.get(LIST)).text
    assert [each.text for each in CaseMessage.objects.all()] == ["It was not me."]


@pytest.mark.row("J05")
def test_identity_that_is_due_again_is_shown_from_security(now: datetime) -> None:
    ana, here = make_account("ana", identity_status=IdentityStatus.REFRESH_DUE), page_of("identity_refresh")
    client = browser(ana)
    for other in ("/security/", LIST):
        assert f'href="{here}"' in client.get(other).content.decode(), other
    page = read(client.get(here))
    assert (house_rules(page), "Until it is done you cannot sell" in page.text) == ([], True)
    client.post(here, {"text": ""})
    assert list(open_matters.open_of(ana.pk)) == [M.IDENTITY_REFRESH]


@pytest.mark.parametrize("kind", [*M, "nothing"])
def test_page_of_what_does_not_stand_leads_to_what_does(ana: Account, now: datetime, kind: str) -> None:
    restrict(ana, "judicial_freeze", now=now)
    client = browser(ana)
    for answer in (client.get(page_of(kind)), client.post(page_of(kind), {"text": "Why?"})):
        assert (answer.status_code, answer.get("Location")) == ((302, LIST) if kind in M else (404, None))
    assert Matter.objects.count() == 0


def test_page_is_for_its_owner_alone(ana: Account, now: datetime) -> None:
    restrict(ana, M.FRAUD_ALERT, now=now)
    here = page_of("fraud_alert")
    assert Client().get(here)["Location"] == "/sign-in/?next=%2Frestricted%2Ffraud_alert%2F"
    sam = make_staff("sam")
    restrict(sam, M.FRAUD_ALERT, now=now)
    assert browser(sam).get(here)["Location"] == LIST


@pytest.mark.row("L04")
def test_owner_reads_what_is_missing_and_why_it_was_refused(ana: Account, now: datetime) -> None:
    restrict(ana, M.FAILED_VERIFICATION, now=now)
    client, here = browser(ana), page_of("failed_verification")
    client.post(here, {"text": ""})
    text = read(client.get(LIST)).text
    assert ("Waiting for you" in text, "With our staff" in text) == (True, False)
    assert "We still need a photo from you." in read(client.get(here)).text
    matter, sam = Matter.objects.get(), make_staff("sam")
    told: dict[str, Any] = {"broken": ["document_valid"], "reason": "Expired in May.", "actor": Actor.staff(sam)}
    shown(matter, sam, now=now)
    assert "With our staff" in read(client.get(LIST)).text
    matter_answers.ask(matter.pk, seen=seen_now(matter), now=clock.now(), **told)
    page = read(client.get(here))
    assert (house_rules(page), "Send a document that is valid." in page.text) == ([], True)
    assert "Waiting for you" in read(client.get(LIST)).text
    client.post(here, {"shows": "document_front", "photo": photo(), "despite": "on"})
    assert "Send a document that is valid." not in read(client.get(here)).text
    matter_answers.refuse(matter.pk, seen=seen_now(matter), now=clock.now(), **told)
    for place in (here, LIST):
        page = read(client.get(place))
        assert (house_rules(page), "Send a document that is valid." in page.text) == ([], True)
    client.post(here, {"text": ""})
    assert (Matter.objects.count(), list(open_matters.open_of(ana.pk))) == (2, [M.FAILED_VERIFICATION])


@pytest.mark.row("K03")
def test_who_moved_and_was_never_verified_is_led_to_showing_a_document(now: datetime) -> None:
    client, here = browser(ana := make_account("ana", identity_status=IdentityStatus.NONE)), page_of("identity_refresh")
    assert client.get(here)["Location"] == LIST
    restrict(ana, M.UNSUPPORTED_REGION, now=now)
    page = client.get(LIST).content.decode()
    assert (f'href="{here}"' in page, "identity check is due again" in page) == (True, False)
    text = read(client.get(here)).text
    assert ("a new home needs that" in text, "cannot sell" in text) == (True, False)
    client.post(here, {"text": ""})
    assert list(open_matters.open_of(ana.pk)) == [M.IDENTITY_REFRESH]


@pytest.mark.row("K05")
def test_review_is_offered_once_everything_is_done(ana: Account, now: datetime) -> None:
    restrict(ana, M.FRAUD_ALERT, "risk_control", now=now)
    client, here = browser(ana), page_of("review")
    text = read(client.get(LIST)).text
    assert ("Still to do: fraud alert" in text, f'href="{here}"' in client.get(LIST).content.decode()) == (True, False)
    assert client.post(here, {"text": ""})["Location"] == LIST
    begin(ana, M.FRAUD_ALERT, now=now)
    assert f'href="{here}"' in client.get(LIST).content.decode()
    assert client.post(here, {"text": ""})["Location"] == here
    review = open_matters.open_of(ana.pk)[M.REVIEW]
    assert (house_rules(read(client.get(here))), review.case.reference in read(client.get(LIST)).text) == ([], True)


@pytest.mark.row("K01")
def test_negative_balance_says_what_is_missing_and_ends_by_itself(now: datetime) -> None:
    ana = indebted("ana", now, USDT="12.50")
    client = browser(ana)
    page = read(client.get(LIST))
    assert ("12.50 USDT" in page.text, house_rules(page)) == (True, [])
    assert "Something is still missing." in read(client.post(LIST, follow=True)).text
    deposit(ana.pk, "USDT", "12.50", now=now)
    assert "Nothing is missing any more." in read(client.get(LIST)).text
    told = read(client.post(LIST, follow=True)).text
    assert ("This restriction has ended." in told, "Nothing restricts your account." in told) == (True, True)
    assert "No negative balance restricts" in read(client.post(LIST, follow=True)).text


@pytest.mark.row("K01")
def test_debt_that_cannot_be_read_is_said_to_be_so(now: datetime) -> None:
    client = browser(indebted("ana", now))
    assert "We could not read how much is missing." in read(client.get(LIST)).text
    assert "We could not read your balance just now." in read(client.post(LIST, follow=True)).text


def test_who_checks_too_often_is_told_when_to_come_back(now: datetime) -> None:
    client = browser(indebted("ana", now, USDT="1"))
    answers = [client.post(LIST).status_code for _time in range(BY_OWNER.most + 1)]
    assert answers == [302] * BY_OWNER.most + [429]
