"""Answers for when something does not work: signing in, codes, factors, and whether this is us at all."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.recovering.table import DELAY
from closure import status_links
from closure.policy.schema import CancelBy
from closure.spans import duration
from closure.views import words
from closure.views.help import own
from closure.views.help.answer import About, Answer


def _sign_in(about: About) -> Sequence[str]:
    return [
        _("Check the e-mail address or phone number and the password. You can reset the password on the sign-in page."),
        _("We give the same answer for every reason, so that nobody can find out who has an account."),
        _("You asked us to close your account? Then it is frozen. %(frozen)s") % {"frozen": words.frozen(about.policy)},
        _("You disabled your account? Then reactivate it first."),
        _("After a password reset, withdrawals are held for %(time)s.")
        % {"time": duration(about.policy.dormancy.withdrawals_held_after_reset)},
        _("Too many wrong tries close the way for some minutes. Then it opens by itself."),
    ]


def _codes(about: About) -> Sequence[str]:
    return [
        _("Mail: look in the spam folder. It can take two minutes."),
        _("Text message: check that your phone has a signal, then ask for a new code."),
        _("Look at the end of the address or number beside the code field. Is it still yours?"),
        _("Authenticator app: set your phone's clock to automatic. Wait for the next code."),
        _("Only the newest code works, and only once. A code for signing in closes nothing."),
        words.limit(about.policy),
        _("Choose another way where the page offers one. If none works, write to us."),
    ]


def _lost(_about: About) -> Sequence[str]:
    return [
        _("Sign in with another way: a code by mail, a text message, or a backup code."),
        _("Then set up a new factor under Security, with a second factor that you still have. Remove the lost one."),
        _("No second factor is left? Send documents. Two of our staff look at them, which takes several days."),
        _("After that, %(hours)d hours pass before anything changes. All your contacts are told.")
        % {"hours": int(DELAY.total_seconds() // 3600)},
    ]


def _check(about: About) -> Sequence[str]:
    minutes = duration(status_links.LIVES)
    said = [
        _("Our mail has your reference. Give it with your e-mail address or phone number."),
        _("We send a link. It works once, for %(time)s.") % {"time": minutes},
    ]
    if CancelBy.CUSTOMER in about.policy.cancelling.by:
        return [*said, _("There you see where it stands, and can cancel it with a fresh code.")]
    return [*said, _("There you see where it stands."), words.cancelling(about.policy)]


def _official(_about: About) -> Sequence[str]:
    return [
        _("Our address is %(origin)s. Compare it with the address bar of your browser.")
        % {"origin": settings.PORTAL_ORIGIN},
        _("We never ask for your password or a code by mail, text or phone."),
        _("Set anti-phishing words under Security. Then every mail from us shows them."),
    ]


ANSWERS = (
    Answer(
        slug="cannot-sign-in",
        question=gettext_lazy("I cannot sign in"),
        words=gettext_lazy("login password wrong locked frozen closed disabled"),
        says=_sign_in,
        own=own.withdrawals_held,
        links=(
            ("password-reset", gettext_lazy("Reset your password")),
            ("status", gettext_lazy("Check a request")),
            ("reactivate", gettext_lazy("Reactivate your account")),
        ),
    ),
    Answer(
        slug="codes",
        question=gettext_lazy("A code does not arrive or is refused"),
        words=gettext_lazy("sms text mail spam authenticator app totp factor verification 2fa"),
        says=_codes,
    ),
    Answer(
        slug="lost-factor",
        question=gettext_lazy("I lost my phone or authenticator app"),
        words=gettext_lazy("factor 2fa totp device new phone backup code passkey"),
        says=_lost,
        links=(
            ("recover", gettext_lazy("You cannot give your codes any more?")),
            ("security-factors", gettext_lazy("Your factors")),
        ),
    ),
    Answer(
        slug="check-a-request",
        question=gettext_lazy("I asked to close my account. How do I check it?"),
        words=gettext_lazy("status reference frozen cancel stop timeline case"),
        says=_check,
        own=own.closes,
        links=(("status", gettext_lazy("Check a request")),),
    ),
    Answer(
        slug="official-site",
        question=gettext_lazy("Is this the official site?"),
        words=gettext_lazy("phishing fake scam address genuine"),
        says=_official,
    ),
)
