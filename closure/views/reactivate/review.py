"""What will be sent, then what became of it: waiting, refused by rule, ended; and ending it oneself (J07, J15)."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts import clock
from accounts.exceptions import PortalError
from accounts.views.pages import Page
from closure.enums import EvidenceKind, ReactivationState
from closure.exceptions import LinkRefused
from closure.models.reactivation import OPEN_REACTIVATIONS
from closure.operations import reactivate
from closure.reactivation import photos, rules, session
from closure.views.reactivate.pages import (
    NOTE,
    PAGE_OF,
    REVIEW,
    SENT,
    InReactivation,
    StepPage,
    gone,
    marks,
    next_page,
)
from closure.views.reactivate.sent_photos import sent_photos

S = ReactivationState


class ReviewView(StepPage):
    """Every photo once more, each replaceable; then it goes to staff."""

    template_name = "closure/reactivate/review.html"
    step = REVIEW

    def elsewhere(self) -> HttpResponseBase | None:
        """Open when nothing is missing."""
        page = next_page(self.row)
        return None if page == REVIEW else redirect(page)

    def kinds(self) -> Sequence[EvidenceKind]:
        """Return everything that is sent."""
        return photos.wanted(self.row)

    def context(self) -> dict[str, Any]:
        """Return the photos and where each is replaced."""
        kept = sent_photos(self.row)
        return {
            "photos": [(kept[kind], reverse(PAGE_OF[kind])) for kind in self.kinds() if kind in kept],
            "document": capfirst(self.row.get_document_type_display()),
        }

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Hand it to staff."""
        gone_on = self.elsewhere()
        if gone_on is not None:
            return gone_on
        try:
            reactivate.submit(self.row.pk, actor=self.visit.actor, now=clock.now())
        except PortalError as error:
            messages.error(request, error.message)
            return redirect(REVIEW)
        return redirect(SENT)


class SentView(InReactivation, Page):
    """Where it stands: staff look at it, or it is over and another one may begin."""

    template_name = "closure/reactivate/sent.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it, or go where something is to be done."""
        page = next_page(self.row)
        return self.show() if page == SENT else redirect(page)

    def context(self) -> dict[str, Any]:
        """Return how it stands."""
        row = self.row
        return {
            "reactivation": row,
            "steps": marks(row, SENT),
            "waits": row.state == S.SUBMITTED,
            "refused": row.state == S.REFUSED,
            "broken": [rules.words(rule) for rule in rules.read(row.broken)],
        }

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Begin another one where this one is over, at once."""
        if self.row.state in OPEN_REACTIVATIONS:
            return redirect(next_page(self.row))
        try:
            session.start_again(request.session, now=clock.now())
        except LinkRefused:
            return gone(request)
        return redirect(NOTE)


class WithdrawView(InReactivation, Page):
    """End it: what that means, and one button."""

    template_name = "closure/reactivate/withdraw.html"

    def context(self) -> dict[str, Any]:
        """Return what is ended, and the way back."""
        return {"reactivation": self.row, "back_url": reverse(next_page(self.row))}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it while there is something to end."""
        return self.show() if self.row.state in OPEN_REACTIVATIONS else redirect(SENT)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """End it."""
        try:
            reactivate.withdraw(self.row.pk, actor=self.visit.actor, now=clock.now())
        except PortalError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("You withdrew it. Your account stays disabled."))
        return redirect(SENT)
