"""Every refusal, rule, check and outcome has its words, and each refusal says what to do."""

import pytest

from closure.evidence import words
from closure.evidence.enums import Fault, Outcome, PhotoCheck, Refusal
from closure.evidence.verdicts import ok, refused

pytestmark = pytest.mark.row("J15")


def test_everything_has_its_words() -> None:
    assert (set(words.FILES), set(words.RULES)) == (set(Refusal), set(Fault))
    assert (set(words.CHECKS), set(words.OUTCOMES)) == (set(PhotoCheck), set(Outcome))
    told = [str(text) for text in (*words.FILES.values(), *words.RULES.values())]
    assert [text for text in told if len(text.rstrip(".").split(". ")) < 2] == []


def test_rule_is_told_where_one_is_broken() -> None:
    assert words.rule(ok(PhotoCheck.BLUR)) == ""
    assert words.rule(refused(PhotoCheck.BLUR, Fault.BLURRED)).startswith("The photo is blurred. ")
