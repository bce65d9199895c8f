"""Recovering by the pages: one answer for all, the link alone shows nothing, one step after the other (J04, E07)."""

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.enums import AccountStatus, RecoveryState, Role
from accounts.models import Account, Case, EmailDevice, Event, FactorRecovery, OutboxMessage, Session, SmsDevice
from accounts.recovering import inviting, note
from closure.evidence.limits import MOST_BYTES
from closure.models import Evidence
from closure.views.uploading import MOST_REQUEST
from tests.accounts.test_views_public import LARGEST_PAGE, MOST_REQUESTS, weight
from tests.closure.evidence.drawing import encoded, picture
from tests.closure.photographed import looks_at_once
from tests.factories import PASSWORD, make_account, totp_code
from tests.links import received, token_in
from tests.outbox import last_code, messages
from tests.pages import house_rules, read, sign_in, sign_in_by_mail
from tests.recovering import TEXT, begun, confirmed, invited, passwords_dead, staff, with_photos

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_photos_left"),
    pytest.mark.row("J04"),
]
MAIL = "ana@example.test"
STEPS = ("open", "prove", "lost", "contact", "photos", "photos/note")


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def link(client: Client, identifier: str = MAIL) -> str:
    """Ask by the page; return where the link leads."""
    client.post("/recover/", {"identifier": identifier})
    return f"/recover/{token_in(received('recovery_link'))}/"


def opened(client: Client, identifier: str = MAIL) -> Client:
    """Open the session of a link; nothing more is proven."""
    assert client.post(link(client, identifier))["Location"] == "/recover/open/"
    return client


def proven(client: Client, identifier: str = MAIL) -> Client:
    """Open it and give the password."""
    opened(client, identifier)
    assert client.post("/recover/prove/", {"password": PASSWORD})["Location"] == "/recover/open/"
    return client


def begin(client: Client, **fields: Any) -> Any:
    return client.post("/recover/lost/", {"lost": ["totp"], "text": TEXT, "new_contact": "", **fields})


def send(client: Client, kind: str, seed: int = 1, **fields: Any) -> Any:
    file = SimpleUploadedFile("a.jpg", encoded(picture(seed, (960, 720))), content_type="image/jpeg")
    return client.post(f"/recover/photos/{kind}/", {"photo": file, **fields})


def state() -> str:
    return FactorRecovery.objects.get().state


@pytest.mark.row("E07", "M01")
def test_everybody_gets_one_answer_and_the_inbox_alone_learns_more(ana: Account, client: Client) -> None:
    make_account("ben", status=AccountStatus.FROZEN)
    make_account("dan", status=AccountStatus.DISABLED)
    told = {}
    for who in (MAIL, "ben@example.test", "dan@example.test", "nobody@example.test"):
        answer = Client().post("/recover/", {"identifier": who})
        assert (answer.status_code, answer["Location"]) == (302, "/recover/sent/"), who
        words = received("recovery_link")
        told[who] = words.text if words else ""
    assert house_rules(read(client.get("/recover/sent/"))) == []
    assert ["/recover/" in text for text in told.values()] == [True, False, False, False]
    assert ["/status/" in text for text in told.values()] == [False, True, False, False]
    assert ["disabled" in text for text in told.values()] == [False, False, True, False]
    assert Client().post("/recover/", {"identifier": "?"}).status_code == 422


@pytest.mark.row("E07")
def test_link_fetched_three_times_changes_nothing_and_then_opens_once(ana: Account) -> None:
    address, client = link(Client()), Client()
    before = Session.objects.count()
    assert [house_rules(read(client.get(address))) for _time in range(3)] == [[]] * 3
    assert (Session.objects.count(), Event.objects.filter(action="link.used").count()) == (before, 0)
    assert client.post(address)["Location"] == "/recover/open/"
    assert (Client().post(address).status_code, Client().get(address).status_code) == (410, 410)


@pytest.mark.parametrize("identifier", [MAIL, "phone"])
def test_thief_with_the_mailbox_or_the_phone_alone_sees_and_sends_nothing(ana: Account, identifier: str) -> None:
    thief = opened(Client(), identifier if identifier == MAIL else str(ana.phone))
    for step in STEPS:
        if step != "prove":
            assert thief.get(f"/recover/{step}/")["Location"] == "/recover/prove/", step
            assert thief.post(f"/recover/{step}/", {"lost": ["totp"], "text": "x"})["Location"] == "/recover/prove/"
    page = read(thief.get("/recover/prove/"))
    mine = EmailDevice if identifier == MAIL else SmsDevice
    shown = {each.get("name") for each in page.every("input")}
    assert (house_rules(page), str(mine.objects.get(user=ana).pk) in shown) == ([], False)
    assert thief.post("/recover/prove/", {"password": "Wrong-7-password-here"}).status_code == 422
    assert thief.post("/recover/prove/", {}).status_code == 422
    thief.post("/recover/end/")
    assert (FactorRecovery.objects.count(), Case.objects.count(), Evidence.objects.count()) == (0, 0, 0)
    assert thief.get("/security/").status_code == 302


def test_thief_with_the_mailbox_guesses_the_password_five_times(ana: Account) -> None:
    thief = opened(Client())
    answers = [thief.post("/recover/prove/", {"password": f"Wrong-7-guess-{each}"}).status_code for each in range(6)]
    assert answers == [422] * 5 + [429]


@pytest.mark.row("J03")
def test_stranger_who_knows_the_address_does_not_shut_the_proof_behind_the_link(ana: Account) -> None:
    for each in range(6):
        Client().post("/sign-in/", {"identifier": MAIL, "password": f"Wrong-7-guess-{each}"})
    proven(Client())


def test_documents_stand_for_the_proof_where_staff_let_them(ana: Account, now: datetime) -> None:
    thief = opened(Client())
    assert "Go on with documents alone" not in read(thief.get("/recover/prove/")).text
    assert thief.post("/recover/prove/", {"documents": "1"})["Location"] == "/recover/open/"
    assert thief.get("/recover/lost/")["Location"] == "/recover/prove/"
    invited(ana, now=now)
    passwords_dead(ana, now=now)
    Client().post("/recover/", {"identifier": MAIL})
    words = received("recovery_link")
    assert "documents stand for them" in (words.text if words else "")
    client = Client()
    client.post(f"/recover/{token_in(words)}/")
    page = read(client.get("/recover/prove/"))
    names = {each.get("name") for each in page.every("input")}
    assert (house_rules(page), "password" in names, "Go on with documents alone" in page.text) == ([], False, True)
    assert client.post("/recover/prove/", {"documents": "1"})["Location"] == "/recover/open/"
    page = read(client.get("/recover/lost/"))
    assert (house_rules(page), "taken off in any case" in page.text) == ([], True)
    assert begin(client, lost=["sms"], new_contact="+14155550199").status_code == 302
    row = FactorRecovery.objects.get()
    assert (row.lost, row.given) == (["totp", "sms"], "")
    FactorRecovery.objects.filter(pk=row.pk).update(new_confirmed_at=now)
    page = read(client.get("/recover/photos/"))
    assert (house_rules(page), "In place of the contact that is lost comes" in page.text) == ([], True)
    assert ("+14155550199" in page.text, "end it" in page.text) == (False, True)
    inviting.withdraw(Case.objects.earliest("id").pk, actor=staff(Role.AGENT), reason=TEXT, now=now)
    assert client.get("/recover/photos/")["Location"] == "/recover/prove/"


def test_what_was_given_beside_the_link_is_kept(ana: Account) -> None:
    client, phone = opened(Client()), str(SmsDevice.objects.get(user=ana).pk)
    client.post("/recover/prove/", {"send": phone})
    assert client.post("/recover/prove/", {phone: last_code(ana, channel="sms")})["Location"] == "/recover/open/"
    begin(client)
    assert FactorRecovery.objects.get().given == "sms"


@pytest.mark.parametrize("alive", [True, False])
def test_prove_page_offers_the_password_that_works_alone(ana: Account, alive: bool, now: datetime) -> None:
    if not alive:
        passwords_dead(ana, now=now)
    page = read(opened(Client()).get("/recover/prove/"))
    assert ("password" in {each.get("name") for each in page.every("input")}) is alive
    assert ("old password works no more" in page.text) is not alive


def test_thief_with_the_password_alone_gets_no_further_than_the_address(ana: Account) -> None:
    thief = Client()
    thief.post("/sign-in/", {"identifier": MAIL, "password": PASSWORD})
    assert "I cannot give any of these" in read(thief.get("/sign-in/code/")).text
    assert thief.post("/recover/", {"identifier": MAIL})["Location"] == "/recover/sent/"
    for step in STEPS:
        assert thief.get(f"/recover/{step}/")["Location"] == "/recover/", step
    assert [message.channel for message in OutboxMessage.objects.filter(template="recovery_link")] == ["email"]


@pytest.mark.row("D08")
def test_thief_with_mailbox_and_password_asks_and_the_owner_stops_it(ana: Account, now: datetime) -> None:
    thief = proven(Client())
    begin(thief)
    with_photos(FactorRecovery.objects.get(), now=now)
    assert thief.post("/recover/photos/", {"submit": "1"})["Location"] == "/recover/open/"
    told = messages(ana, template="recovery_notice")
    assert ([message.channel for message in told], state()) == (["email", "sms"], RecoveryState.SUBMITTED)
    owner = Client()
    sign_in_by_mail(owner, ana, PASSWORD)
    assert "take lost factors off your account" in read(owner.get("/security/")).text
    page = read(owner.get("/security/recovery/"))
    assert (house_rules(page), "Authenticator" in page.text or "authenticator" in page.text) == ([], True)
    assert owner.post("/security/recovery/")["Location"] == "/security/"
    assert (state(), owner.get("/security/recovery/")["Location"]) == (RecoveryState.ENDED, "/security/")
    assert "take lost factors" not in read(owner.get("/security/")).text


def test_owner_goes_from_the_link_to_the_review(ana: Account, now: datetime) -> None:
    client = proven(Client())
    assert client.get("/recover/open/")["Location"] == "/recover/lost/"
    page = read(client.get("/recover/lost/"))
    assert (house_rules(page), begin(client, lost=[]).status_code) == ([], 422)
    assert begin(client)["Location"] == "/recover/open/"
    assert client.get("/recover/open/")["Location"] == "/recover/photos/"
    page = read(client.get("/recover/photos/"))
    row = FactorRecovery.objects.get()
    assert (house_rules(page), row.case.reference in page.text) == ([], True)
    assert client.post("/recover/photos/", {"submit": "1"})["Location"] == "/recover/photos/"
    assert state() == RecoveryState.DRAFT
    answer = client.get("/recover/photos/note/")
    page, (size, requests) = read(answer), weight(answer)
    assert (house_rules(page), note.text(row) in page.text, looks_at_once(page)) == ([], True, True)
    assert (size <= LARGEST_PAGE, requests <= MOST_REQUESTS) == (True, True)
    with_photos(row, now=now)
    page = read(client.get("/recover/photos/"))
    assert (house_rules(page), "Send it to our staff" in page.text) == ([], True)
    assert client.post("/recover/photos/", {"submit": "1"})["Location"] == "/recover/open/"
    page = read(client.get("/recover/open/"))
    assert (house_rules(page), state()) == ([], RecoveryState.SUBMITTED)
    for step in ("lost", "photos", "photos/note"):
        assert client.get(f"/recover/{step}/")["Location"] == "/recover/open/", step


@pytest.mark.row("J18")
def test_photo_against_the_rules_is_refused_at_once_and_may_be_sent_all_the_same(ana: Account, now: datetime) -> None:
    client = proven(Client())
    begin(client)
    small = encoded(picture(1, (400, 300)))
    answer = client.post("/recover/photos/document_front/", {"photo": SimpleUploadedFile("a.jpg", small)})
    page = read(answer)
    assert (answer.status_code, house_rules(page), Evidence.objects.count()) == (422, [], 0)
    assert ("too small" in page.text, "Send it as it is" in page.text) == (True, True)
    again = {"photo": SimpleUploadedFile("a.jpg", small), "despite": "on"}
    assert client.post("/recover/photos/document_front/", again).status_code == 302
    row = Evidence.objects.get()
    assert client.post("/recover/photos/", {"remove": str(row.pk)})["Location"] == "/recover/photos/"
    assert Evidence.objects.count() == 0
    other = with_photos(begun(make_account("ben"), now=now), now=now)
    for key in ("nonsense", str(Evidence.objects.filter(case=other.case).latest("pk").pk)):
        client.post("/recover/photos/", {"remove": key})
    assert Evidence.objects.count() == 2


@pytest.mark.parametrize(("size", "words"), [(0, "empty"), (100, "not a photo"), (MOST_BYTES + 1, "larger than 15 MB")])
def test_file_that_is_no_photo_is_told_so(ana: Account, size: int, words: str) -> None:
    client = proven(Client())
    begin(client)
    answer = client.post("/recover/photos/note/", {"photo": SimpleUploadedFile("a.jpg", b"x" * size)})
    assert (answer.status_code, words in read(answer).text, Evidence.objects.count()) == (422, True, 0)


def test_photo_is_never_written_to_the_disk_in_plain(ana: Account, settings: Any) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = "/nowhere"  # what would be written there fails
    client = proven(Client())
    begin(client)
    answer = client.post("/recover/photos/note/", {"photo": SimpleUploadedFile("a.jpg", b"x" * 4_000_000)})
    assert (answer.status_code, "not a photo" in read(answer).text) == (422, True)
    two = {"photo": SimpleUploadedFile("a.jpg", b"x"), "other": SimpleUploadedFile("b.jpg", b"x" * 4_000_000)}
    assert client.post("/recover/photos/note/", two).status_code == 422


def test_far_too_large_body_is_refused_unread(ana: Account) -> None:
    client = proven(Client())
    begin(client)
    answer = client.post("/recover/photos/note/", {"photo": SimpleUploadedFile("a.jpg", b"x" * MOST_REQUEST)})
    assert (answer.status_code, "A photo may have 15 MB" in read(answer).text) == (413, True)


def test_photo_page_asks_for_the_token_of_its_form(ana: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    address = link(Client())
    token = next(each["value"] for each in read(client.get(address)).every("input"))
    assert client.post(address, {"csrfmiddlewaretoken": token}).status_code == 302
    assert send(client, "note").status_code == 403


@pytest.mark.row("D06")
def test_new_number_gives_its_code_before_the_photos(ana: Account) -> None:
    client = proven(Client())
    assert begin(client, lost=["totp", "sms"]).status_code == 422
    assert begin(client, lost=["totp", "sms"], new_contact="nonsense").status_code == 422
    assert begin(client, lost=["totp", "sms"], new_contact="+14155550199")["Location"] == "/recover/open/"
    assert client.get("/recover/photos/")["Location"] == "/recover/contact/"
    page = read(client.get("/recover/contact/"))
    assert (house_rules(page), "+14155550199" in page.text) == ([], True)
    first = last_code(ana, template="contact_code")
    assert client.post("/recover/contact/", {"send": "1"})["Location"] == "/recover/contact/"
    assert client.post("/recover/contact/", {"code": first}).status_code == 422
    code = last_code(ana, template="contact_code")
    assert client.post("/recover/contact/", {"code": code})["Location"] == "/recover/open/"
    assert client.get("/recover/open/")["Location"] == "/recover/photos/"


def test_code_of_another_channel_proves_instead_of_the_password(ana: Account) -> None:
    client, device = opened(Client()), SmsDevice.objects.get(user=ana)
    assert client.post("/recover/prove/", {"send": str(device.pk)})["Location"] == "/recover/prove/"
    code = last_code(ana, template="confirmation_code")
    assert client.post("/recover/prove/", {str(device.pk): "000000"}).status_code == 422
    assert client.post("/recover/prove/", {str(device.pk): code})["Location"] == "/recover/open/"
    assert client.get("/recover/open/")["Location"] == "/recover/lost/"


def test_lost_mailbox_is_replaced_by_a_link_to_the_phone(ana: Account) -> None:
    client = proven(Client(), str(ana.phone))
    assert begin(client, lost=["email"], new_contact="ana.new@example.test")["Location"] == "/recover/open/"
    row = FactorRecovery.objects.get()
    assert (row.carried_by, row.new_kind, row.lost) == ("sms", "email", ["email"])


def test_session_ends_where_the_account_is_shut_and_ending_begins_anew(ana: Account) -> None:
    client = proven(Client())
    begin(client)
    client.post("/recover/end/")
    assert (state(), client.get("/recover/open/")["Location"]) == (RecoveryState.ENDED, "/recover/lost/")
    Account.objects.filter(pk=ana.pk).update(status=AccountStatus.DISABLED)
    assert client.get("/recover/lost/")["Location"] == "/recover/"


def test_page_says_when_it_takes_effect(ana: Account, now: datetime) -> None:
    row = confirmed(ana, now=now)
    client = proven(Client())
    page = read(client.get("/recover/open/"))
    due = row.due_at
    assert due is not None
    assert (house_rules(page), due.isoformat(timespec="seconds")) == ([], page.every("time")[0]["datetime"])


def test_account_with_the_mailbox_alone_has_nothing_to_recover() -> None:
    make_account("ana", phone=None, totp=False)
    client = proven(Client())
    page = read(client.get("/recover/lost/"))
    assert (house_rules(page), "There is nothing to take off your account" in page.text) == ([], True)


@pytest.mark.row("D06")
def test_way_in_is_where_codes_are_asked(ana: Account, client: Client) -> None:
    client.post("/sign-in/", {"identifier": MAIL, "password": PASSWORD})
    for address in ("/sign-in/code/", "/help/lost-factor/"):
        assert "/recover/" in {each.get("href") for each in read(client.get(address)).every("a")}, address
    sign_in(client, MAIL, PASSWORD, totp_code(ana))
    client.post("/security/factors/backup/", {"begin": "1"})
    assert "/recover/" in {each.get("href") for each in read(client.get("/security/factors/backup/")).every("a")}
