"""After how long the law of a place takes property as unclaimed: data, read once and checked (H03, I04)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

FILE = Path(__file__).with_name("jurisdictions.toml")
TEXTS = ("law", "source", "to_confirm")
FIELDS = frozenset({"years", "notice_days", *TEXTS})
# What the owner is promised everywhere: six to twelve months.
MOST_DAYS, LEAST_DAYS = 365, 180


@dataclass(frozen=True, kw_only=True)
class Jurisdiction:
    """The law of one place: years without activity, most and least days of notice, where its text was read, and what
    counsel has to confirm."""

    years: int
    most_days: int = MOST_DAYS
    least_days: int = LEAST_DAYS
    law: str = ""
    source: str = ""
    to_confirm: str = ""


@cache
def table() -> Mapping[str, Jurisdiction]:
    """Return every place that is listed; raises ImproperlyConfigured for a line that cannot be used."""
    return {place: _read(place, entry) for place, entry in tomllib.loads(FILE.read_text()).items()}


def place_of(country: str, region: str) -> str:
    """Return the listed place that somebody's address belongs to, the region before the country; empty: none."""
    return next((place for place in (f"{country}-{region}", country) if place in table()), "")


def named_law(country: str, region: str) -> str:
    """Return the law of somebody's place as it is named to them; empty where none is listed for that very place."""
    place = place_of(country, region)
    has_parts = any(each.startswith(f"{place}-") for each in table())
    return table()[place].law if place and not has_parts else ""


def _read(place: str, entry: Mapping[str, object]) -> Jurisdiction:
    years, notice = entry.get("years"), entry.get("notice_days")
    texts = {name: entry.get(name) for name in TEXTS}
    if set(entry) != FIELDS or not all(isinstance(text, str) and text for text in texts.values()):
        raise ImproperlyConfigured(f"jurisdictions.toml: [{place}] needs exactly {', '.join(sorted(FIELDS))}")
    if not isinstance(years, int) or years < 1 or not isinstance(notice, list) or len(notice) != 2:
        raise ImproperlyConfigured(f"jurisdictions.toml: [{place}] gives whole years and two numbers of notice_days")
    most, least = notice
    if not MOST_DAYS >= most >= least >= LEAST_DAYS:
        raise ImproperlyConfigured(
            f"jurisdictions.toml: [{place}] notice_days lie between {MOST_DAYS} and {LEAST_DAYS}"
        )
    said = {name: str(text) for name, text in texts.items()}
    return Jurisdiction(years=years, most_days=most, least_days=least, **said)
