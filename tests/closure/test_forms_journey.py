"""Shapes of the journey's forms."""

import pytest

from accounts.forms import FactorsForm
from closure.forms.journey import ConfirmForm, DocumentForm, RisksForm, WarningsForm

FACTORS = [("a", "Code from the mail", "Six digits."), ("b", "Code from the app", "Six digits.")]


def test_risks_need_the_tick() -> None:
    assert RisksForm({"understood": "on"}).is_valid()
    assert RisksForm({}).errors == {"understood": ["Read the points, then tick the box."]}


def test_warnings_need_a_tick_each() -> None:
    warnings = [("nft", "NFTs"), ("referrals", "Commissions")]
    assert WarningsForm({"nft": "on", "referrals": "on"}, warnings=warnings).is_valid()
    form = WarningsForm({"nft": "on"}, warnings=warnings)
    assert form.errors == {"referrals": ["Tick this, or clear it first: Commissions"]}


def test_warnings_ticked_before_stay_ticked() -> None:
    form = WarningsForm(warnings=[("nft", "NFTs"), ("referrals", "Commissions")], ticked={"nft"})
    assert {name: field.initial for name, field in form.fields.items()} == {"nft": True, "referrals": False}


def test_no_warnings_need_nothing() -> None:
    form = WarningsForm({}, warnings=[])
    assert (form.is_valid(), form.codes) == (True, [])


def test_codes_lose_their_spaces_and_empty_ones_are_left_out() -> None:
    form = FactorsForm({"a": " 123 456 ", "b": ""}, factors=FACTORS)
    assert form.is_valid()
    assert form.codes == [("a", "123456")]


def test_codes_are_never_sent_back() -> None:
    form = FactorsForm({"a": "123456"}, factors=FACTORS)
    assert "123456" not in form.as_p()


def test_at_least_one_code_is_needed() -> None:
    assert FactorsForm({}, factors=FACTORS).non_field_errors() == ["Enter at least one code."]


@pytest.mark.parametrize(("typed", "right"), [("X 1", True), ("", False), ("9" * 129, False)])
def test_document_number_has_a_length(typed: str, right: bool) -> None:
    assert DocumentForm({"number": typed}).is_valid() is right


def test_password_is_asked_where_the_policy_says_so() -> None:
    assert ConfirmForm({}, ask_password=False).is_valid()
    assert list(ConfirmForm({}, ask_password=True).errors) == ["password"]


def test_password_keeps_its_spaces() -> None:
    form = ConfirmForm({"password": " a "}, ask_password=True)
    assert form.is_valid()
    assert form.cleaned_data["password"] == " a "
