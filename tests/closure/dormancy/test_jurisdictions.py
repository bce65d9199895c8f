"""The table of places: every line names its law and what counsel has to confirm, and a bad one is refused."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from closure.dormancy import jurisdictions
from closure.dormancy.jurisdictions import named_law, place_of, table

pytestmark = pytest.mark.row("H03", "I04")
GOOD = 'years = 3\nnotice_days = [365, 180]\nlaw = "a law"\nsource = "a page"\nto_confirm = "all of it"\n'


def test_a_region_goes_before_its_country() -> None:
    asked = [("US", "CA"), ("US", "ZZ"), ("US", ""), ("NO", ""), ("", "")]
    assert [place_of(*each) for each in asked] == ["US-CA", "US", "US", "", ""]
    assert {place: law.years for place, law in table().items()} == {
        "US": 3,
        "US-CA": 3,
        "US-DE": 5,
        "US-FL": 5,
        "US-IL": 5,
        "US-NY": 5,
        "US-TX": 3,
    }


def test_a_state_that_is_not_listed_is_never_told_later_than_one_that_is() -> None:
    assert table()["US"].years == min(law.years for place, law in table().items() if place.startswith("US-"))


def test_law_of_a_listed_place_is_named_with_its_section_and_where_it_was_read() -> None:
    listed = {place: law for place, law in table().items() if "-" in place}
    assert [place for place, law in listed.items() if not law.source.startswith("https://")] == []
    assert [place for place, law in listed.items() if not any(sign.isdigit() for sign in law.law)] == []
    assert named_law("US", "NY") == "New York Abandoned Property Law, section 1319 (unclaimed virtual currency)"
    # Of a country by states, "the law of the owner's state" tells nobody anything.
    assert [named_law(*each) for each in (("US", "ZZ"), ("US", ""), ("NO", ""))] == ["", "", ""]


@pytest.mark.parametrize(
    "wrong",
    [
        GOOD.replace("3", '"3"', 1),
        GOOD.replace("3", "0", 1),
        GOOD.replace("[365, 180]", "[365]"),
        GOOD.replace("[365, 180]", "[180, 365]"),
        GOOD.replace("[365, 180]", "[365, 90]"),
        GOOD.replace("[365, 180]", "[400, 180]"),
        GOOD.replace('"a law"', '""'),
        GOOD.replace('"a page"', '""'),
        GOOD.replace('source = "a page"\n', ""),
        GOOD.replace('to_confirm = "all of it"\n', ""),
        f'{GOOD}fee = "1"\n',
    ],
)
def test_a_line_that_cannot_be_used_is_refused(wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "jurisdictions.toml"
    monkeypatch.setattr(jurisdictions, "FILE", file)
    file.write_text(f"[NO]\n{GOOD}")
    assert list(table.__wrapped__()) == ["NO"]
    file.write_text(f"[NO]\n{wrong}")
    with pytest.raises(ImproperlyConfigured, match=r"jurisdictions\.toml: \[NO\]"):
        table.__wrapped__()
