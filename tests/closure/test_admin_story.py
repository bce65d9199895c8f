"""Events of a closure in the words of staff."""

from typing import Any

import pytest

from closure.admin.story import said
from closure.transitions import TRANSITIONS

OTHERS = {"closure.dispute_release_proposed", "closure.dispute_released", "face.recorded", "work.rearmed"}


@pytest.mark.parametrize("event", sorted({transition.event for transition in TRANSITIONS.values()} | OTHERS))
def test_every_event_has_words(event: str) -> None:
    assert said(event, {}) != event


@pytest.mark.parametrize(
    ("event", "data", "words"),
    [
        ("closure.held", {"causes": ["deposit", "legal"]}, "Held: a deposit arrived, a legal or risk hold applies"),
        ("closure.lapsed", {"to": "expired"}, "Draft lapsed"),
        ("closure.lapsed", {"to": "rejected"}, "No answer; account released"),
        ("closure.unheard_of", {}, "closure.unheard_of"),
    ],
)
def test_words_follow_the_facts(event: str, data: dict[str, Any], words: str) -> None:
    assert said(event, data) == words
