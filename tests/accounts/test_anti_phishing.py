"""Words that mails show: chosen with a fresh verification, hidden from who holds a session alone."""

from datetime import datetime

import pytest
from django.test import Client

from accounts import anti_phishing
from accounts.enums import Action, Purpose
from accounts.exceptions import NotAllowed, ProofRefused
from accounts.models import Account, Event
from tests.changing import proof_of
from tests.changing_pages import change
from tests.factories import PASSWORD, make_account
from tests.links import received
from tests.outbox import messages, opened
from tests.pages import house_rules, read, sign_in_by_mail

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("N04")]
PAGE = "/security/anti-phishing/"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def test_words_are_kept_and_masked_on_the_page(client: Client, ana: Account) -> None:
    sign_in_by_mail(client, ana, PASSWORD)
    page = read(client.get(PAGE))
    assert (house_rules(page), "You have no words yet." in page.text) == ([], True)
    assert change(client, ana, PAGE, code="  Blue   kettle-7 ")["Location"] == PAGE
    ana.refresh_from_db()
    assert ana.anti_phishing_code == "Blue kettle-7"
    body = client.get(PAGE).content.decode()
    assert ("Bl•••" in body, "kettle-7" in body) == (True, False)
    assert b"kettle" not in bytes(Event.objects.get(action=Action.ANTI_PHISHING_CHANGED).body)
    told = messages(ana, template="security_change")
    assert [(each.channel, opened(each).context["what"]) for each in told] == [
        ("email", "words_changed"),
        ("sms", "words_changed"),
    ]


def test_words_can_be_taken_away(client: Client, ana: Account, now: datetime) -> None:
    Account.objects.filter(pk=ana.pk).update(anti_phishing_code="blue kettle")
    anti_phishing.change(ana, " ", proof=proof_of(ana, Purpose.ANTI_PHISHING, now=now), now=now)
    ana.refresh_from_db()
    assert ana.anti_phishing_code == ""
    assert received("security_change") is not None  # the text message
    told = received("security_change")
    assert told is not None
    said = ["Our mails do not show them any more.", "blue kettle", "72 hours"]
    assert [each in told.text for each in said] == [True, False, False]


@pytest.mark.parametrize("text", ["abc", "x" * 33, "<b>bold</b>", "http://evil.test", "a\u202eb c d"])
def test_words_are_plain(text: str) -> None:
    with pytest.raises(NotAllowed):
        anti_phishing.clean(text)


def test_proof_for_something_else_changes_no_words(ana: Account, now: datetime) -> None:
    proof = proof_of(ana, Purpose.BACKUP_CODES, now=now)
    with pytest.raises(ProofRefused):
        anti_phishing.change(ana, "blue kettle", proof=proof, now=now)
