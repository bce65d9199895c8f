"""The list of regions: days of service, whose region is whose, and a list that makes no sense is refused."""

from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts.regions import codes_of, region_of, regions

pytestmark = pytest.mark.row("M05")
GOOD = '[US]\nname = "United States"\nsupported_from = 2020-01-01\nsupported_until = 2024-12-31\n'


def read(tmp_path: Path, text: str) -> str:
    """Return what a list is refused with."""
    path = tmp_path / "regions.toml"
    path.write_text(text)
    with pytest.raises(ImproperlyConfigured) as refused:
        regions(path)
    return str(refused.value)


def test_a_region_is_served_from_its_first_day_to_its_last(tmp_path: Path) -> None:
    path = tmp_path / "regions.toml"
    path.write_text(f'{GOOD}[FR]\nname = "France"\n')
    known = regions(path)
    days = [date(2019, 12, 31), date(2020, 1, 1), date(2024, 12, 31), date(2025, 1, 1)]
    assert [known["US"].is_supported(day) for day in days] == [False, True, True, False]
    assert [known["FR"].is_supported(day) for day in days] == [False] * 4
    assert list(known) == ["FR", "US"]


def test_a_part_that_is_listed_is_nearer_than_its_country() -> None:
    assert codes_of("US", "NY") == ["US-NY", "US"]
    assert (codes_of("US", ""), codes_of("", "NY")) == (["US"], [])
    found = [region_of(*place) for place in (("US", "NY"), ("US", "CA"), ("XX", ""), ("", ""))]
    assert [region.code if region else None for region in found] == ["US-NY", "US", None, None]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[US", "regions.toml: "),
        (GOOD.replace("[US]", "[usa]"), "is no code of a region"),
        ("US = 1\n", "is no code of a region"),
        ("[US]\nsupported_from = 2020-01-01\n", "needs a name"),
        (f"{GOOD}since = 2020-01-01\n", "needs a name"),
        (GOOD.replace("2024-12-31", "2024-12-31T00:00:00Z"), "write days as 2026-03-31"),
        (GOOD.replace("2024-12-31", '"2024-12-31"'), "write days as 2026-03-31"),
        (GOOD.replace("2024-12-31", "2019-12-31"), "follow in time"),
        (GOOD.replace("supported_from", "leave_by"), "follow in time"),
        ('[US]\nname = "United States"\nsupported_until = 2024-12-31\n', "follow in time"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused_with_what_to_do(tmp_path: Path, text: str, words: str) -> None:
    assert words in read(tmp_path, text)
