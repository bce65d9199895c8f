"""What a customer was told of a request, or of a reactivation: the messages, each readable for a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import cases, clock
from accounts.admin.base import UNPROCESSABLE, M, ViewOnlyAdmin, actor_of, refused_status
from accounts.admin.forms import ReadCaseForm
from accounts.exceptions import PortalError
from accounts.messages import kept
from accounts.models import OutboxMessage
from closure.models import ClosureRequest

MOST = 50
NAMES: dict[str, str | Promise] = {
    "closure_confirmation": gettext_lazy("Confirmation of the request"),
    "closure_brake": gettext_lazy("Notice of the longer wait"),
    "closure_held": gettext_lazy("On hold"),
    "closure_cancelled": gettext_lazy("Cancelled"),
    "closure_rejected": gettext_lazy("Rejected"),
    "closure_disputed": gettext_lazy("Stopped by the owner"),
    "closure_dispute_released": gettext_lazy("Opened again after a dispute"),
    "residual_decided": gettext_lazy("Decision about an asset given up"),
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """One message, with its name in words."""

    row: OutboxMessage
    name: str | Promise
    is_kept: bool


def messages_of(request: ClosureRequest) -> list[Told]:
    """Return what its customer was told since the submission, oldest first."""
    return listed(_rows(request), NAMES)


def listed(rows: QuerySet[OutboxMessage], names: Mapping[str, str | Promise]) -> list[Told]:
    """Return messages under their names, oldest first."""
    found = rows.order_by("created_at", "id")[:MOST]
    return [Told(row=row, name=names[row.template], is_kept=kept.is_kept(row)) for row in found]


def _rows(request: ClosureRequest) -> QuerySet[OutboxMessage]:
    told = OutboxMessage.objects.filter(account_id=request.account_id, template__in=NAMES)
    return told.filter(created_at__gte=request.submitted_at)


class MessageReading(ViewOnlyAdmin[M]):
    """The page on which one message about a row is read."""

    names: ClassVar[Mapping[str, str | Promise]]

    def messages_about(self, row: M) -> QuerySet[OutboxMessage]:
        """Return the messages that its customer got about it."""
        raise NotImplementedError

    def more_urls(self) -> list[URLPattern]:
        """Add reading a message."""
        reading = self.admin_site.admin_view(self.message_view)
        return [path("<uuid:key>/messages/<uuid:message>/", reading, name=f"{self.route}_message")]

    def message_view(self, request: HttpRequest, key: UUID, message: UUID) -> HttpResponse:
        """Ask why, then show the words as they were sent; each look is an event."""
        row = self.find(request, key)
        told = self.messages_about(row).filter(pk=message).first()
        if told is None:
            raise Http404
        form, words, status = ReadCaseForm(request.POST or None), None, 200
        if request.method == "POST":
            status = UNPROCESSABLE
            if form.is_valid():
                try:
                    reason = form.cleaned_data["reason"]
                    words = kept.read(told.pk, actor=actor_of(request), reason=reason, now=clock.now())
                    status = 200
                except PortalError as error:
                    form.add_error(None, error.message)
                    status = refused_status(error)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "row": row,
            "title": _("Message: %(name)s") % {"name": self.names[told.template]},
            "told": told,
            "form": form,
            "may_read": cases.can_handle(actor_of(request)) and kept.is_kept(told),
            "words": words,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "staff/told.html", context, status=status)


class ToldAdmin(MessageReading[ClosureRequest]):
    """Messages about a closure request."""

    names = NAMES

    def messages_about(self, row: ClosureRequest) -> QuerySet[OutboxMessage]:
        """Return what its customer was told since the submission."""
        return _rows(row)
