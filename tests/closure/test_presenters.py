"""The timeline: what happened, in words, and never which hold applies."""

from datetime import datetime

import pytest

from accounts.models import Account
from closure.enums import ClosureState, HeldReason
from closure.presenters import WORDS, sentence, timeline
from closure.transitions import TRANSITIONS
from tests.closure.by_operations import submitted
from tests.closure.scenes import make_request
from tests.factories import make_account


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.mark.django_db
def test_timeline_tells_one_request_in_order(ana: Account, now: datetime) -> None:
    make_request(make_account("bob"), ClosureState.IN_REVIEW, now=now)
    request = submitted(ana, now)
    told = timeline(request)
    assert [(entry.code, entry.at, entry.text) for entry in told] == [
        ("closure.started", now, "You began to close your account."),
        ("closure.submitted", now, "You asked us to close your account. It is frozen."),
    ]


def test_every_event_of_the_table_has_words() -> None:
    events = {row.event for row in TRANSITIONS.values()}
    assert events - WORDS.keys() == {"closure.held", "closure.lapsed"}


@pytest.mark.parametrize("cause", HeldReason)
def test_holds_say_their_cause(cause: HeldReason) -> None:
    said = sentence("closure.held", {"causes": [cause.value]})
    assert said.startswith("The closing is on hold. ")
    assert len(said) > len("The closing is on hold. ")


@pytest.mark.parametrize("causes", [["legal"], ["legal", "deposit"], ["legal", "restriction"]])
def test_legal_holds_are_one_neutral_sentence(causes: list[str]) -> None:
    said = sentence("closure.held", {"causes": causes})
    assert said == "The closing is on hold. A legal or risk hold applies; we cannot say more."


def test_lapsing_of_drafts_and_of_questions_differ() -> None:
    assert sentence("closure.lapsed", {"to": "expired"}) == "You did not go on, so we ended this request."
    assert sentence("closure.lapsed", {"to": "rejected"}).startswith("We got no answer")
