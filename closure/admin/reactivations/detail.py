"""The page on which one reactivation is decided: note and document side by side, and each view that acts on it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from accounts import case_claiming, case_contacts, clock, restrictions
from accounts.admin.accounts import account_facts
from accounts.admin.base import (
    FORBIDDEN,
    UNPROCESSABLE,
    Facts,
    account_link,
    actor_of,
    refused_status,
)
from accounts.admin.desk import MOVES, RELEASE, TAKE_OVER
from accounts.exceptions import NotAllowed, PortalError
from closure.admin import looking
from closure.admin.forms import SeenForm
from closure.admin.reactivations import decisions, dossier, photos, story, words
from closure.admin.reactivations.decisions import Tried
from closure.admin.reactivations.forms import RULES, LookForm
from closure.admin.reactivations.told import ReactivationTold, messages_of
from closure.enums import ReactivationAction
from closure.exceptions import ReasonRequired, StaleDecision
from closure.models import Reactivation
from closure.operations import reactivate
from closure.reactivation.permissions import check_decide
from closure.reactivation.photos import unseen, wanted
from closure.reactivation.preview import preview

CONFLICT = 409
FIELDS: dict[type[PortalError], str] = {ReasonRequired: "reason"}


class ReactivationDetail(ReactivationTold):
    """One reactivation with everything that is needed to decide it. Decisions are closure.operations.reactivate."""

    record_template = "staff/reactivation.html"

    def more_urls(self) -> list[URLPattern]:
        """Add looking at the photos, claiming and deciding."""
        wrap = self.admin_site.admin_view
        views = {"look": self.look_view, "desk": self.desk_view, "decide": self.decide_view}
        mine = [path(f"<uuid:key>/{name}/", wrap(view), name=f"{self.route}_{name}") for name, view in views.items()]
        return [*super().more_urls(), *mine]

    def find(self, request: HttpRequest, key: UUID) -> Reactivation:
        """Return it with its account and its case."""
        found = super().find(request, key)
        rows: QuerySet[Reactivation] = Reactivation.objects.select_related("account", "case")
        return rows.get(pk=found.pk)

    def title(self, row: Reactivation) -> str:
        """Return the reference."""
        return _("Reactivation %(reference)s") % {"reference": row.reference}

    def facts(self, row: Reactivation) -> Facts:
        """Return how it stands, and what was chosen."""
        return dossier.facts(row, now=clock.now())

    def show(self, request: HttpRequest, row: Reactivation, *, status: int = 200, **more: Any) -> HttpResponse:
        """Add the photos, the account, the timeline and what may be decided."""
        actor, now = actor_of(request), clock.now()
        tried = more.pop("tried", None)
        at_work = words.standing(row, actor, now)
        is_anothers = at_work is not None and at_work.is_anothers
        # What was refused is shown again with what was typed, whoever has it by now.
        offers = [] if is_anothers and tried is None else decisions.offers(row, actor, tried=tried)
        sent = photos.counting(row)
        shown = photos.shown(request, sent, now)
        context = {
            "photos": shown,
            "all_open": bool(shown) and all(each.src for each in shown),
            "earlier": photos.earlier(row, sent),
            "may_look": dossier.may_look(actor, row),
            "look_form": LookForm(),
            "warnings": dossier.warnings(row),
            "beside": case_contacts.open_beside(row.case),
            "offers": offers,
            "desk": at_work,
            "why_nothing": "" if offers or is_anothers else decisions.why_nothing(row),
            "waiting_for": decisions.waiting_for(row, actor),
            "lacking": bool(offers) and not {each.kind for each in sent} >= set(wanted(row)),
            "unseen": bool(offers) and bool(unseen(row, actor)),
            "lines": story.lines(row),
            "account_facts": account_facts(row.account, now=now),
            "account_link": account_link(row.account_id),
            "restrictions": restrictions.active(row.account_id),
            "others": dossier.others(row),
            "told": messages_of(row),
            **more,
        }
        return super().show(request, row, status=status, **context)

    def look_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Open the photos for this session, for a reason that the journal keeps."""
        row = self.find(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form, status = LookForm(request.POST), UNPROCESSABLE
        if form.is_valid():
            try:
                reason = form.cleaned_data["reason"]
                lost = looking.open_photos(request, photos.counting(row), reason=reason, now=clock.now())
                for each in lost:
                    messages.error(request, words.cannot_be_opened(each))
                return redirect(f"{self.address(row)}#photos-title")
            except PortalError as error:
                form.add_error(None, error.message)
                status = refused_status(error)
        return self.show(request, row, status=status, look_form=form)

    def desk_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Claim, take over or give back, which is done to the case; a refusal comes back on the page as it is now."""
        row = self.find(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        move, actor, now = request.POST.get("move", ""), actor_of(request), clock.now()
        if move not in MOVES:
            raise Http404
        try:
            check_decide(actor, row)
            if move == RELEASE:
                case_claiming.release(row.case, actor=actor, now=now)
            else:
                case_claiming.claim(row.case, actor=actor, now=now, take_over=move == TAKE_OVER)
        except PortalError as error:
            messages.error(request, error.message)
            status = FORBIDDEN if isinstance(error, NotAllowed) else CONFLICT
            return self.show(request, self.find(request, key), status=status)
        return redirect(self.address(row))

    def decide_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Decide; a refusal comes back as the same page, with what was typed and why not."""
        row = self.find(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        kind = decisions.KINDS.get(request.POST.get("decision", ""))
        if kind is None:
            raise Http404
        check_decide(actor_of(request), row)
        form = kind.form(request.POST, auto_id=f"id_{kind.code}_%s")
        if not form.is_valid():
            return self._show_again(request, key, form, status=UNPROCESSABLE, tried=Tried(code=kind.code, form=form))
        asked = {**form.facts(), "actor": actor_of(request), "now": clock.now()}
        try:
            if "preview" in request.POST and kind.mails:
                found = preview(row.pk, ReactivationAction(kind.code), **asked)
                return self.show(request, row, tried=Tried(code=kind.code, form=form, preview=found))
            done = reactivate.decide(row.pk, kind.decision, **asked)
        except PortalError as error:
            form.add_error(FIELDS.get(type(error)), error.message)
            status = CONFLICT if isinstance(error, StaleDecision) else refused_status(error)
            return self._show_again(request, key, form, status=status, tried=Tried(code=kind.code, form=form))
        messages.success(request, decisions.done_words(kind.decision, done))
        return redirect(self.address(row))

    def _show_again(
        self, request: HttpRequest, key: UUID, form: SeenForm, *, status: int, tried: Tried
    ) -> HttpResponse:
        """Show a form again on the row as it stands now, with what is new since it was opened."""
        row = self.find(request, key)
        seen = form.cleaned_data.get("seen_version")
        new = [line for line in story.lines(row) if line.version > seen] if seen is not None else []
        # From now on it is about the reactivation as this page shows it.
        form.data = {
            **{name: form.data[name] for name in form.data},
            **_ticked(request),
            "seen_version": str(row.version),
        }
        since = {"lines": new} if new else None
        return self.show(request, row, status=status, refused=form, since=since, tried=tried)


def _ticked(request: HttpRequest) -> dict[str, list[str]]:
    """Return what was ticked, whole: of several values a form's data names the last alone."""
    return {name: request.POST.getlist(name) for name in RULES if name in request.POST}
