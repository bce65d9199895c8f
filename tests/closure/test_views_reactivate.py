"""The pages of coming back: photos checked at once, the review, and what became of it (J07-J18)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.enums import DocumentType
from accounts.models import Account
from closure.enums import EvidenceKind, ReactivationState
from closure.evidence import telling
from closure.evidence.enums import Fault, Subject
from closure.evidence.verdicts import Verdict
from closure.models import Evidence, Reactivation
from closure.reactivation import documents
from closure.reactivation.rules import Rule
from tests.closure.light_pages import shown
from tests.closure.photographed import looks_at_once, photo_of
from tests.closure.reactivating import disabled, make_reactivation, planted, token
from tests.factories import PASSWORD
from tests.pages import house_rules, read

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_photos_left"),
    pytest.mark.row("J07"),
]
S, K = ReactivationState, EvidenceKind
NOTE, DOCUMENT, REVIEW, SENT = (f"/reactivate/{name}/" for name in ("note", "document", "review", "sent"))
GOOD, BLURRED = photo_of(Subject.PERSON), photo_of(Subject.PERSON, Fault.BLURRED)
CARD = photo_of(Subject.DOCUMENT)


@pytest.fixture
def ana(now: datetime) -> Account:
    return disabled("ana", now=now)


@pytest.fixture
def tab(client: Client, ana: Account) -> Client:
    """Ana, through the link and with her password."""
    client.post(f"/reactivate/{token(ana)}/")
    assert client.post("/reactivate/prove/", {"password": PASSWORD})["Location"] == NOTE
    return client


def send(tab: Client, address: str, kind: EvidenceKind, file: bytes, **more: str) -> Any:
    photo = SimpleUploadedFile("IMG_0001.jpg", file, content_type="image/jpeg")
    return tab.post(address, {"kind": kind.value, "photo": photo, **more})


def row() -> Reactivation:
    return Reactivation.objects.latest("id")


@pytest.mark.row("J08", "J10", "J11", "J12", "J14")
def test_note_is_shown_word_for_word_with_how_to_hold_it(tab: Client, ana: Account) -> None:
    page = shown(tab, NOTE)
    for words in (
        f"Reactivate my account associated with ({ana.email})",
        telling.promise(Subject.PERSON),
        row().reference,
        row().case.reference,
        "On a small sheet of paper",
        "Somebody else takes the photo.",
        "Somebody else holds the note.",
        "The note is taped or pinned.",
        "Fingers cover the words.",
        "Only your head is in it.",
        "Sunglasses, a hat or a mask hide your face.",
        "A religious or medical head covering may stay",
        "It is dark.",
    ):
        assert words in page.text, words
    drawings = page.every("svg")
    assert (len(drawings), all(each.get("aria-label") for each in drawings)) == (8, True)
    field = next(each for each in page.every("input") if each.get("type") == "file")
    assert (field["accept"], looks_at_once(page)) == ("image/*", True)


@pytest.mark.row("J15", "J18")
def test_blurred_photo_is_refused_at_once_with_the_rule_and_sent_all_the_same_by_a_second_press(tab: Client) -> None:
    answer = send(tab, NOTE, K.NOTE, BLURRED)
    page = read(answer)
    assert (answer.status_code, house_rules(page)) == (422, [])
    assert "The photo is blurred. Clean the lens" in page.text
    assert "Send it all the same" in page.text
    assert Evidence.objects.count() == 0
    assert send(tab, NOTE, K.NOTE, BLURRED, despite="1")["Location"] == DOCUMENT
    kept = Evidence.objects.get()
    assert ["blur", "refused", "blurred"] in kept.verdicts
    assert "The photo is blurred." in shown(tab, NOTE).text


@pytest.mark.row("J18")
def test_good_photo_goes_on_to_the_document_and_takes_the_place_of_the_one_before(tab: Client) -> None:
    assert "Send it all the same" not in shown(tab, NOTE).text
    assert send(tab, NOTE, K.NOTE, BLURRED, despite="1")["Location"] == DOCUMENT
    assert send(tab, NOTE, K.NOTE, GOOD)["Location"] == DOCUMENT
    kept = Evidence.objects.get()
    assert [each for each in kept.verdicts if each[1] == "refused"] == []


@pytest.mark.row("J18")
def test_photo_that_was_sent_is_told_in_words_and_never_shown_again(tab: Client, ana: Account, now: datetime) -> None:
    send(tab, NOTE, K.NOTE, BLURRED, despite="1")
    planted(make_reactivation(disabled("bea", now=now), S.DRAFT, now=now), K.DOCUMENT_BACK, now=now)
    tab.post(DOCUMENT, {"choose": "1", "document": DocumentType.PASSPORT.value})
    send(tab, DOCUMENT, K.DOCUMENT_FRONT, CARD)
    kept = Evidence.objects.get(account_id=ana.pk, kind=K.NOTE)
    for address in (NOTE, REVIEW):
        page = shown(tab, address)
        for words in (
            f"{kept.width} × {kept.height} pixels",
            "The photo is blurred.",
            telling.found(Subject.PERSON, [Verdict.read(each) for each in kept.verdicts]),
        ):
            assert words in page.text, (address, words)
        led = [each.get("href", "") for each in page.every("a")] + [each.get("src", "") for each in page.every("img")]
        assert [each for each in led if "photo" in each or each.startswith(("data:", "blob:"))] == []


@pytest.mark.row("J15")
def test_photo_is_removed_by_its_owner_until_it_was_handed_in(tab: Client, ana: Account, now: datetime) -> None:
    other = planted(make_reactivation(disabled("bea", now=now), S.DRAFT, now=now), K.NOTE, now=now)
    mine = Reactivation.objects.get(account=ana)
    send(tab, NOTE, K.NOTE, GOOD)
    key = str(Evidence.objects.get(account_id=ana.pk).pk)
    assert [each.get("value") for each in shown(tab, NOTE).every("button") if each.get("name") == "remove"] == [key]
    assert tab.post(NOTE, {"remove": str(other.pk)})["Location"] == NOTE
    assert tab.post(NOTE, {"remove": "nonsense"}).status_code == 404
    assert Evidence.objects.filter(account_id=ana.pk).count() == 1
    assert tab.post(NOTE, {"remove": key})["Location"] == NOTE
    assert "The photo is gone." in shown(tab, NOTE).text
    assert Evidence.objects.filter(account_id=ana.pk).count() == 0
    Reactivation.objects.filter(pk=mine.pk).update(state=S.NEEDS_MORE, submitted_at=now, asked_at=now)
    planted(mine, K.NOTE, now=now)
    assert "remove" not in {each.get("name") for each in shown(tab, NOTE).every("button")}
    assert tab.post(NOTE, {"remove": str(mine.case.evidence.get().pk)})["Location"] == NOTE
    assert Evidence.objects.filter(account_id=ana.pk).count() == 1


@pytest.mark.row("J18")
@pytest.mark.usefixtures("without_opencv")
def test_checks_that_are_not_made_are_not_promised_and_told_afterwards(tab: Client) -> None:
    not_made = "Not checked at once: one face, and not only a head; written by hand; upright. A person looks at that."
    assert f"we check at once: size; light; sharpness; a real photo. {not_made}" in shown(tab, NOTE).text
    refused = read(send(tab, NOTE, K.NOTE, BLURRED)).text
    assert f"choose the photo again. {not_made}" in refused
    send(tab, NOTE, K.NOTE, GOOD)
    assert f"We have the photo. {not_made}" in shown(tab, DOCUMENT).text
    assert f"Checked, and fine: size; light; sharpness; a real photo. {not_made}" in shown(tab, NOTE).text


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"", "The file is empty."),
        (b"MZ not a photo", "This is not a photo that we can read."),
        (GOOD[:4000], "The file is not whole, or is broken."),
        (b"\xff\xd8" + b"x" * (15 * 1024 * 1024), "The file is larger than 15 MB."),
    ],
    ids=["empty", "no photo", "broken", "too large"],
)
def test_file_that_is_no_photo_is_told_what_to_do(tab: Client, file: bytes, words: str) -> None:
    answer = send(tab, NOTE, K.NOTE, file)
    page = read(answer)
    assert (answer.status_code, words in page.text, "Send it all the same" in page.text) == (422, True, False)
    assert Evidence.objects.count() == 0


def test_nothing_chosen_is_told(tab: Client) -> None:
    answer = tab.post(NOTE, {"kind": "note"})
    assert (answer.status_code, "Take or choose a photo first." in read(answer).text) == (422, True)
    assert tab.post(NOTE, {"kind": "document_front"})["Location"] == NOTE


@pytest.mark.row("J09")
def test_each_document_says_its_rule_and_asks_for_its_sides(tab: Client) -> None:
    page = shown(tab, DOCUMENT)
    for each in documents.ACCEPTED:
        assert str(each.rule) in page.text
        assert tab.post(DOCUMENT, {"choose": "1", "document": each.type.value})["Location"] == DOCUMENT
        asked = [field["value"] for field in shown(tab, DOCUMENT).every("input") if field.get("name") == "kind"]
        assert asked == [side.value for side in each.sides]
    for wrong in ({}, {"document": "library_card"}):
        answer = tab.post(DOCUMENT, {"choose": "1", **wrong})
        assert (answer.status_code, "Error:" in read(answer).text) == (422, True)


@pytest.mark.row("J07", "J13", "J14")
def test_customer_sends_note_and_document_and_reads_what_comes_next(tab: Client, ana: Account) -> None:
    assert tab.get(REVIEW)["Location"] == NOTE
    send(tab, NOTE, K.NOTE, GOOD)
    tab.post(DOCUMENT, {"choose": "1", "document": DocumentType.PASSPORT.value})
    assert tab.post(REVIEW)["Location"] == DOCUMENT
    assert send(tab, DOCUMENT, K.DOCUMENT_FRONT, CARD)["Location"] == REVIEW
    page = shown(tab, REVIEW)
    for words in (
        row().note,
        "Passport",
        "Replace it",
        "they are not shown here again",
        "Two people of our staff look at the photos.",
    ):
        assert words in page.text
    assert tab.post(REVIEW)["Location"] == SENT
    page = shown(tab, SENT)
    for words in (row().reference, row().case.reference, "This takes several days", "We write to all your contacts"):
        assert words in page.text
    assert row().state == S.SUBMITTED
    for address in (NOTE, DOCUMENT, REVIEW):
        assert tab.get(address)["Location"] == SENT
    assert send(tab, NOTE, K.NOTE, GOOD)["Location"] == SENT
    assert tab.post(SENT)["Location"] == SENT


@pytest.mark.row("J15", "L04")
def test_better_photos_are_asked_for_by_rule(client: Client, ana: Account, now: datetime) -> None:
    make_reactivation(ana, S.NEEDS_MORE, now=now, broken=[Rule.NOTE_EXACT.value])
    client.post(f"/reactivate/{token(ana)}/")
    assert client.post("/reactivate/prove/", {"password": PASSWORD})["Location"] == NOTE
    page = shown(client, NOTE)
    for words in ("Our staff need better photos.", "Write exactly the text that we show", "Better light, please."):
        assert words in page.text
    assert "Write exactly the text" not in shown(client, DOCUMENT).text
    assert client.get(REVIEW)["Location"] == NOTE
    assert send(client, NOTE, K.NOTE, GOOD)["Location"] == REVIEW


@pytest.mark.row("J15")
def test_refused_one_says_the_rules_and_another_begins_at_once(client: Client, ana: Account, now: datetime) -> None:
    client.post(f"/reactivate/{token(ana)}/")
    client.post("/reactivate/prove/", {"password": PASSWORD})
    first = row()
    Reactivation.objects.filter(pk=first.pk).update(
        state=S.REFUSED, broken=[Rule.VISA_YEAR.value], end_reason="refused"
    )
    assert client.get(NOTE)["Location"] == SENT
    page = shown(client, SENT)
    assert "A visa must be valid for at least one more year." in page.text
    assert client.post(SENT)["Location"] == NOTE
    assert (row().pk != first.pk, row().state) == (True, S.DRAFT)


def test_it_is_withdrawn_by_a_button_on_a_page_that_says_what_follows(tab: Client, ana: Account) -> None:
    page = shown(tab, "/reactivate/withdraw/")
    assert "Your account stays disabled." in page.text
    assert row().state == S.DRAFT
    assert tab.post("/reactivate/withdraw/")["Location"] == SENT
    assert row().state == S.WITHDRAWN
    assert "This reactivation is over" in shown(tab, SENT).text
    assert tab.get("/reactivate/withdraw/")["Location"] == SENT
    assert tab.post("/reactivate/withdraw/")["Location"] == SENT


def test_beginning_again_has_a_limit_and_says_when_it_ends(tab: Client) -> None:
    for _turn in range(4):
        tab.post("/reactivate/withdraw/")
        assert tab.post(SENT)["Location"] == NOTE
    tab.post("/reactivate/withdraw/")
    answer = tab.post(SENT)
    page = read(answer)
    assert (answer.status_code, house_rules(page), Reactivation.objects.count()) == (429, [], 5)
    assert "You began 5 times within a day. You can begin again after" in page.text
    assert "checking codes and passwords" not in page.text
    assert "This reactivation is over" in shown(tab, SENT).text


def test_draft_says_until_when_it_stays_and_is_there_again_after_leaving(
    tab: Client, ana: Account, advance: Callable[..., datetime]
) -> None:
    send(tab, NOTE, K.NOTE, GOOD)
    assert tab.post("/reactivate/leave/")["Location"] == "/reactivate/"
    assert tab.get(NOTE)["Location"] == "/reactivate/"
    later = advance(days=6)
    tab.post(f"/reactivate/{token(ana, now=later)}/")
    assert tab.post("/reactivate/prove/", {"password": PASSWORD})["Location"] == DOCUMENT
    assert "What you send here stays until" in shown(tab, DOCUMENT).text
