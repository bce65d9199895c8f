"""The months that figures are of: whole ones, a year of them at most, so that no two ranges differ by a day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.exceptions import PortalError

MONTHS_IN_YEAR = 12
MOST_MONTHS = 12
USUAL_MONTHS = 3


class BadSpan(PortalError):
    """These are no months to count."""

    code = "bad_span"


@dataclass(frozen=True, kw_only=True)
class Span:
    """So many whole months, in UTC, from the first day of one on."""

    first: date
    months: int

    @property
    def last(self) -> date:
        """The last day."""
        return _later(self.first, self.months) - timedelta(days=1)

    @property
    def starts(self) -> list[datetime]:
        """When each month begins, and at the end when the next one would."""
        firsts = [_later(self.first, number) for number in range(self.months + 1)]
        return [datetime(first.year, first.month, 1, tzinfo=UTC) for first in firsts]


def lately(now: datetime) -> Span:
    """Return the month of now and the two before it."""
    this = now.astimezone(UTC).date().replace(day=1)
    return Span(first=_later(this, 1 - USUAL_MONTHS), months=USUAL_MONTHS)


def around(first: date, last: date, *, now: datetime) -> Span:
    """Return the whole months that these days lie in; raises BadSpan with what to do instead."""
    today = now.astimezone(UTC).date()
    if first > last:
        raise BadSpan(_("The first day is after the last one. Give the earlier day first."))
    if first > today:
        raise BadSpan(_("The first day is still to come. Give one up to today."))
    months = (last.year - first.year) * MONTHS_IN_YEAR + last.month - first.month + 1
    if months > MOST_MONTHS:
        raise BadSpan(
            ngettext("Give days within %(most)d month.", "Give days within %(most)d months.", MOST_MONTHS)
            % {"most": MOST_MONTHS}
        )
    return Span(first=first.replace(day=1), months=months)


def _later(first: date, months: int) -> date:
    """Return the first day of the month so many months later."""
    number = first.year * MONTHS_IN_YEAR + first.month - 1 + months
    return date(number // MONTHS_IN_YEAR, number % MONTHS_IN_YEAR + 1, 1)
