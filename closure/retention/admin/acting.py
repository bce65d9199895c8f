"""Rows on which people act one after the other: what each may do now, as a form with its consequence and a reason."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.contrib import messages
from django.db.models import Model
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django_stubs_ext import StrPromise

from accounts import clock
from accounts.actors import Actor
from accounts.admin.base import ViewOnlyAdmin, actor_of
from accounts.exceptions import NotAllowed, PortalError
from closure.retention.admin.forms import ReasonForm

FORBIDDEN, UNPROCESSABLE = 403, 422
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing to do with a row: its operation and its words."""

    code: str
    verb: Callable[..., Any]
    button: StrPromise
    consequence: StrPromise
    done: StrPromise


class ActingAdmin(ViewOnlyAdmin[M]):
    """A list, and pages that offer what may be done with a row; the operations ask again."""

    acts: ClassVar[Mapping[str, Act]]

    def acts_for(self, row: M, actor: Actor) -> Sequence[Act]:
        """Return what the actor may do with a row now."""
        raise NotImplementedError

    def more_urls(self) -> list[URLPattern]:
        """Add acting."""
        wrap = self.admin_site.admin_view
        return [path("<uuid:key>/do/<slug:code>/", wrap(self.act_view), name=f"{self.route}_act")]

    def show(self, request: HttpRequest, row: M, *, status: int = 200, **more: Any) -> HttpResponse:
        """Add what this person may do; `refused` and `code` are a form that was not taken."""
        refused = more.pop("refused", None)
        code = more.pop("code", "")
        offers = [
            (act, refused if refused is not None and act.code == code else ReasonForm(auto_id=f"id_{act.code}_%s"))
            for act in self.acts_for(row, actor_of(request))
        ]
        more = {"act_route": f"admin:{self.route}_act", **more}
        return super().show(request, row, status=status, offers=offers, refused=refused, **more)

    def act_view(self, request: HttpRequest, key: UUID, code: str) -> HttpResponse:
        """Do what the form says."""
        row = self.find(request, key)
        act = self.acts.get(code)
        if act is None or request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form, status = ReasonForm(request.POST, auto_id=f"id_{act.code}_%s"), UNPROCESSABLE
        if form.is_valid():
            try:
                act.verb(row.pk, reason=form.cleaned_data["reason"], actor=actor_of(request), now=clock.now())
            except PortalError as error:
                form.add_error(None, error.message)
                status = FORBIDDEN if isinstance(error, NotAllowed) else UNPROCESSABLE
        if form.errors:
            row.refresh_from_db()
            return self.show(request, row, status=status, refused=form, code=act.code)
        messages.success(request, act.done)
        return redirect(self.address(row))

    def form_page(self, request: HttpRequest, form: Form, *, template: str, title: str) -> TemplateResponse:
        """Render a page that begins a row, with what was wrong with its form."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "form": form,
            "refused": form,
            "here": request.path,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, context, status=UNPROCESSABLE if form.errors else 200)
