"""Which answers of the help are of use, for who writes them: two counts each (M06)."""

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.base import Facts, ViewOnlyAdmin
from closure.models import HelpFeedback


class HelpFeedbackAdmin(ViewOnlyAdmin[HelpFeedback]):
    """The answers that were judged, those that helped least first."""

    list_display = ("slug", "helped", "not_helped", "share")

    def get_queryset(self, request: HttpRequest) -> QuerySet[HelpFeedback]:
        """Return the answers, most complaints over thanks first."""
        return super().get_queryset(request).order_by(F("helped") - F("not_helped"), "slug")

    @admin.display(description=gettext_lazy("Helped"))
    def share(self, row: HelpFeedback) -> str:
        """How many of a hundred it helped."""
        return f"{100 * row.helped // (row.helped + row.not_helped)} %"

    def facts(self, row: HelpFeedback) -> Facts:
        """Return the counts, and where the answer is."""
        return [
            (_("Answer"), self.link(row)),
            (_("It helped"), row.helped),
            (_("It did not help"), row.not_helped),
            (_("Helped"), self.share(row)),
        ]

    def link(self, row: HelpFeedback) -> SafeString:
        """The answer as customers see it."""
        return format_html('<a href="{}">{}</a>', reverse("help-answer", args=[row.slug]), row.slug)
