"""Where we serve and where not, with dates and what follows, and what leads announce (M05)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any

from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import announcements, clock, open_matters, regions
from accounts.enums import MatterKind
from accounts.models import Account
from accounts.regions import Region
from accounts.templatetags.portal_ui import day
from accounts.views.pages import Page, customer_of

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A region with what is true of it, in sentences."""

    name: str
    says: list[str]


class RegionsView(Page):
    """The list, and what the reader's own account says of where they live."""

    template_name = "accounts/regions.html"

    def context(self) -> dict[str, Any]:
        """Return both lists, the announcements and the reader's own region."""
        now = clock.now()
        today, every, reader = now.astimezone(UTC).date(), regions.regions().values(), customer_of(self.request)
        return {
            "supported": [_line(each, today) for each in every if each.is_supported(today)],
            "unsupported": [_line(each, today) for each in every if not each.is_supported(today)],
            "announcements": announcements.shown(get_language() or "", now=now),
            "is_restricted": reader is not None and open_matters.stands(reader, MatterKind.UNSUPPORTED_REGION),
            "own": _own(reader, today) if reader is not None and reader.country else None,
        }


def _line(region: Region, today: date) -> Line:
    return Line(name=region.name, says=list(_says(region, today)))


def _says(region: Region, today: date) -> Iterator[str]:
    start, end = region.supported_from, region.supported_until
    if start is None:
        yield _("We have never served this region.")
    elif today < start:
        yield format_html(_("We serve it from {day} on."), day=day(start))
    elif end is None:
        yield format_html(_("Since {day}."), day=day(start))
    elif today <= end:
        words = _("Until {day}. After that day you can withdraw and close your account, but not trade.")
        yield format_html(words, day=day(end))
    else:
        yield format_html(_("Not any more since {day}."), day=day(end + DAY))
    if region.leave_by is not None and today <= region.leave_by:
        yield format_html(_("Withdraw what you have by {day}."), day=day(region.leave_by))


def _own(reader: Account, today: date) -> Line:
    """Return what is true of where the reader lives; what no line says is not taken for served."""
    found = regions.region_of(reader.country, reader.region)
    if found is None:
        return Line(
            name="-".join(filter(None, [reader.country, reader.region])), says=[_("We do not serve this region.")]
        )
    served = [] if found.is_supported(today) else [_("We do not serve this region.")]
    return Line(name=found.name, says=[*served, *_says(found, today)])
