"""Where we serve, from when until when, and what follows: regions.toml as data (M05, K03)."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

FILE = Path(__file__).with_name("regions.toml")
CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
DATES = frozenset({"supported_from", "supported_until", "leave_by"})


@dataclass(frozen=True, kw_only=True)
class Region:
    """A country, or a part of one that differs from it."""

    code: str
    name: str
    supported_from: date | None = None
    supported_until: date | None = None
    leave_by: date | None = None

    def is_supported(self, day: date) -> bool:
        """Tell whether we serve there on a day; both days are days of service."""
        begun = self.supported_from is not None and self.supported_from <= day
        return begun and (self.supported_until is None or day <= self.supported_until)


@cache
def regions(path: Path = FILE) -> Mapping[str, Region]:
    """Return every region by code, by name in order; raises ImproperlyConfigured for a list that makes no sense."""
    try:
        found = [_region(path, code, given) for code, given in tomllib.loads(path.read_text(encoding="utf-8")).items()]
    except tomllib.TOMLDecodeError as error:
        raise ImproperlyConfigured(f"{path.name}: {error}") from error
    return {each.code: each for each in sorted(found, key=lambda each: each.name)}


def codes_of(country: str, part: str) -> list[str]:
    """Return the codes that concern who lives somewhere, the nearest first; none where that is not known."""
    if not country:
        return []
    return [f"{country}-{part}", country] if part else [country]


def region_of(country: str, part: str) -> Region | None:
    """Return the nearest listed region of who lives somewhere, None where none is listed: not supported, then."""
    return next((regions()[code] for code in codes_of(country, part) if code in regions()), None)


def _region(path: Path, code: str, given: Any) -> Region:
    if not CODE.fullmatch(code) or not isinstance(given, dict):
        raise ImproperlyConfigured(f"{path.name}: [{code}] is no code of a region: write US, or US-NY")
    unknown = given.keys() - DATES - {"name"}
    if unknown or not isinstance(given.get("name"), str) or not given["name"].strip():
        raise ImproperlyConfigured(
            f"{path.name}: [{code}] needs a name, and knows {', '.join(sorted(DATES))} beside it"
        )
    if any(type(given[each]) is not date for each in given.keys() & DATES):
        raise ImproperlyConfigured(f"{path.name}: [{code}] write days as 2026-03-31, without a time")
    region = Region(code=code, **given)
    days = [day for day in (region.supported_from, region.supported_until, region.leave_by) if day is not None]
    if days != sorted(days) or (region.supported_until and not region.supported_from):
        raise ImproperlyConfigured(f"{path.name}: [{code}] supported_from, supported_until and leave_by follow in time")
    return region
