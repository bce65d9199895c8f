"""Cases of matters at the console: what was sent is accepted, more is asked for, or it is refused (L04, L07)."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from accounts import case_desk, cases, clock
from accounts.admin.base import actor_of
from accounts.admin.inviting import InvitingCaseAdmin
from accounts.enums import MatterKind
from accounts.matters import NothingToSettle
from accounts.models import Case, Matter
from closure.admin import matters
from closure.operations import matter_answers
from closure.operations.matters import accept


class MatterCaseAdmin(InvitingCaseAdmin):
    """Support cases, with what is decided about the matter that one is about."""

    def more_urls(self) -> list[URLPattern]:
        """Add the three decisions."""
        wrap = self.admin_site.admin_view
        return [
            *super().more_urls(),
            path("<uuid:key>/accept/", wrap(self.accept_view), name="accounts_case_accept"),
            path("<uuid:key>/ask/", wrap(self.ask_view), name="accounts_case_ask"),
            path("<uuid:key>/refuse/", wrap(self.refuse_view), name="accounts_case_refuse"),
        ]

    def show(self, request: HttpRequest, row: Case, *, status: int = 200, **more: Any) -> HttpResponse:
        """Add the matter, what is still to be read or looked at, and the decisions."""
        actor = actor_of(request)
        matter = matters.of(row, actor)
        if matter is not None:
            more = {"matter": matter, **more}
            if matter.may_decide and not case_desk.is_of_another(row, actor, clock.now()):
                more = {**_decisions(matter), **({} if matter.is_read else {"may_read": True}), **more}
        return super().show(request, row, status=status, **more)

    def accept_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Take what was sent as proof."""
        return self.act(request, key, matters.AcceptForm, "accept_form", self._accept)

    def ask_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Ask the owner for more."""
        return self.act(request, key, self._broken_form(request, key, "ask"), "ask_form", self._ask)

    def refuse_view(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Refuse what was sent."""
        return self.act(request, key, self._broken_form(request, key, "refuse"), "refuse_form", self._refuse)

    def _accept(self, request: HttpRequest, case: Case, given: Any) -> None:
        actor, key = actor_of(request), _matter_of(request, case)
        accept(key, reason=given["reason"], seen=matters.seen_in(given), actor=actor, now=clock.now())
        messages.success(request, _("What the owner sent is accepted. The owner is told."))

    def _ask(self, request: HttpRequest, case: Case, given: Any) -> None:
        matter_answers.ask(_matter_of(request, case), **_told(request, given))
        messages.success(request, _("The owner is asked for more."))

    def _refuse(self, request: HttpRequest, case: Case, given: Any) -> None:
        matter_answers.refuse(_matter_of(request, case), **_told(request, given))
        messages.success(request, _("It is refused. The owner is told why."))

    def _broken_form(self, request: HttpRequest, key: UUID, name: str) -> type[forms.Form]:
        """Return the form with the rules of the matter; of a case that is about none, there is nothing to choose.

        Who may not decide is told so before anything that they typed.
        """
        if request.method == "POST":
            cases.check_handle(actor_of(request))
        matter = Matter.objects.filter(case=self.find(request, key)).first()
        return matters.broken_form(name, MatterKind(matter.kind) if matter is not None else MatterKind.REVIEW)


def _decisions(matter: matters.Shown) -> dict[str, forms.Form]:
    kind = MatterKind(matter.matter.kind)
    asked = {f"{name}_form": matters.broken_form(name, kind)() for name in ("ask", "refuse")}
    return {"accept_form": matters.AcceptForm(), **asked}


def _matter_of(request: HttpRequest, case: Case) -> UUID:
    cases.check_handle(actor_of(request))
    key = Matter.objects.filter(case=case).values_list("pk", flat=True).first()
    if key is None:
        raise NothingToSettle
    return key


def _told(request: HttpRequest, given: Any) -> dict[str, Any]:
    told = {"broken": given["broken"], "reason": given["reason"], "seen": matters.seen_in(given)}
    return {**told, "actor": actor_of(request), "now": clock.now()}
