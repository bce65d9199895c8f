"""How long each class of record is kept, from when, and on which legal basis (H01, H02): schedule.toml as data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from closure.retention.enums import RecordClass

FILE = Path(__file__).with_name("schedule.toml")
DEFAULT = "default"
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Jurisdiction:
    """What the law of one place asks for; a class without years is not lengthened by it."""

    years: Mapping[RecordClass, int]
    basis: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Under which terms an account closed: the years of its pinned policy (a class that it does not name has the
    default), its country (ISO 3166, or empty) and whether that may lengthen them."""

    years: Mapping[RecordClass, int]
    country: str
    may_lengthen: bool


@dataclass(frozen=True, kw_only=True)
class Period:
    """How many years a class is kept; `jurisdiction` is the country whose law lengthened it, or empty."""

    years: int
    jurisdiction: str = ""


@cache
def schedule(path: Path = FILE) -> Mapping[str, Jurisdiction]:
    """Return the schedule by country, "default" among them; raises ImproperlyConfigured for one that makes no sense."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    read = {place: _jurisdiction(place, entry) for place, entry in table.items()}
    if DEFAULT not in read or set(read[DEFAULT].years) != set(RecordClass):
        raise ImproperlyConfigured(f"{path.name}: [{DEFAULT}] must give years for {', '.join(RecordClass)}")
    return read


def period(record_class: RecordClass, terms: Terms) -> Period:
    """Return how long a class is kept under these terms: never less than the policy says."""
    asked = terms.years.get(record_class, schedule()[DEFAULT].years[record_class])
    law = schedule().get(terms.country) if terms.may_lengthen and terms.country != DEFAULT else None
    longest = law.years.get(record_class, 0) if law else 0
    return Period(years=longest, jurisdiction=terms.country) if longest > asked else Period(years=asked)


def expires_at(record_class: RecordClass, *, closed_at: datetime, terms: Terms) -> datetime:
    """Return when the time to keep a class is over: midnight UTC, at or after the exact anniversary of closing."""
    return anniversary(closed_at, period(record_class, terms).years)


def anniversary(closed_at: datetime, years: int) -> datetime:
    """Return the first midnight UTC at or after the anniversary; of 29 February in other years it is 1 March."""
    closed = closed_at.astimezone(UTC)
    try:
        day = closed.replace(year=closed.year + years)
    except ValueError:
        day = closed.replace(year=closed.year + years, month=3, day=1)
    midnight = datetime.combine(day.date(), time(), UTC)
    return midnight if midnight == day else midnight + DAY


def basis(record_class: RecordClass, country: str) -> str:
    """Return the law on which a class is kept: that of the country where it asks for this class, else the default."""
    law = schedule().get(country)
    return law.basis if law is not None and record_class in law.years else schedule()[DEFAULT].basis


def month_of(at: datetime) -> str:
    """Return the purge month of a time, such as 2031-11."""
    return at.astimezone(UTC).strftime("%Y-%m")


def month_after(month: str) -> str:
    """Return the month after one."""
    return month_of(end_of(month))


def end_of(month: str) -> datetime:
    """Return the moment at which a month is over."""
    first = datetime.strptime(f"{month}-01+0000", "%Y-%m-%d%z")
    return (first.replace(day=28) + 4 * DAY).replace(day=1).astimezone(UTC)


def _jurisdiction(place: str, entry: Mapping[str, object]) -> Jurisdiction:
    years = {RecordClass(name): value for name, value in entry.items() if name in set(RecordClass)}
    unknown = set(entry) - set(years) - {"basis", "source"}
    texts = [entry.get("basis"), entry.get("source")]
    if unknown or not all(isinstance(value, int) and value > 0 for value in years.values()):
        raise ImproperlyConfigured(f"schedule.toml: [{place}] gives whole years for {', '.join(RecordClass)}")
    if not all(isinstance(text, str) and text for text in texts):
        raise ImproperlyConfigured(f"schedule.toml: [{place}] needs a basis and a source")
    counted = {record_class: value for record_class, value in years.items() if isinstance(value, int)}
    return Jurisdiction(years=counted, basis=str(entry["basis"]), source=str(entry["source"]))
