"""Photos of evidence at the console: what was found of them, and the photo itself for whoever says why (L07)."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import cases, clock
from accounts.admin.base import CONTACT_SEARCH_HELP, Facts, ViewOnlyAdmin, account_key, account_link, actor_of
from accounts.admin.forms import ReasonForm
from accounts.exceptions import NotAllowed, PortalError
from accounts.templatetags.portal_ui import tag, when
from closure.admin import looking
from closure.enums import EvidenceKind
from closure.evidence import sightings, telling, words
from closure.evidence.contents import photo_of
from closure.evidence.enums import Outcome
from closure.evidence.verdicts import Verdict
from closure.models import Evidence
from closure.operations import evidence as operations

TONES = {Outcome.OK: "ok", Outcome.REFUSED: "danger", Outcome.NOT_CHECKED: "plain"}
# Whatever a browser makes of the file: it runs nothing, loads nothing, and is of no origin.
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


class EvidenceAdmin(ViewOnlyAdmin[Evidence]):
    """What customers sent, newest first; nobody sees a photo without a reason."""

    record_template = "staff/evidence.html"
    list_display = ("taken", "kind", "shown_case", "shown_account", "found")
    list_display_links = ("taken",)
    list_filter = ("kind",)
    list_select_related = ("case",)
    ordering = ("-id",)
    search_fields = ("kind",)
    search_help_text = CONTACT_SEARCH_HELP

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Evidence], search_term: str
    ) -> tuple[QuerySet[Evidence], bool]:
        """Find by the account behind a contact."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(account_id=account_key(search_term)), False

    @admin.display(description=gettext_lazy("Sent"))
    def taken(self, row: Evidence) -> str:
        """When it was sent."""
        return when(row.taken_at)

    @admin.display(description=gettext_lazy("Case"))
    def shown_case(self, row: Evidence) -> str:
        """The case that it is for."""
        return row.case.reference

    @admin.display(description=gettext_lazy("Account"))
    def shown_account(self, row: Evidence) -> SafeString | str:
        """Whose it is."""
        return account_link(row.account_id)

    @admin.display(description=gettext_lazy("Checks"))
    def found(self, row: Evidence) -> SafeString:
        """How many rules it breaks, and how many checks nobody made: it is fine only where neither is left."""
        verdicts = [Verdict.read(each) for each in row.verdicts]
        broken = sum(verdict.outcome is Outcome.REFUSED for verdict in verdicts)
        unchecked = len(telling.left_open(operations.SUBJECTS[EvidenceKind(row.kind)], verdicts))
        tags = [
            *([("danger", _("%(count)d against the rules") % {"count": broken})] if broken else []),
            *([("plain", _("%(count)d not checked") % {"count": unchecked})] if unchecked else []),
        ]
        return format_html_join(" ", "{}", ((tag(*each),) for each in tags or [("ok", _("fine"))]))

    def more_urls(self) -> list[URLPattern]:
        """Add looking at the photo, alone or in a page."""
        wrap = self.admin_site.admin_view
        return [
            path("<uuid:key>/look/", wrap(self.look_view), name="closure_evidence_look"),
            path("<uuid:key>/photo/", wrap(self.photo_view), name="closure_evidence_photo"),
        ]

    def title(self, row: Evidence) -> str:
        """Return what it shows."""
        return _("Photo of %(what)s") % {"what": row.get_kind_display()}

    def facts(self, row: Evidence) -> Facts:
        """Return what was found of it, and where else it was sent."""
        seen = sightings.find(row)
        facts: list[tuple[str, Any]] = [
            (_("Case"), row.case.reference),
            (_("Account"), account_link(row.account_id)),
            (_("Sent"), when(row.taken_at)),
            (_("Size"), f"{row.width} × {row.height}"),
        ]
        if row.taken_away_at is not None:
            facts.append((_("Taken away by its owner, kept by a hold"), when(row.taken_away_at)))
        return [
            *facts,
            *verdict_lines(row),
            (_("Same file in other cases"), self._links(seen.same)),
            (_("Looks alike in other cases"), self._links(seen.alike)),
        ]

    def _links(self, keys: tuple[UUID, ...]) -> SafeString | str:
        found = Evidence.objects.filter(pk__in=keys).select_related("case").order_by("pk")
        parts = ((self.address(row), row.case.reference) for row in found)
        return format_html_join(" ", '<a href="{}">{}</a>', parts) or _("none")

    def show(self, request: HttpRequest, row: Evidence, *, status: int = 200, **more: Any) -> HttpResponse:
        """Add the form that opens the photo, for those who may look."""
        may = cases.can_handle(actor_of(request))
        return super().show(request, row, status=status, **{"may_look": may, "form": ReasonForm(), **more})

    def look_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Give out the photo, once, for a reason that the journal keeps."""
        row = self.find(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = ReasonForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                reason = form.cleaned_data["reason"]
                return attachment(operations.look(row.pk, reason=reason, actor=actor_of(request), now=clock.now()))
            except PortalError as error:
                form.add_error(None, error.message)
                status = 403 if isinstance(error, NotAllowed) else 422
        return self.show(request, row, status=status, form=form)

    def photo_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Give out the photo to a page of a session that opened it a little while ago, with a reason (decision 25)."""
        row = self.find(request, key)
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        cases.check_handle(actor_of(request))
        if not looking.is_open(request, row.pk, clock.now()):
            raise NotAllowed(_("Say first why you look at it."))
        return attachment(row)


def verdict_lines(row: Evidence) -> list[tuple[str, SafeString]]:
    """Return what each check of a photo says, under the name of the check."""
    return [(str(words.CHECKS[verdict.check]), _told(verdict)) for verdict in map(Verdict.read, row.verdicts)]


def _told(verdict: Verdict) -> SafeString:
    """Return what a check says, as a tag, and the rule in words beside it."""
    return format_html("{} {}", tag(TONES[verdict.outcome], str(words.OUTCOMES[verdict.outcome])), words.rule(verdict))


def attachment(row: Evidence) -> HttpResponse:
    """Return the photo as a download that no browser runs; raises UnknownEvidence. Middleware says: kept by nobody."""
    headers = {
        "Content-Disposition": f'attachment; filename="{row.kind}-{row.pk.hex[-8:]}.jpg"',
        "Content-Security-Policy": SANDBOX,
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store, private",
    }
    return HttpResponse(photo_of(row), content_type="image/jpeg", headers=headers)
