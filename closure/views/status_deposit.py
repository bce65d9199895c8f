"""Sending back what arrived while a closure waits, within the status session: that alone holds it (A19).

The same remedies as before closing, by the core's call for frozen accounts, each with a second factor for exactly this.
"""

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.exceptions import PortalError
from accounts.models import StepUp
from accounts.verification import step_up as steps
from accounts.views.factors import FactorCard
from closure import fresh_factor, offers, verification
from closure.enums import MoveState, RemedyCode
from closure.exceptions import NotCertain, PreviewChanged
from closure.forms.remedy import MAX_ITEM, ChooseForm
from closure.forms.status import ClearForm
from closure.fresh_factor import Withdrawal
from closure.models import RemedyRun
from closure.operations import remedy
from closure.preflight.remedies.remedy import Look, Option, Preview
from closure.preflight.remedies.wordings import Line, refusal, say
from closure.views.stopping import FreshFactorPage

WAYS = (RemedyCode.WITHDRAW_CRYPTO, RemedyCode.WITHDRAW_FIAT)
BETWEEN = "|"


class DepositView(FreshFactorPage):
    """What may be sent where, exactly what happens, one code, done."""

    template_name = "closure/status/deposit.html"
    page = "status-deposit"
    form_class = ClearForm
    choices: list[Option]
    preview: Preview | None
    problem: str

    def offered(self) -> bool:
        """While it is held for a deposit and for nothing of law or risk; the account is read then."""
        if not offers.clear_deposit(self.visit.request):
            return False
        self.look()
        return True

    def look(self) -> None:
        """Find every way out, and what the chosen one would do now; where there is one only, it is taken."""
        self.choices, self.preview, self.problem = [], None, ""
        for way in WAYS:
            found = self.ask(way, "")
            options = found.options if found is not None else []
            self.choices += [Option(item=f"{way}{BETWEEN}{each.item}", line=each.line) for each in options]
        known = [each.item for each in self.choices]
        chosen = self.request.GET.get("item", "")[:MAX_ITEM] or (known[0] if len(known) == 1 else "")
        if chosen in known:
            self.way, _between, self.item = chosen.partition(BETWEEN)
            seen = self.ask(self.way, self.item)
            self.preview = seen.preview if seen is not None else None
        if self.preview is not None:
            self.action = Withdrawal(remedy.subject(self.preview))

    def ask(self, way: str, item: str) -> Look | None:
        """Return what a remedy says now, None with the words of its refusal kept."""
        try:
            return remedy.look(self.visit.request.account, way, item, actor=self.visit.actor, now=self.now)
        except PortalError as error:
            self.problem = error.message
            return None

    def make_form(self, data: Any = None) -> Any:
        """Return the fields of the factors, with what is confirmed."""
        form = super().make_form(data)
        shown = self.preview.digest if self.preview is not None else ""
        form.initial = {"confirm": shown, "key": secrets.token_urlsafe(24)}
        return form

    def factor_cards(self, form: Any = None) -> list[FactorCard]:
        """Return the factors once it is clear what they are for."""
        return super().factor_cards(form) if self.preview is not None else []

    def running(self) -> StepUp | None:
        """Return the verification of this withdrawal."""
        return super().running() if self.preview is not None else None

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        """Show the choice, or what would happen, and what was done before."""
        shown = self.preview
        return super().show(
            status=status,
            preview=shown,
            effects=[say(move.line) for move in shown.moves] if shown else [],
            notes=[say(line) for line in shown.notes] if shown else [],
            choices=self.choices,
            choose=ChooseForm(choices=[(each.item, say(each.line)) for each in self.choices]),
            problem=self.problem,
            may_cancel=offers.cancel(self.visit.request),
            done=[line for run in self.runs() for line in _told(run)],
            **more,
        )

    def runs(self) -> list[RemedyRun]:
        """Return what was sent since it is held, the latest first."""
        request = self.visit.request
        return list(RemedyRun.objects.filter(account=request.account, created_at__gte=request.held_at).order_by("-id"))

    def here(self) -> HttpResponseBase:
        """Come back to what was chosen."""
        return redirect(self.request.get_full_path())

    def carry_out(self, step_up: StepUp, form: Any) -> None:
        """Send it, exactly as it was shown."""
        request = self.visit.request
        proof = steps.prove(
            step_up,
            account=request.account,
            purpose=fresh_factor.purpose_of(self.action),
            digest=verification.digest(request, self.action),
            now=self.now,
        )
        given = form.cleaned_data
        try:
            remedy.carry_out(
                request.account,
                self.way,
                self.item,
                confirmed=given["confirm"],
                key=given["key"],
                actor=self.visit.actor,
                now=self.now,
                proof=proof,
            )
        except (NotCertain, PreviewChanged) as error:
            messages.warning(self.request, error.message)

    def afterwards(self) -> HttpResponseBase:
        """Stay, where what became of it stands."""
        return redirect(self.page)


def _told(run: RemedyRun) -> list[dict[str, str]]:
    words = {
        MoveState.DONE: ("ok", _("Sent")),
        MoveState.REFUSED: ("danger", _("Not sent")),
        MoveState.TODO: ("warn", _("Not certain yet")),
    }
    told = []
    for move in run.moves:
        tone, word = words[MoveState(move["state"])]
        reason = refusal(move["reason"]) if move["reason"] else ""
        told.append({"text": say(Line(*move["line"])), "tone": tone, "word": word, "reason": reason})
    return told
