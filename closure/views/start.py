"""The public start page, and the first step: reading the notes."""

import json
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.models import Account
from accounts.tallies import LimitReached
from accounts.views.pages import Page
from closure import captcha, notes
from closure.enums import Area, RequestChannel, Step, Verdict
from closure.forms.journey import RisksForm
from closure.models import ClosureRequest
from closure.operations.acknowledge import acknowledge
from closure.operations.captcha import is_asked_of, pass_captcha
from closure.operations.check import run_check
from closure.operations.start import start
from closure.policy import loader
from closure.views import words
from closure.views.instead import alternatives
from closure.views.pages import JourneyPage, draft_of, first_open_url, marks


class CloseView(Page):
    """What happens, how long it takes, what is needed, and what may be enough instead (C03, C06-C08)."""

    template_name = "closure/start.html"

    def context(self) -> dict[str, Any]:
        """Return the facts of the policy in force and where to go on."""
        policy = loader.current()
        user = self.request.user
        draft = draft_of(user) if isinstance(user, Account) else None
        next_url = first_open_url(draft)
        if draft is None and not user.is_authenticated:
            next_url = f"{reverse('sign-in')}?{urlencode({'next': next_url})}"
        return {
            "request_open": draft is not None,
            "next_url": next_url,
            "web_open": words.web_open(policy),
            "frozen_text": words.frozen(policy),
            "wait_text": words.wait(policy),
            "due_text": words.due(policy),
            "needs": words.needs(policy),
            "stays": words.stays(policy),
            "alternatives": alternatives(policy),
        }


class RisksView(JourneyPage):
    """The notes; the ticks start the request, acknowledge them all and run the first check."""

    template_name = "closure/risks.html"
    form_class = RisksForm
    step = Step.RISKS

    found: ClosureRequest | None

    def elsewhere(self) -> HttpResponse | None:
        """Open always: this is the first step. Without a request the tick makes one."""
        self.found = draft_of(self.account)
        return None

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """Render the notes; the request may not exist yet."""
        return super(JourneyPage, self).show(status=status, steps=marks(self.found, self.step), **more)

    @property
    def notes(self) -> tuple[notes.Note, ...]:
        """The notes in the words of the policy that will be or is pinned, and of the customer's VIP level."""
        policy = loader.from_pinned(self.found.policy) if self.found else loader.current()
        return notes.notes(policy, vip=self.account.vip)

    def context(self) -> dict[str, Any]:
        """Return the notes that have one tick together, and the captcha behind them."""
        told: dict[str, Any] = {"notes": [note for note in self.notes if note.code not in notes.OWN_TICK]}
        return told | {"captcha": self.captcha()} if is_asked_of(self.found) else told

    def captcha(self) -> dict[str, Any]:
        """Return a sum for a script, where one may be had, and the wait of a page without: one that is good goes on."""
        now, given = clock.now(), self.request.POST.get("waited", "")
        keeps = bool(given) and captcha.is_wait_good(self.account, given, now=now)
        try:
            challenge = captcha.challenge(self.account, now=now)
        except LimitReached:
            challenge = None
        return {
            "challenge": json.dumps(challenge) if challenge else "",
            "waited": given if keeps else captcha.wait_token(self.account, now=now),
            "seconds": int(captcha.WAIT.total_seconds()),
        }

    def make_form(self, data: Any = None) -> RisksForm:
        """Return the ticks: one for the notes, one for each item."""
        items = [(note.code, str(note.text)) for note in self.notes if note.code in notes.OWN_TICK]
        return RisksForm(data, items=items)

    def act(self, form: RisksForm) -> HttpResponseBase:
        """Start or go on, acknowledge, pass the captcha where one is asked, check (C05)."""
        now = clock.now()
        self.draft = start(self.account, channel=RequestChannel.WEB, actor=self.actor, now=now)
        acknowledge(self.draft.pk, notes.NOTE_CODES, actor=self.actor, now=now)
        given = form.cleaned_data
        pass_captcha(self.draft.pk, answer=given["captcha"], waited=given["waited"], actor=self.actor, now=now)
        run = run_check(self.draft.pk, actor=self.actor, now=now)
        if run.verdict != Verdict.CLEAR:
            return redirect("close-check")
        # Nothing to clear and nothing to accept: the steps above lead back to what was checked (B07, acceptance 12).
        text = _("We checked %(areas)d areas of your account. Nothing stops you closing it.")
        messages.success(self.request, text % {"areas": len(Area)})
        return self.go_on()
