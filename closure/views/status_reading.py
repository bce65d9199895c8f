"""Balances and history of a frozen account, to look at in a status session, where the pinned policy allows (E02)."""

from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import StepUp
from closure import offers, read_access, reading
from closure.enums import Reading
from closure.exchange.contract import Transaction
from closure.policy.schema import StatusShows
from closure.views.check import found_item
from closure.views.stopping import FreshFactorPage

A_PAGE = 50


class ReadingPage(FreshFactorPage):
    """One page to look at; the first needs a code of another channel than the link's, which opens both."""

    template_name = "closure/status/reading.html"
    action = Reading.ACCOUNT
    shows: StatusShows
    title: ClassVar[str | Promise]

    def offered(self) -> bool:
        """Where the pinned policy says so, until sealing."""
        return self.shows in offers.readable(self.visit.request)

    def is_open(self) -> bool:
        """Whether this browser gave the code."""
        return read_access.is_open(self.request.session, self.visit)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send or check a code; there is nothing else to do here."""
        return self.here() if self.is_open() else super().post(request, *args, **kwargs)

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """Show the factors, or what they opened."""
        is_open = self.is_open()
        told = self.told() if is_open else {}
        readable = offers.readable(self.visit.request)
        return super().show(
            status=status, title=self.title, is_open=is_open, readable=readable, now=self.now, **told, **more
        )

    def told(self) -> dict[str, Any]:
        """Return what there is to see."""
        raise NotImplementedError

    def carry_out(self, step_up: StepUp, form: Any) -> None:
        """Open both pages for this session."""
        self.request.session.cycle_key()
        read_access.open_account(self.request.session, self.visit, step_up, now=self.now)

    def afterwards(self) -> HttpResponseBase:
        """Stay: it is shown now."""
        return self.here()


class BalancesView(ReadingPage):
    """What the account holds, area by area."""

    page = "status-balances"
    shows = StatusShows.BALANCES
    title = _("Your balances")

    def told(self) -> dict[str, Any]:
        """Return each area with what it holds."""
        held = reading.balances(self.visit.request.account, now=self.now)
        return {
            "areas": [
                (str(each.area.label), None if each.found is None else [found_item(item) for item in each.found])
                for each in held
            ]
        }


class HistoryView(ReadingPage):
    """What happened in the account, newest first."""

    page = "status-history"
    shows = StatusShows.HISTORY
    title = _("Your history")

    def told(self) -> dict[str, Any]:
        """Return one page of it; a very long one is a file."""
        try:
            past = reading.past(self.visit.request.account)
        except reading.GatewayError:
            return {"away": True}
        if past is None:
            return {"too_long": True, "export_until": offers.export_until(self.visit.request, now=self.now)}
        found = Paginator(past, A_PAGE).get_page(self.request.GET.get("page"))
        return {"past": [_line(each) for each in found], "found": found}


def _line(each: Transaction) -> dict[str, Any]:
    text = f"{each.text} {each.asset}"
    fee = "" if each.fee in {"", "0"} else f"{each.fee} {each.asset}"
    return {"at": each.time, "kind": str(each.kind.label), "text": text, "fee": fee, "reference": each.reference}
