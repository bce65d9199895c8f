"""The journal for looking at: codes, opaque ids and digests. Free text is shown where it is worked with, not here."""

import json

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import cases, presenters
from accounts.admin.base import CONTACT_SEARCH_HELP, Facts, ViewOnlyAdmin, account_key, account_link, actor_words
from accounts.models import Event
from accounts.templatetags.portal_ui import when

WORDS = {
    cases.OPENED: gettext_lazy("Case opened"),
    cases.RESOLVED: gettext_lazy("Case resolved"),
    "contact.bounced": gettext_lazy("Contact cannot be reached: messages bounce"),
    "contact.complained": gettext_lazy("Message reported by its reader"),
    "contact.delayed": gettext_lazy("Message not delivered for now"),
    "message.requeued": gettext_lazy("Message queued again by staff"),
    "staff.link_issued": gettext_lazy("Enrollment link for staff issued"),
}


class EventAdmin(ViewOnlyAdmin[Event]):
    """What happened, newest first; `?account_id=...` shows one account."""

    list_display = ("happened", "said", "shown_account", "who")
    list_display_links = ("said",)
    ordering = ("-id",)
    search_fields = ("account_id",)
    search_help_text = CONTACT_SEARCH_HELP

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Event], search_term: str
    ) -> tuple[QuerySet[Event], bool]:
        """Find the events of one account."""
        return (queryset.filter(account_id=account_key(search_term)) if search_term.strip() else queryset), False

    @admin.display(description=gettext_lazy("When"))
    def happened(self, event: Event) -> str:
        """When it happened."""
        return when(event.at)

    @admin.display(description=gettext_lazy("What"))
    def said(self, event: Event) -> str:
        """What happened, in words where there are any."""
        return str(WORDS.get(event.action) or presenters.sentence(event))

    @admin.display(description=gettext_lazy("Account"))
    def shown_account(self, event: Event) -> SafeString | str:
        """Whom it is about."""
        return account_link(event.account_id)

    @admin.display(description=gettext_lazy("By"))
    def who(self, event: Event) -> str:
        """Who acted."""
        return actor_words(event.actor)

    def title(self, row: Event) -> str:
        """Return what happened."""
        return self.said(row)

    def facts(self, row: Event) -> Facts:
        """Return the event with its stored bytes and its hash."""
        body = json.dumps(json.loads(bytes(row.body)), indent=1, sort_keys=True, ensure_ascii=False)
        return [
            (_("When"), when(row.at)),
            (_("Code"), row.action),
            (_("Account"), account_link(row.account_id)),
            (_("By"), actor_words(row.actor)),
            (_("As stored"), format_html("<pre tabindex='0'>{}</pre>", body)),
            (_("Keyed hash"), format_html("<code>{}</code>", bytes(row.leaf).hex())),
        ]
