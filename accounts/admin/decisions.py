"""What may be decided about a row, on its own page: each decision with its words, its reason and its operation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from django.contrib import messages
from django.db.models import Model
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise

from accounts import clock
from accounts.actors import Actor
from accounts.admin.base import UNPROCESSABLE, ViewOnlyAdmin, actor_of, refused_status
from accounts.admin.forms import ReasonForm
from accounts.exceptions import PortalError

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, kw_only=True)
class Decision(Generic[Row]):
    """One thing that may be done: its words, its operation, and when and to whom it is offered.

    The operation is told what its form says, under the names of its fields; `starts_with` fills the form in.
    """

    code: str
    heading: str | Promise
    consequence: str | Promise
    done: str | Promise
    operation: Callable[..., Row]
    offered: Callable[[Row, Actor], bool]
    form: type[ReasonForm] = ReasonForm
    starts_with: Callable[[Row], Mapping[str, Any]] = lambda _row: {}


class DecidedAdmin(ViewOnlyAdmin[Row]):
    """A table whose rows are decided about, each by the operations that it is given; some begin at a form here."""

    record_template = "staff/decided.html"
    decisions: ClassVar[Sequence[Decision[Any]]]

    def is_open_to(self, row: Row, actor: Actor) -> bool:
        """Tell whether the actor may decide anything about a row now; the operation asks again."""
        raise NotImplementedError

    def more_urls(self) -> list[URLPattern]:
        """Add deciding."""
        wrap = self.admin_site.admin_view
        return [path("<uuid:key>/<slug:what>/", wrap(self.decide_view), name=f"{self.route}_decide")]

    def show(self, request: HttpRequest, row: Row, *, status: int = 200, **more: Any) -> HttpResponse:
        """Add what this person may decide; `refused` is a form to show again, for the decision `what`."""
        actor, refused, what = actor_of(request), more.get("refused"), more.pop("what", "")
        open_to = self.is_open_to(row, actor)
        offers = [
            (decision, self._place(row, decision), refused if decision.code == what else _form(decision, row))
            for decision in self.decisions
            if open_to and decision.offered(row, actor)
        ]
        return super().show(request, row, status=status, offers=offers, **more)

    def decide_view(self, request: HttpRequest, key: UUID, what: str) -> HttpResponse:
        """Decide, with a reason."""
        row = self.find(request, key)
        decision = next((each for each in self.decisions if each.code == what), None)
        if decision is None:
            raise Http404
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form, status = _form(decision, row, request.POST), UNPROCESSABLE
        if form.is_valid():
            try:
                decision.operation(row.pk, actor=actor_of(request), now=clock.now(), **form.cleaned_data)
            except PortalError as error:
                form.add_error(None, error.message)
                status = refused_status(error)
        if form.errors:
            row.refresh_from_db()
            return self.show(request, row, status=status, refused=form, what=decision.code)
        messages.success(request, str(decision.done))
        return redirect(self.address(row))

    def form_page(
        self, request: HttpRequest, form: Form, *, template: str, title: str, status: int = UNPROCESSABLE
    ) -> TemplateResponse:
        """Render a page that begins a row, with what was wrong with its form; `status` is of a form with errors."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "form": form,
            "refused": form,
            "here": request.path,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, context, status=status if form.errors else 200)

    def _place(self, row: Row, decision: Decision[Any]) -> str:
        return reverse(f"admin:{self.route}_decide", args=[row.pk, decision.code])


def _form(decision: Decision[Row], row: Row, given: QueryDict | None = None) -> ReasonForm:
    return decision.form(given, auto_id=f"id_{decision.code}_%s", initial=dict(decision.starts_with(row)))
