"""Signing in: password, then one code of a factor that is enrolled. One answer for every reason to refuse (M01)."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts import clock, closing, dormancy, sign_in
from accounts.api.access import second_factor_done
from accounts.enums import SessionKind
from accounts.exceptions import ProofRefused, VerificationExpired, WrongCode
from accounts.forms import CodeForm, SignInForm
from accounts.models import DEVICE_CLASSES, Account, StepUp
from accounts.recovering import enrolling
from accounts.verification import changes
from accounts.verification import sign_in as ceremony
from accounts.verification import step_up as steps
from accounts.views.factors import FactorCard, add_error, cards
from accounts.views.pages import UNPROCESSABLE, FormPage, Page, Tried, safe_next

WELCOME = "welcome_back"


class SignInView(Tried, FormPage):
    """The first half: who, and the password."""

    forgives = True
    template_name = "accounts/sign_in.html"
    form_class = SignInForm

    def make_form(self, data: Any = None) -> SignInForm:
        """Return the form; it carries where to go afterwards."""
        return SignInForm(data, initial={"next": safe_next(self.request, self.request.GET.get("next", ""))})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the form, or go on when somebody is signed in already."""
        # A session whose factor was taken away is signed in no more, and must not be sent round in circles.
        if second_factor_done(request.user):
            return redirect(safe_next(request, request.GET.get("next", "")) or "security")
        return self.show()

    def act(self, form: SignInForm) -> HttpResponseBase:
        """Check the password; wrong, unknown, closed, frozen and disabled are one and the same answer."""
        now = clock.now()
        account = sign_in.check_password(form.cleaned_data["identifier"], form.cleaned_data["password"], now=now)
        if account is None or not self.remember(account, now):
            form.add_error(None, _("That e-mail address, phone number or password is not right."))
            return self.show(status=UNPROCESSABLE, form=form)
        return redirect(_with_next("sign-in-code", safe_next(self.request, form.cleaned_data["next"])))

    def remember(self, account: Account, now: datetime) -> bool:
        """Open the second half; False when there is no factor for it, or sign-in was closed meanwhile."""
        step_up = ceremony.begin(account, now=now)
        return bool(steps.factors(step_up)) and sign_in.remember(self.request, account, step_up)


class CodeView(Tried, Page):
    """The second half: one code. The session knows who passed the first, nothing else does."""

    forgives = True
    template_name = "accounts/sign_in_code.html"
    step_up: StepUp

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Go back to the first half when there was none, or when its time is over."""
        found = _open_ceremony(request)
        if found is None or not any(state.state != "passed" for state in steps.factors(found)):
            return redirect(_with_next("sign-in", self.target))
        self.step_up = found
        return super().dispatch(request, *args, **kwargs)

    @property
    def target(self) -> str:
        """Where to go afterwards."""
        return safe_next(self.request, self.request.POST.get("next") or self.request.GET.get("next", ""))

    def current(self) -> tuple[FactorCard, list[FactorCard]]:
        """Return the factor in use (named by the address or the form, else the nearest) and the others.

        What has been given is left out: a dormant account may need more than one.
        """
        every = [card for card in cards(steps.factors(self.step_up)) if not card.passed]
        asked = self.request.POST.get("factor") or self.request.GET.get("factor", "")
        chosen = next((card for card in every if card.id == asked), every[0])
        return chosen, [card for card in every if card.id != chosen.id]

    def context(self) -> dict[str, Any]:
        """Return the factor, the others, the field for the code, and how many kinds are still asked for."""
        current, others = self.current()
        form = CodeForm(label=current.label, hint=current.code_hint, kind=current.kind)
        left = self.step_up.needed - len({passed["kind"] for passed in self.step_up.passed})
        return {
            "current": current,
            "others": others,
            "form": form,
            "next": self.target,
            "step_up": self.step_up,
            "left": left,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send a code, or check one."""
        if "send" in request.POST:
            return self.send(request.POST["send"])
        current, _others = self.current()
        form = CodeForm(request.POST, label=current.label, hint=current.code_hint, kind=current.kind)
        if not form.is_valid():
            return self.show(status=UNPROCESSABLE, form=form)
        now = clock.now()
        try:
            self.step_up = steps.answer(self.step_up, UUID(current.id), form.cleaned_data["code"], now=now)
        except WrongCode as error:
            add_error(form, "code", error.message)
            return self.show(status=UNPROCESSABLE, form=form)
        except VerificationExpired:
            return self.start_over()
        return self.finish(current, now)

    def finish(self, given: FactorCard, now: datetime) -> HttpResponseBase:
        """Open the session when enough was given, else ask for the next code."""
        if not steps.is_complete(self.step_up, now):
            return redirect(_with_next("sign-in-code", self.target))
        account = self.step_up.account
        device = next(
            found
            for device_class in DEVICE_CLASSES
            for found in device_class.objects.filter(pk=given.id, user_id=account.pk)
        )
        target = self.target
        try:
            sign_in.complete(self.request, account, device, now=now)
        except ProofRefused:
            return self.start_over()
        if dormancy.is_welcomed(account):
            # Pages show the way back to the list as long as this session lasts.
            self.request.session[WELCOME] = True
        return redirect(target or _first_page(account, welcomed=WELCOME in self.request.session))

    def send(self, device_id: str) -> HttpResponseBase:
        """Send a code to a factor of this ceremony and come back to its field."""
        chosen = next((card for card in self.current()[1] + [self.current()[0]] if card.id == device_id), None)
        if chosen is not None and chosen.sendable:
            try:
                steps.challenge(self.step_up, UUID(chosen.id), now=clock.now())
            except VerificationExpired:
                return self.start_over()
        query = {"factor": device_id, **({"next": self.target} if self.target else {})}
        return redirect(f"{reverse('sign-in-code')}?{urlencode(query)}")

    def start_over(self) -> HttpResponse:
        """The window is over: the password is asked again."""
        self.request.session.flush()
        messages.info(self.request, _("The time is over. Sign in again."))
        return redirect(_with_next("sign-in", self.target))


class SignOutView(View):
    """Sign out, by POST alone: a link that somebody else sends must not do it."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """End the session."""
        sign_in.sign_out(request, clock.now())
        messages.success(request, _("You are signed out."))
        return redirect("home")


def _first_page(account: Account, *, welcomed: bool) -> str:
    """Return where somebody lands who asked for no page: what restricts the account comes first."""
    if account.is_staff:
        return "admin:index"
    if closing.restricts(account):
        return "restricted"
    if enrolling.is_open(account.pk) and not changes.has_second_factor(account):
        return "security-totp"
    return "welcome-back" if welcomed else "security"


def _open_ceremony(request: HttpRequest) -> StepUp | None:
    session: Any = request.session
    subject = session.subject
    if subject is None or subject[0] is not SessionKind.SIGNING_IN:
        return None
    return (
        StepUp.objects.filter(pk=session.get(sign_in.STEP_UP), account_id=subject[1], used_at=None, replaced_at=None)
        .select_related("account")
        .first()
    )


def _with_next(name: str, target: str) -> str:
    return f"{reverse(name)}?{urlencode({'next': target})}" if target else reverse(name)
