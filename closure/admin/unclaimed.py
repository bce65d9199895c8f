"""Unclaimed property whose date has come: what the core says is held, and compliance says what was done (H03)."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.admin.decisions import Decision
from accounts.admin.filters import FixedFilter
from accounts.models import Account, DormancyNotice
from closure import reading
from closure.dormancy import handling
from closure.reading import Held

# What fits a page; the rest is counted.
MOST_SHOWN = 20
DECISIONS: tuple[Decision[DormancyNotice], ...] = (
    Decision(
        code="handle",
        heading=gettext_lazy("Handled"),
        consequence=gettext_lazy(
            "It is no work any more, and stays on the report. The portal moves nothing: write what was done, and where."
        ),
        done=gettext_lazy("It is handled."),
        operation=handling.handle,
        offered=lambda _row, _actor: True,
    ),
)


class HandledFilter(FixedFilter):
    """What somebody handled."""

    title = gettext_lazy("handled")
    parameter_name = "handled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return both sides."""
        return [("yes", gettext_lazy("Handled")), ("no", gettext_lazy("Not handled"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[DormancyNotice]) -> QuerySet[DormancyNotice]:
        """Keep one side."""
        asked = self.known()
        return queryset if asked is None else queryset.filter(handled_at__isnull=asked == "no")


def held_words(account: Account) -> str:
    """Return what the core says that an account holds now, in one line an area; what could not be read is not known."""
    held = reading.balances(account, now=clock.now())
    return "; ".join(f"{each.area.label}: {_items(each)}" for each in held) or _("nothing")


def _items(each: Held) -> str:
    if each.found is None:
        return _("not known, the core did not answer")
    texts = [_worth(item.amount, item.asset, item.value_usdt) for item in each.found[:MOST_SHOWN]]
    more = len(each.found) - len(texts)
    return ", ".join([*texts, _("and %(count)d more") % {"count": more}] if more else texts)


def _worth(amount: str, asset: str, value: str | None) -> str:
    held = f"{amount} {asset}".strip()
    return f"{held} ({value} USDT)" if value is not None else held
