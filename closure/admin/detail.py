"""The page on which one closure request is decided: what is known, and each view that acts on it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from accounts import cases, clock, restrictions
from accounts.admin.accounts import account_facts, open_case_by_form
from accounts.admin.base import FORBIDDEN, UNPROCESSABLE, Facts, account_link, actor_of, refused_status
from accounts.admin.forms import OpenCaseForm
from accounts.exceptions import NotAllowed, PortalError
from closure import queries, status_words
from closure.admin import decisions, desk, dossier, face, legal, links, news, rearm, release, story
from closure.admin.decisions import Tried
from closure.admin.forms import DecisionForm, SeenForm
from closure.admin.told import ToldAdmin, messages_of
from closure.enums import FINAL_STATES, Moment
from closure.exceptions import CaseRequired, ReasonRequired, StaleDecision
from closure.models import ClosureRequest
from closure.operations import desk as at_desk
from closure.operations.check import check_request
from closure.operations.face import record_face_outcome
from closure.operations.preview import preview
from closure.operations.rearm import rearm as rearm_parked
from closure.operations.release import release_dispute
from closure.permissions import can_decide, check_decide

CONFLICT = 409
FIELDS: dict[type[PortalError], str] = {ReasonRequired: "reason", CaseRequired: "case"}


class ClosureRequestDetail(ToldAdmin):
    """One request with everything that is needed to decide it. Decisions are closure.operations.review."""

    record_template = "staff/closure.html"

    def more_urls(self) -> list[URLPattern]:
        """Add deciding, checking again and opening a case."""
        wrap = self.admin_site.admin_view
        views = {
            "decide": self.decide_view,
            "desk": self.desk_view,
            "face": self.face_view,
            "rearm": self.rearm_view,
            "release": self.release_view,
            "check": self.check_view,
            "case": self.case_view,
        }
        mine = [path(f"<uuid:key>/{name}/", wrap(view), name=f"{self.route}_{name}") for name, view in views.items()]
        return [*super().more_urls(), *mine]

    def title(self, row: ClosureRequest) -> str:
        """Return the reference."""
        return _("Closure %(reference)s") % {"reference": row.reference}

    def facts(self, row: ClosureRequest) -> Facts:
        """Return state and dates."""
        return dossier.dates(row, now=clock.now()) + face.facts(row)

    def show(self, request: HttpRequest, row: ClosureRequest, *, status: int = 200, **more: Any) -> HttpResponse:
        """Add the account, both checks, the timeline and what may be decided."""
        actor = actor_of(request)
        submitted, latest = queries.submission_run(row), queries.latest_run(row)
        tried = more.pop("tried", None)
        at_work = desk.standing(row, actor, clock.now())
        is_anothers = at_work is not None and at_work.is_anothers
        # What was refused is shown again with what was typed, whoever has the request by now.
        offers = [] if is_anothers and tried is None else decisions.offers(row, actor, check=latest, tried=tried)
        calls = dossier.calls(row)
        context = {
            "offers": offers,
            "desk": at_work,
            "why_nothing": "" if offers or is_anothers else decisions.why_nothing(row),
            "waiting_for": decisions.waiting_for(row, actor),
            "account_facts": account_facts(row.account, now=clock.now()),
            "account_link": account_link(row.account_id),
            "restrictions": restrictions.active(row.account_id),
            "checks": dossier.comparison(submitted, latest),
            "may_check": can_decide(actor, row) and row.state not in FINAL_STATES and row.sealed_at is None,
            "lines": story.lines(row),
            "calls": dossier.call_lines(calls),
            "others": dossier.others(row),
            "linked": links.of(row),
            "holds": legal.of(row, actor),
            "told": messages_of(row),
            "seen": status_words.said(row, now=clock.now()),
            "cases": cases.of_account(row.account_id),
            "may_open_case": cases.can_handle(actor),
            "case_form": OpenCaseForm(),
            "face_form": face.form_for(row, actor),
            "release": release.standing(row, actor, bound=more.pop("release_form", None)),
            "parked": rearm.parked(row, actor, calls=calls, bound=more.pop("rearm_form", None)),
            **more,
        }
        return super().show(request, row, status=status, **context)

    def decide_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Decide; a refusal comes back as the same page, with what was typed and why not."""
        row = self.find(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        kind = decisions.KINDS.get(request.POST.get("decision", ""))
        if kind is None:
            raise Http404
        form = kind.form(request.POST, auto_id=f"id_{kind.code}_%s")
        if not form.is_valid():
            return self._show_again(request, key, form, status=UNPROCESSABLE, tried=Tried(code=kind.code, form=form))
        try:
            if "preview" in request.POST:
                return self._show_preview(request, row, kind, form)
            done = kind.operation(row.pk, actor=actor_of(request), now=clock.now(), **form.facts())
        except PortalError as error:
            return self._refuse(request, key, form, error, tried=Tried(code=kind.code, form=form))
        messages.success(request, decisions.done_words(kind, done))
        return redirect(self.address(row))

    def _show_preview(
        self, request: HttpRequest, row: ClosureRequest, kind: decisions.Kind, form: DecisionForm
    ) -> HttpResponse:
        """Show the message that this would send, with what was typed; nothing is decided."""
        given = form.facts()
        seen = {name: given[name] for name in ("template", "seen_version", "seen_check")}
        found = preview(row.pk, kind.action, actor=actor_of(request), now=clock.now(), **seen)
        return self.show(request, row, tried=Tried(code=kind.code, form=form, preview=found))

    def _refuse(
        self, request: HttpRequest, key: UUID, form: SeenForm, error: PortalError, **shown: Any
    ) -> HttpResponse:
        """Show the request as it stands now, with the form refused in the operation's words."""
        form.add_error(FIELDS.get(type(error)), error.message)
        status = CONFLICT if isinstance(error, StaleDecision) else refused_status(error)
        return self._show_again(request, key, form, status=status, **shown)

    def _show_again(
        self, request: HttpRequest, key: UUID, form: SeenForm, *, status: int, **shown: Any
    ) -> HttpResponse:
        """Show a form again on the request as it stands now, with what is new since it was opened."""
        row = self.find(request, key)
        since = news.since(row, form)
        # From now on it is about the request as this page shows it.
        typed = {name: form.data[name] for name in form.data}
        form.data = {**typed, **decisions.looked_at(row, queries.latest_run(row))}
        return self.show(request, row, status=status, refused=form, since=since, **shown)

    def desk_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Claim, take over or give back; a refusal comes back on the page as it stands now."""
        row = self.find(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        move, actor, now = request.POST.get("move", ""), actor_of(request), clock.now()
        if move not in {"claim", "take_over", "release"}:
            raise Http404
        try:
            if move == "release":
                at_desk.release(row.pk, actor=actor, now=now)
            else:
                at_desk.claim(row.pk, actor=actor, take_over=move == "take_over", now=now)
        except PortalError as error:
            messages.error(request, error.message)
            status = FORBIDDEN if isinstance(error, NotAllowed) else CONFLICT
            return self.show(request, self.find(request, key), status=status)
        return redirect(self.address(row))

    def face_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Keep the outcome of a face check; approving asks for it."""
        row = self.find(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        check_decide(actor_of(request), row)
        form = face.FaceForm(request.POST, consent=row.face_consent)
        if not form.is_valid():
            return self._show_again(request, key, form, status=UNPROCESSABLE, face_form=form)
        try:
            record_face_outcome(row.pk, actor=actor_of(request), now=clock.now(), **form.facts())
        except PortalError as error:
            return self._refuse(request, key, form, error, face_form=form)
        messages.success(request, _("The outcome of the face check is recorded."))
        return redirect(self.address(row))

    def rearm_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Start again what was parked."""
        row = self.find(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = rearm.RearmForm(request.POST)
        form.is_valid()
        try:
            rearm_parked(row.pk, actor=actor_of(request), now=clock.now(), **form.facts())
        except PortalError as error:
            return self._refuse(request, key, form, error, rearm_form=form)
        messages.success(request, _("It is tried again now."))
        return redirect(self.address(row))

    def release_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Propose to release a disputed account, or release what another person of compliance proposed."""
        row = self.find(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = release.ReleaseForm(request.POST)
        form.is_valid()
        try:
            released = release_dispute(row.pk, actor=actor_of(request), now=clock.now(), **form.facts())
        except PortalError as error:
            return self._refuse(request, key, form, error, release_form=form)
        messages.success(request, release.done_words(released=released))
        return redirect(self.address(row))

    def check_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Check the account again; this decides nothing and changes no state."""
        row = self.find(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        check_decide(actor_of(request), row)
        if row.state in FINAL_STATES or row.sealed_at is not None:
            raise Http404
        check_request(row, Moment.CHECK, now=clock.now())
        messages.success(request, _("The account was checked again."))
        return redirect(self.address(row))

    def case_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Open a case for the customer."""
        row = self.find(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        cases.check_handle(actor_of(request))
        form = OpenCaseForm(request.POST)
        if not open_case_by_form(request, form, row.account_id):
            return self.show(request, row, status=UNPROCESSABLE, case_form=form)
        return redirect(self.address(row))
