"""What the pages of the journey share: the request, the step indicator, and the rule that no step is skipped."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from accounts import clock
from accounts.actors import Actor
from accounts.exceptions import PortalError
from accounts.models import Account
from accounts.views.pages import FormPage, SignedIn
from closure import journey
from closure.enums import ClosureState, Step, StepState
from closure.exceptions import StepLocked, UnknownRequest
from closure.models import ClosureRequest
from closure.policy import loader
from closure.policy.schema import Policy

PAGES = {step: f"close-{step.value}" for step in Step}


@dataclass(frozen=True, kw_only=True)
class StepMark:
    """One mark of the step indicator; `url` is set for steps that are done, to look at them again."""

    label: str
    state: str
    current: bool
    url: str


def draft_of(account: Account) -> ClosureRequest | None:
    """Return the request that the customer is working on."""
    return ClosureRequest.objects.filter(account=account, state=ClosureState.DRAFT).select_related("account").first()


def first_open_url(request: ClosureRequest | None) -> str:
    """Return the page of the first step that is not done."""
    return reverse(PAGES[journey.first_open(request, now=clock.now()) if request else Step.RISKS])


class JourneyPage(SignedIn, FormPage):
    """A step: opens only when those before it are done, else leads to the first that is not (C05)."""

    step: ClassVar[Step]
    draft: ClosureRequest

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the step, or lead to the first open one."""
        return self.elsewhere() or self.show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take the step, unless it is not open: an old tab or a replayed form changes nothing."""
        return self.elsewhere() or self.take()

    def take(self) -> HttpResponseBase:
        """Read the form and act on it."""
        return super().post(self.request)

    def refuse(self, form: BaseForm, error: PortalError, field: str | None = None) -> HttpResponse:
        """Show what was refused; what another tab finished or ended leads to where it stands now."""
        if isinstance(error, StepLocked | UnknownRequest):
            return redirect(first_open_url(draft_of(self.account)))
        return super().refuse(form, error, field)

    def elsewhere(self) -> HttpResponse | None:
        """Return a redirect when this step may not be taken now."""
        found = draft_of(self.account)
        if found is None:
            return redirect("close")
        self.draft = found
        states = {step.name: step.state for step in journey.steps(found, now=clock.now())}
        if states.get(self.step, StepState.LOCKED) == StepState.LOCKED:
            return redirect(first_open_url(found))
        return None

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """Render the step with its indicator."""
        return super().show(status=status, steps=marks(self.draft, self.step), **more)

    @property
    def actor(self) -> Actor:
        """The owner, who alone closes an account (A18)."""
        return Actor.customer(self.account)

    @property
    def policy(self) -> Policy:
        """The policy pinned on the request (E08)."""
        return loader.from_pinned(self.draft.policy)

    def go_on(self) -> HttpResponse:
        """Lead to the first step that is not done."""
        self.draft.refresh_from_db()
        return redirect(first_open_url(self.draft))


def marks(request: ClosureRequest | None, current: Step) -> list[StepMark]:
    """Return the step indicator; without a request only the first step is open."""
    if request is None:
        states = [(step, StepState.OPEN if step is Step.RISKS else StepState.LOCKED) for step in Step]
    else:
        states = [(Step(step.name), StepState(step.state)) for step in journey.steps(request, now=clock.now())]
    return [
        StepMark(
            label=str(step.label),
            state=state.value,
            current=step is current,
            url=reverse(PAGES[step]) if state is StepState.DONE and step is not current else "",
        )
        for step, state in states
    ]
