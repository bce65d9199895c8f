"""The page of a case: read for a reason that the journal keeps, claimed, answered, resolved (L04, H07)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from accounts import case_answers, case_claiming, case_contacts, case_messages, cases, clock
from accounts.admin import case_desk
from accounts.admin.base import UNPROCESSABLE, Facts, account_link, actor_of, refused_status
from accounts.admin.case_list import CaseList
from accounts.admin.forms import AnswerCaseForm, DeskForm, ReadCaseForm, ResolveCaseForm, TemplateForm
from accounts.admin.tones import case_tag
from accounts.enums import MessageChannel
from accounts.exceptions import PortalError
from accounts.identifiers import mask
from accounts.models import Case, CaseMessage
from accounts.registration import KINDS
from accounts.templatetags.portal_ui import when

# Who gave a reason reads for so long in this session without giving it again.
READ_FOR = timedelta(minutes=15)
OPENED = "cases_read"
PREVIEW = "preview"


class CaseAdmin(CaseList):
    """Support cases, read for a reason, claimed, answered and resolved."""

    record_template = "staff/case.html"

    def more_urls(self) -> list[URLPattern]:
        """Add reading, claiming, answering and resolving."""
        wrap = self.admin_site.admin_view
        return [
            path("<uuid:key>/read/", wrap(self.read_view), name="accounts_case_read"),
            path("<uuid:key>/desk/", wrap(self.desk_view), name="accounts_case_desk"),
            path("<uuid:key>/answer/", wrap(self.answer_view), name="accounts_case_answer"),
            path("<uuid:key>/resolve/", wrap(self.resolve_view), name="accounts_case_resolve"),
        ]

    def title(self, row: Case) -> str:
        """Return the reference."""
        return _("Case %(reference)s") % {"reference": row.reference}

    def facts(self, row: Case) -> Facts:
        """Return what it is about and how it stands."""
        facts: list[tuple[str, Any]] = [
            (_("State"), case_tag(row)),
            (_("About"), row.get_kind_display()),
            (_("Account"), account_link(row.account_id)),
            (_("Opened"), when(row.created_at)),
            (_("Messages"), CaseMessage.objects.filter(case=row).count()),
        ]
        typed = case_contacts.of_case(row)
        if typed is not None:
            hint = mask(KINDS[MessageChannel(typed.channel)], case_contacts.value_of(typed))
            facts.append((_("Written by"), hint))
        if typed is not None and row.account_id is None and typed.account_id is not None:
            facts.append((_("Address of"), account_link(typed.account_id)))
            facts.append((_("Shown"), _("Nobody has shown yet that the address is theirs.")))
        return [*facts, (_("Resolved"), when(row.resolved_at))] if row.resolved_at else facts

    def show(self, request: HttpRequest, row: Case, *, status: int = 200, **more: Any) -> HttpResponse:
        """Add what was written, to who said why they read it, and the forms; one that was refused in any case."""
        actor, now = actor_of(request), clock.now()
        handles = cases.can_handle(actor)
        read = handles and _is_open(request, row, now)
        desk = case_desk.standing(row, actor, now)
        is_free = desk is not None and not desk.is_anothers
        words = case_answers.text_of(request.GET.get("template", ""), language=case_contacts.language_of(row))
        shapes = {
            "form": ResolveCaseForm(),
            "read_form": ReadCaseForm(),
            "answer_form": AnswerCaseForm(initial={"text": words}),
            "template_form": TemplateForm(request.GET if words else None, initial={"template": row.kind}),
            "desk": desk,
        }
        told: dict[str, Any] = {
            "may_read": (handles and not read) or "read_form" in more,
            "may_answer": (read and is_free) or "answer_form" in more,
            "may_resolve": (handles and is_free) or "form" in more,
            "read": read,
            "beside": case_contacts.open_beside(row),
        }
        if read:
            told["said"] = case_messages.of_case(row)
        return super().show(request, row, status=status, **{**told, **shapes, **more})

    def read_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Open what was written, for a reason."""
        return self.act(request, key, ReadCaseForm, "read_form", self._read)

    def _read(self, request: HttpRequest, case: Case, given: Any) -> None:
        now = clock.now()
        case_messages.read(case.pk, actor=actor_of(request), reason=given["reason"], now=now)
        still = {key: at for key, at in request.session.get(OPENED, {}).items() if _is_recent(at, now)}
        request.session[OPENED] = {**still, str(case.pk): now.isoformat()}

    def desk_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Claim it, give it back, or take it over."""
        return self.act(request, key, DeskForm, "desk_form", self._move)

    def _move(self, request: HttpRequest, case: Case, given: Any) -> None:
        actor, now, move = actor_of(request), clock.now(), given["move"]
        if move == case_desk.RELEASE:
            case_claiming.release(case, actor=actor, now=now)
        else:
            case_claiming.claim(case, actor=actor, now=now, take_over=move == case_desk.TAKE_OVER)
        messages.success(request, case_desk.done(move))

    def answer_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Answer; the customer is told that an answer waits. Asked for a preview it shows what they would read."""
        if request.method == "POST" and PREVIEW in request.POST:
            form = AnswerCaseForm(request.POST)
            told = {"preview": form.cleaned_data["text"]} if form.is_valid() else {}
            return self.show(request, self.find(request, key), status=200 if told else 422, answer_form=form, **told)
        return self.act(request, key, AnswerCaseForm, "answer_form", self._answer)

    def _answer(self, request: HttpRequest, case: Case, given: Any) -> None:
        case_messages.answer(case.pk, given["text"], actor=actor_of(request), now=clock.now())
        messages.success(request, _("Your answer waits for the customer, who is told so."))

    def resolve_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Resolve it."""
        return self.act(request, key, ResolveCaseForm, "form", self._resolve)

    def _resolve(self, request: HttpRequest, case: Case, given: Any) -> None:
        cases.resolve_case(case.pk, actor=actor_of(request), note=given["note"], now=clock.now())
        messages.success(request, _("Case %(reference)s is resolved.") % {"reference": case.reference})

    def act(
        self,
        request: HttpRequest,
        key: UUID,
        form_class: type[forms.Form],
        name: str,
        operation: Callable[[HttpRequest, Case, Any], None],
    ) -> HttpResponse:
        """Read a form, do what it says, come back; what is refused stands beside what was typed."""
        case = self.find(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form, status = form_class(request.POST), UNPROCESSABLE
        if form.is_valid():
            try:
                operation(request, case, form.cleaned_data)
            except PortalError as error:
                form.add_error(None, error.message)
                status = refused_status(error)
        if form.errors:
            return self.show(request, case, status=status, **{name: form})
        return redirect(self.address(case))


def _is_open(request: HttpRequest, case: Case, now: datetime) -> bool:
    opened = request.session.get(OPENED, {}).get(str(case.pk))
    return opened is not None and _is_recent(opened, now)


def _is_recent(opened: str, now: datetime) -> bool:
    return now - datetime.fromisoformat(opened) < READ_FOR
