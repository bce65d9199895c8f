"""The catalogue: every wording can be said whole, in plain words."""

import re

import pytest

from closure.enums import Area
from closure.preflight.words import CONDITIONS, WORDINGS, say

# Everything any wording may ask for.
PARAMS = {
    "until_at": "2026-12-31T08:00:00+00:00",
    "cap": "2",
    "count": "125",
    "assets": "ABC",
    "limit": "5",
    "total": "5.40",
    "needed": "2",
    "have_kinds": "email,sms",
    "any_kinds": "totp",
}
LONGEST_SENTENCE = 20
OTHER_WORDS = re.compile(r"\b(delete|deactivate|remove) (your|the) account\b", re.IGNORECASE)


@pytest.mark.parametrize("wording", list(WORDINGS))
def test_wording_says_why_how_and_a_condition(wording: str) -> None:
    said = say(wording, area=Area.SPOT, params=PARAMS)
    assert [text for text in (said.why, said.how, said.condition) if not text or "%(" in text] == []


@pytest.mark.parametrize("wording", list(WORDINGS))
def test_wording_has_short_sentences_and_one_vocabulary(wording: str) -> None:
    said = say(wording, area=Area.SPOT, params=PARAMS)
    texts = [said.why, said.how, said.condition]
    sentences = [sentence for text in texts for sentence in re.split(r"[.:;]\s", text)]
    assert [sentence for sentence in sentences if len(sentence.split()) > LONGEST_SENTENCE] == []
    assert [text for text in texts if OTHER_WORDS.search(text)] == []


@pytest.mark.parametrize("condition", list(CONDITIONS))
def test_condition_named_by_a_finding_replaces_the_wordings_own(condition: str) -> None:
    said = say("spot", area=Area.SPOT, params={**PARAMS, "condition": condition})
    assert said.condition == str(CONDITIONS[condition]) % {**PARAMS, "until_at": "31 Dec 2026, 08:00 UTC"}


def test_times_are_full_dates_and_factors_have_their_names() -> None:
    assert (
        say("locked", area=Area.EARN_LOCKED, params=PARAMS).condition
        == "On 31 Dec 2026, 08:00 UTC, when the lock ends."
    )
    assert "e-mail code, text message code" in say("factors", area=Area.SECOND_FACTOR, params=PARAMS).why
