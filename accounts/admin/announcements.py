"""Announcements: what was told to whom and until when; leads publish and end, each by its operation (M05)."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import announcements, clock, regions
from accounts.actors import Actor
from accounts.admin.announcement_form import AnnouncementForm
from accounts.admin.base import Facts, actor_of, actor_words
from accounts.admin.decisions import DecidedAdmin, Decision
from accounts.exceptions import PortalError
from accounts.models import Announcement
from accounts.powers import PUBLISH
from accounts.templatetags.portal_ui import tag, when

DECISIONS: tuple[Decision[Announcement], ...] = (
    Decision(
        code="end",
        heading=gettext_lazy("End announcement"),
        consequence=gettext_lazy("It is taken off every page now. To say something else, publish another one."),
        done=gettext_lazy("The announcement is ended."),
        operation=announcements.end,
        offered=lambda row, actor: announcements.can_end(row, actor, now=clock.now()),
    ),
)


class AnnouncementAdmin(DecidedAdmin[Announcement]):
    """What everybody, or some region, is told."""

    decisions = DECISIONS
    record_template = "staff/announcement.html"
    change_list_template = "staff/announcements.html"
    list_display = ("__str__", "shown_state", "concerns", "begins", "ends")
    ordering = ("-id",)

    @admin.display(description=gettext_lazy("State"))
    def shown_state(self, row: Announcement) -> SafeString:
        """Whether it is shown now."""
        return state_tag(row, now=clock.now())

    @admin.display(description=gettext_lazy("Concerns"))
    def concerns(self, row: Announcement) -> str:
        """Whom it concerns."""
        known = regions.regions()
        return ", ".join(known[code].name if code in known else code for code in row.regions) or _("everybody")

    @admin.display(description=gettext_lazy("From"))
    def begins(self, row: Announcement) -> str:
        """Since when it is shown."""
        return when(row.starts_at)

    @admin.display(description=gettext_lazy("Until"))
    def ends(self, row: Announcement) -> str:
        """Until when it is shown."""
        return when(row.ends_at) if row.ends_at else _("ended by a lead")

    def more_urls(self) -> list[URLPattern]:
        """Add publishing."""
        publishing = path("publish/", self.admin_site.admin_view(self.publish_view), name=f"{self.route}_publish")
        return [publishing, *super().more_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Offer publishing to leads."""
        more = {"may_publish": actor_of(request).may(PUBLISH), **(extra_context or {})}
        return super().changelist_view(request, more)

    def title(self, row: Announcement) -> str:
        """Return its title."""
        return _("Announcement: %(title)s") % {"title": row}

    def facts(self, row: Announcement) -> Facts:
        """Return whom it concerns, when, and who did what."""
        facts: list[tuple[str, Any]] = [
            (_("State"), self.shown_state(row)),
            (_("Concerns"), self.concerns(row)),
            (_("From"), self.begins(row)),
            (_("Until"), self.ends(row)),
            (_("Published"), when(row.published_at)),
            (_("Published by"), actor_words(f"staff:{row.published_by}")),
        ]
        if row.ended_at:
            facts += [(_("Ended"), when(row.ended_at)), (_("Ended by"), actor_words(f"staff:{row.ended_by}"))]
        return facts

    def show(self, request: HttpRequest, row: Announcement, *, status: int = 200, **more: Any) -> HttpResponse:
        """Add the words in each language."""
        names = dict(settings.LANGUAGES)
        words = [(code, names.get(code, code), each) for code, each in row.texts.items()]
        return super().show(request, row, status=status, words=words, **more)

    def is_open_to(self, row: Announcement, actor: Actor) -> bool:
        """Leads end it, while there is something to end."""
        return actor.may(PUBLISH)

    def publish_view(self, request: HttpRequest) -> HttpResponse:
        """Publish."""
        actor = actor_of(request)
        if not actor.may(PUBLISH):
            raise PermissionDenied
        form = AnnouncementForm(request.POST or None, initial={"starts_at": clock.now()})
        if request.method == "POST" and form.is_valid():
            try:
                made = announcements.publish(**form.facts(), actor=actor, now=clock.now())
            except PortalError as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, _("The announcement is published."))
                return redirect(self.address(made))
        return self.form_page(request, form, template="staff/publish.html", title=_("Publish an announcement"))


def state_tag(row: Announcement, *, now: datetime) -> SafeString:
    """Return how it stands, as a tag."""
    if row.ended_at:
        return tag("plain", _("ended"))
    if announcements.is_over(row, now=now):
        return tag("plain", _("over"))
    return tag("ok", _("shown")) if row.starts_at <= now else tag("info", _("later"))
