"""What staff ask about a request is read where it is answered, by its owner alone."""

from datetime import datetime

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import Account, Note
from closure.enums import ClosureState
from closure.models import ClosureRequest
from closure.operations.review import ask
from closure.questions import asked
from tests.closure.links import delivered, in_status
from tests.closure.scenes import make_request, staff
from tests.factories import make_account
from tests.outbox import messages
from tests.pages import house_rules, read

pytestmark = pytest.mark.django_db(transaction=True)
S = ClosureState
QUESTION = "Which bank did you use <last>?"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def questioned(account: Account, question: str, now: datetime) -> ClosureRequest:
    request = make_request(account, S.IN_REVIEW, now=now)
    return ask(request.pk, actor=staff(Role.AGENT), reason=question, seen_version=0, now=now)


@pytest.mark.row("A17", "E07")
def test_question_is_read_on_the_status_page_and_where_it_is_answered(
    client: Client, ana: Account, now: datetime
) -> None:
    in_status(client, questioned(ana, QUESTION, now))
    for path in ("/status/open/", "/status/answer/"):
        page = read(client.get(path))
        assert (QUESTION in page.text, house_rules(page)) == (True, [])


def test_message_leads_to_the_question_and_does_not_hold_it(ana: Account, now: datetime) -> None:
    questioned(ana, QUESTION, now)
    words = delivered(messages(ana, template="closure_held")[0])
    assert words is not None
    said = ("We have a question for you." in words.text, "/status/" in words.text, "did you use" in words.text)
    assert said == (True, True, False)


def test_only_a_question_that_waits_is_shown(ana: Account, now: datetime) -> None:
    other = questioned(make_account("ben"), "Another question", now)
    request = questioned(ana, QUESTION, now)
    assert (asked(request), asked(other)) == (QUESTION, "Another question")
    request.held_reasons = ["deposit"]
    assert asked(request) == ""


def test_erased_question_is_empty(ana: Account, now: datetime) -> None:
    request = questioned(ana, QUESTION, now)
    Note.objects.all().delete()
    assert asked(request) == ""
