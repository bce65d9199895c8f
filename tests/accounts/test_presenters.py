"""Events in words."""

import pytest

from accounts.enums import Action
from accounts.models import Event
from accounts.presenters import WORDS, sentence


@pytest.mark.parametrize("action", list(Action))
def test_every_action_has_words(action: Action) -> None:
    assert sentence(Event(action=action)) == WORDS[action] != action


def test_action_without_words_shows_its_code() -> None:
    assert sentence(Event(action="later.added")) == "later.added"
