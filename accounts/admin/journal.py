"""The journal for looking at: codes, opaque ids and digests. Free text is shown where it is worked with, not here."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import announcements, audit, case_claiming, cases, clock, journal_excerpt, journal_state, presenters
from accounts.admin import explorer
from accounts.admin.base import (
    UNPROCESSABLE,
    Facts,
    ViewOnlyAdmin,
    account_key,
    account_link,
    actor_of,
    actor_words,
    refused_status,
)
from accounts.admin.explorer import ExplorerForm
from accounts.admin.forms import ReasonForm
from accounts.exceptions import PortalError
from accounts.journal_search import Asked
from accounts.models import Event
from accounts.templatetags.portal_ui import tag, when

WORDS: Mapping[str, str | Promise] = {
    **presenters.WORDS,
    announcements.PUBLISHED: gettext_lazy("Announcement published"),
    announcements.ENDED: gettext_lazy("Announcement ended"),
    cases.OPENED: gettext_lazy("Case opened"),
    cases.RESOLVED: gettext_lazy("Case resolved"),
    case_claiming.CLAIMED: gettext_lazy("Case claimed"),
    case_claiming.TAKEN_OVER: gettext_lazy("Case taken over from another desk"),
    case_claiming.RELEASED: gettext_lazy("Case given back"),
    "contact.bounced": gettext_lazy("Contact cannot be reached: messages bounce"),
    "contact.complained": gettext_lazy("Message reported by its reader"),
    "contact.delayed": gettext_lazy("Message not delivered for now"),
    "message.requeued": gettext_lazy("Message queued again by staff"),
    "staff.link_issued": gettext_lazy("Enrollment link for staff issued"),
    audit.VERIFIED: gettext_lazy("Journal verified"),
    journal_excerpt.EXPORTED: gettext_lazy("Part of the journal exported"),
}


class EventAdmin(ViewOnlyAdmin[Event]):
    """What happened, newest first: by account, by whom, of which kind, of which days, and how it is sealed."""

    words: ClassVar[Mapping[str, str | Promise]] = WORDS
    account_hint: ClassVar[str | Promise] = gettext_lazy(
        "An id, an e-mail address or phone number in full, or the reference of a case."
    )

    def more_urls(self) -> list[URLPattern]:
        """Add taking along."""
        return [path("export/", self.admin_site.admin_view(self.export_view), name=f"{self.route}_export")]

    def whose(self, term: str) -> UUID:
        """Return the account that a search means."""
        return explorer.of_case(term) or account_key(term)

    def said(self, event: Event) -> str:
        """What happened, in words where there are any."""
        return str(self.words.get(event.action, event.action))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show what the address asks for."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._page(request, self._form(request), **(extra_context or {}))

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Answer with what the address asks for, as a file of proofs, for a reason."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form, why = self._form(request), ReasonForm(request.POST)
        asked, status = form.asked(), UNPROCESSABLE
        if asked is not None and why.is_valid():
            try:
                return self._export(request, asked, why.cleaned_data["reason"])
            except PortalError as error:
                why.add_error(None, error.message)
                status = refused_status(error)
        return self._page(request, form, why, status=status)

    def _export(self, request: HttpRequest, asked: Asked, reason: str) -> HttpResponse:
        actor, now = actor_of(request), clock.now()
        file = journal_excerpt.excerpt(asked, reason=reason, actor=actor, now=now)
        answer = HttpResponse(file, content_type="application/jsonl")
        answer["Content-Disposition"] = f'attachment; filename="journal-{now:%Y%m%dT%H%M%SZ}.jsonl"'
        return answer

    def _form(self, request: HttpRequest) -> ExplorerForm:
        return ExplorerForm(request.GET, whose=self.whose, hint=self.account_hint)

    def _page(
        self, request: HttpRequest, form: ExplorerForm, why: ReasonForm | None = None, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        found = explorer.found(form.asked(), request.GET)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Journal"),
            "form": form,
            "refused": why if why is not None and why.errors else form,
            "found": found,
            "lines": [
                (event, self.said(event), account_link(event.account_id), actor_words(event.actor), place)
                for event, place in found.rows
            ],
            "actions": explorer.choices(self.words),
            "standing": journal_state.standing(),
            "why": why or ReasonForm(),
            "may_export": journal_excerpt.can_export(actor_of(request)),
            "asked_for": request.GET.urlencode(),
            **more,
        }
        request.current_app = self.admin_site.name
        status = UNPROCESSABLE if form.errors else status
        return TemplateResponse(request, "staff/journal.html", context, status=status)

    def title(self, row: Event) -> str:
        """Return what happened."""
        return self.said(row)

    def facts(self, row: Event) -> Facts:
        """Return the event with its stored bytes, its hash, and how it is sealed."""
        body = json.dumps(json.loads(bytes(row.body)), indent=1, sort_keys=True, ensure_ascii=False)
        return [
            (_("When"), when(row.at)),
            (_("Code"), row.action),
            (_("Account"), account_link(row.account_id)),
            (_("By"), actor_words(row.actor)),
            *_seal(row),
            (_("As stored"), format_html("<pre tabindex='0'>{}</pre>", body)),
            (_("Keyed hash"), format_html("<code>{}</code>", bytes(row.leaf).hex())),
        ]


def _seal(event: Event) -> Facts:
    place = journal_state.place_of(event)
    if place is None:
        return [(_("Seal"), tag("info", _("not sealed yet")))]
    proof = tag("ok", _("as it was sealed")) if place.well else tag("danger", _("not as it was sealed"))
    first = _("by the checkpoint of %(size)s events") % {"size": place.signed_by.tree_size}
    return [
        (_("Place in the journal"), place.position),
        (_("Signed first"), format_html("{}, {}", first, when(place.signed_by.at))),
        (_("Proof, worked out now"), proof),
    ]
