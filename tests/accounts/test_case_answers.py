"""Words that answers begin with: one for each kind of case, in the language of whoever reads them."""

import pytest
from django.utils import translation

from accounts import case_answers
from accounts.case_messages import MAX_TEXT
from accounts.enums import CaseKind

pytestmark = pytest.mark.row("L04", "L02")


def test_every_kind_has_words_that_fit() -> None:
    codes = [code for code, _name in case_answers.choices()]
    assert codes == [*CaseKind.values, "documents", "more", "done"]
    for code in codes:
        text = case_answers.text_of(code, language="en")
        assert 0 < len(text) <= MAX_TEXT
        # Nobody is told to send what opens an account.
        assert "delete" not in text.lower()


def test_words_are_in_the_customer_s_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(case_answers.TEMPLATES, "language", ("", _Spoken()))
    with translation.override("en"):
        assert [case_answers.text_of("language", language=each) for each in ("en", "", "xx")] == ["en", "en", "en"]
    assert case_answers.text_of("none", language="en") == ""


class _Spoken:
    """Says in which language it is said."""

    def __str__(self) -> str:
        return translation.get_language()
