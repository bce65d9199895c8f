"""Dead letters: messages that could not be delivered, for looking at and for trying again."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import cases, clock
from accounts.admin.base import (
    CONTACT_SEARCH_HELP,
    UNPROCESSABLE,
    Facts,
    ViewOnlyAdmin,
    account_key,
    account_link,
    actor_of,
    refused_status,
)
from accounts.admin.forms import ReasonForm
from accounts.enums import Delivery
from accounts.exceptions import PortalError
from accounts.messages import dead_letters
from accounts.models import OutboxMessage
from accounts.templatetags.portal_ui import tag, when


class MessageAdmin(ViewOnlyAdmin[OutboxMessage]):
    """What failed, newest first: kind, whose, why; never what it says, nor to which address."""

    record_template = "staff/message.html"
    list_display = ("template", "channel", "shown_account", "last_error", "attempts", "failed")
    list_display_links = ("template",)
    list_filter = ("channel",)
    ordering = ("-id",)
    search_fields = ("account_id",)
    search_help_text = CONTACT_SEARCH_HELP

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutboxMessage]:
        """Return what failed; what was queued again leaves the list."""
        return super().get_queryset(request).filter(state=Delivery.FAILED)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[OutboxMessage], search_term: str
    ) -> tuple[QuerySet[OutboxMessage], bool]:
        """Find the messages of one account."""
        return (queryset.filter(account_id=account_key(search_term)) if search_term.strip() else queryset), False

    @admin.display(description=gettext_lazy("Account"))
    def shown_account(self, message: OutboxMessage) -> SafeString | str:
        """Whom it is about."""
        return account_link(message.account_id)

    @admin.display(description=gettext_lazy("Failed"))
    def failed(self, message: OutboxMessage) -> str:
        """When it was given up."""
        return when(message.finished_at)

    def more_urls(self) -> list[URLPattern]:
        """Add trying again."""
        wrap = self.admin_site.admin_view
        return [path("<uuid:key>/requeue/", wrap(self.requeue_view), name="accounts_outboxmessage_requeue")]

    def title(self, row: OutboxMessage) -> str:
        """Return what kind of message it is."""
        return _("Message: %(kind)s") % {"kind": row.template}

    def facts(self, row: OutboxMessage) -> Facts:
        """Return why it failed, and whether it can be tried again."""
        kept = dead_letters.can_requeue(row)
        return [
            (_("Channel"), row.get_channel_display()),
            (_("Account"), account_link(row.account_id)),
            (_("Queued"), when(row.created_at)),
            (_("Failed"), when(row.finished_at)),
            (_("Attempts"), row.attempts),
            (_("Error"), row.last_error),
            (_("Contents"), tag("info", _("kept sealed")) if kept else tag("plain", _("wiped"))),
        ]

    def show(self, request: HttpRequest, row: OutboxMessage, *, status: int = 200, **more: Any) -> HttpResponse:
        """Render the page with the form, where the role and the message allow it."""
        may = cases.can_handle(actor_of(request)) and dead_letters.can_requeue(row)
        return super().show(request, row, status=status, **{"may_requeue": may, "form": ReasonForm(), **more})

    def requeue_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Try again."""
        message = self.find(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form, status = ReasonForm(request.POST), UNPROCESSABLE
        if form.is_valid():
            try:
                dead_letters.requeue(
                    message.pk, actor=actor_of(request), reason=form.cleaned_data["reason"], now=clock.now()
                )
            except PortalError as error:
                form.add_error(None, error.message)
                status = refused_status(error)
        if form.errors:
            return self.show(request, message, status=status, form=form)
        messages.success(request, _("The message is queued again."))
        return redirect(reverse("admin:accounts_outboxmessage_changelist"))
