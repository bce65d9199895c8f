"""One remedy as a page: what it is about, exactly what it would do, one press, and what became of it (B12).

Those that send or sell ask for a fresh second factor first; the verification is for exactly this action.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts import clock
from accounts.actors import Actor
from accounts.enums import SECOND_FACTORS, FactorKind
from accounts.exceptions import PortalError
from accounts.models import Account
from accounts.verification import changes
from accounts.verification.step_up import StepUpProof
from accounts.views.guarded import ACT, VERIFY, GuardedPage
from accounts.views.pages import FormPage, Page, SignedIn
from closure.enums import MoveState, RemedyCode, RemedyState
from closure.exceptions import NotCertain, PreviewChanged, UnknownRemedy
from closure.forms.remedy import MAX_ITEM, ChooseForm, ConfirmForm
from closure.models import RemedyRun
from closure.operations import give_up, remedy
from closure.operations.check import run_check
from closure.operations.settle_remedy import ask_again
from closure.preflight import remedies
from closure.preflight.remedies.remedy import Call, Option, Preview, Remedy
from closure.preflight.remedies.wordings import Line, refusal, say
from closure.views.pages import draft_of

CHECK = "close-check"
# What brings one's own assets together costs nothing.
COSTS = {Call.CLOSE_POSITIONS, Call.CONVERT_DUST, Call.SELL, Call.WITHDRAW, Call.WITHDRAW_FROZEN, Call.GIVE_UP}
FREE = frozenset(Call) - COSTS
TONES = {MoveState.DONE: "ok", MoveState.REFUSED: "danger", MoveState.TODO: "warn"}


class RemedyView(View):
    """Leads to the page of a remedy: with a verification of its own where it needs one."""

    def dispatch(self, request: HttpRequest, *args: Any, code: str, **kwargs: Any) -> HttpResponseBase:
        """Find the remedy among those there are."""
        try:
            found = remedies.find(code)
        except UnknownRemedy as error:
            raise Http404 from error
        page = GuardedRemedyPage if found.purpose is not None else PlainRemedyPage
        return page.as_view()(request, found=found)


class RemedyParts(View):
    """What both kinds of page share."""

    account: Account
    remedy: Remedy
    preview: Preview | None = None
    choices: Sequence[Option]

    def look(self) -> HttpResponseBase | None:
        """Read the account and say what would happen now; leads back to the check where nothing can."""
        self.remedy = self.kwargs["found"]
        self.item = self.request.GET.get("item", "")[:MAX_ITEM]
        actor, now = Actor.customer(self.account), clock.now()
        try:
            found = remedy.look(self.account, self.remedy.code, self.item, actor=actor, now=now)
        except PortalError as error:
            messages.warning(self.request, error.message)
            return redirect(CHECK)
        self.choices, self.preview = found.options, found.preview
        return None

    @property
    def back(self) -> str:
        """This page, with what was chosen."""
        return self.request.get_full_path()

    def confirm_form(self, data: Any = None) -> ConfirmForm:
        """Return the confirmation of what is shown; its key is a new one each time it is shown."""
        shown = self.preview.digest if self.preview is not None else ""
        return ConfirmForm(
            data, initial={"confirm": shown, "key": secrets.token_urlsafe(24)}, asks_name=self.remedy.typed
        )

    def told(self) -> dict[str, Any]:
        """Return what the templates say."""
        shown = self.preview
        return {
            "title": self.remedy.title,
            "is_free": shown is not None and {move.call for move in shown.moves} <= FREE,
            "verb": self.remedy.verb,
            "danger": self.remedy.typed,
            "preview": shown,
            "effects": [say(move.line) for move in shown.moves] if shown else [],
            "notes": [say(line) for line in shown.notes] if shown else [],
            "choose": ChooseForm(choices=[(each.item, say(each.line)) for each in self.choices]),
            "choices": self.choices,
            "needs_address": self.remedy.code is RemedyCode.WITHDRAW_CRYPTO,
            "also": _links(self.remedy.also),
            "blocked": shown is None,
            "back_url": reverse(CHECK),
            "back_text": _("Back to your check"),
        }

    def do(self, form: Any, *, proof: StepUpProof | None = None) -> HttpResponseBase:
        """Carry it out, check the account again, and show what became of it."""
        given = form.cleaned_data
        try:
            run = remedy.carry_out(
                self.account,
                self.remedy.code,
                self.item,
                confirmed=given["confirm"],
                key=given["key"],
                name=given.get("name", ""),
                proof=proof,
                actor=Actor.customer(self.account),
                now=clock.now(),
            )
        except PreviewChanged as error:
            messages.warning(self.request, error.message)
            return redirect(self.back)
        except NotCertain as error:
            run = error.run
        return _shown(self.account, run)


class PlainRemedyPage(SignedIn, RemedyParts, FormPage):
    """A remedy that keeps everything with its owner: looked at, pressed once."""

    template_name = "closure/remedy.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show what would happen."""
        return self.look() or self.show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do what was shown."""
        again = _known(request, self.account)
        return again or self.look() or super().post(request, *args, **kwargs)

    def make_form(self, data: Any = None) -> ConfirmForm:
        """Return the confirmation."""
        return self.confirm_form(data)

    def context(self) -> dict[str, Any]:
        """Return what would happen."""
        return self.told()

    def act(self, form: Any) -> HttpResponseBase:
        """Do it."""
        return self.do(form)

    def refuse(self, form: BaseForm, error: PortalError, field: str | None = None) -> HttpResponse:
        """Show the page again with the refusal; what is asked for by name has it at its field."""
        return super().refuse(form, error, "name" if "name" in form.fields else field)


class GuardedRemedyPage(RemedyParts, GuardedPage):
    """A remedy that sends, sells or takes away: a fresh second factor for exactly this, then one press (D07)."""

    template_name = "closure/remedy_guarded.html"

    @property
    def here(self) -> str:
        """Come back to what was chosen."""
        return self.back

    def prepare(self) -> HttpResponseBase | None:
        """Find what it would do; a choice comes before any verification."""
        again = _known(self.request, self.account)
        gone = again or self.look()
        if gone is None and self.remedy.purpose is not None:
            self.purpose, self.verb = self.remedy.purpose, self.remedy.verb
        return gone

    def subject(self) -> tuple[str, ...]:
        """Bind the verification to the action."""
        return remedy.subject(self.preview) if self.preview is not None else ()

    def kinds(self) -> frozenset[FactorKind]:
        """A mailed code moves no money."""
        return SECOND_FACTORS

    def doing(self) -> str:
        """Say what is verified."""
        if self.preview is None:
            return _("Choose what this is about.")
        if self.stage == VERIFY:
            return " ".join(say(move.line) for move in self.preview.moves)
        return _("Look at this first. Nothing happens before you confirm it.")

    def make_action_form(self, data: Any = None) -> ConfirmForm:
        """Return the confirmation."""
        return self.confirm_form(data)

    def context(self) -> dict[str, Any]:
        """Return what would happen."""
        told = self.told()
        if not changes.has_second_factor(self.account):
            told["blocked"], told["no_factor"] = True, True
        return told

    def carry_out(self, form: Any) -> HttpResponseBase:
        """Do it with the verification that was given."""
        if self.stage != ACT:
            return redirect(self.here)
        return self.do(form, proof=self.proof())


class RemedyResultView(SignedIn, Page):
    """What became of a remedy, move by move; what is not certain can be asked again and never happens twice."""

    template_name = "closure/remedy_result.html"

    def find(self) -> RemedyRun:
        """Return the remedy; raises Http404 for anybody else's."""
        try:
            return remedy.own(self.account, self.kwargs["run"])
        except UnknownRemedy as error:
            raise Http404 from error

    def context(self) -> dict[str, Any]:
        """Return each move in words, with what became of it."""
        run = self.find()
        words = {MoveState.DONE: _("Done"), MoveState.REFUSED: _("Not done"), MoveState.TODO: _("Not certain")}
        results = [
            {
                "text": say(Line(*move["line"])),
                "tone": TONES[MoveState(move["state"])],
                "word": words[MoveState(move["state"])],
                "reason": refusal(move["reason"]) if move["reason"] else "",
            }
            for move in run.moves
        ]
        return {
            "run": run,
            "results": results,
            "heading": _heading(run),
            "is_open": run.state == RemedyState.DOING,
            "nothing_moved": run.state == RemedyState.REFUSED,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask again."""
        run = self.find()
        try:
            ask_again(run, actor=Actor.customer(self.account), now=clock.now())
        except PortalError as error:
            messages.warning(request, error.message)
        return _shown(self.account, run)


class TakeBackView(SignedIn, View):
    """Keeps an asset that was to be given up."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take it back, then check again."""
        try:
            give_up.take_back(self.kwargs["residual"], actor=Actor.customer(self.account), now=clock.now())
            messages.success(request, _("You keep it. It is checked like everything else again."))
        except PortalError as error:
            messages.warning(request, error.message)
        _check_again(self.account)
        return redirect(CHECK)


def _known(request: HttpRequest, account: Account) -> HttpResponseBase | None:
    """Lead to what became of a confirmation that was sent before: what it was about may be gone by now."""
    key = request.POST.get("key", "") if request.method == "POST" else ""
    run = remedy.by_key(account, key) if key else None
    if run is None:
        return None
    return redirect("close-remedy-result", run=run.pk)


def _shown(account: Account, run: RemedyRun) -> HttpResponseBase:
    _check_again(account)
    return redirect("close-remedy-result", run=run.pk)


def _check_again(account: Account) -> None:
    """Let the check and its dates say what is left now (A20)."""
    draft = draft_of(account)
    if draft is not None:
        run_check(draft.pk, actor=Actor.customer(account), now=clock.now())


def _heading(run: RemedyRun) -> str:
    return {
        RemedyState.DONE: _("Done"),
        RemedyState.PARTLY: _("Done in part"),
        RemedyState.REFUSED: _("Nothing happened"),
        RemedyState.DOING: _("Not certain yet"),
    }[RemedyState(run.state)]


def _links(codes: tuple[RemedyCode, ...]) -> list[tuple[str, str]]:
    found = [remedies.find(code.value) for code in codes]
    return [(reverse("close-remedy", args=[each.code.value]), str(each.title)) for each in found]
