"""Security: what protects the account, and what to fix, each with its page."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import clock, closing, restrictions
from accounts.enums import SECOND_FACTORS, TIPPING_OFF, FactorKind, RestrictionKind
from accounts.models import Account
from accounts.recovering import lifecycle
from accounts.verification import recovery, upkeep
from accounts.verification.factors import backup
from accounts.views.pages import Page, SignedIn

FEW_CODES = 3


@dataclass(frozen=True, kw_only=True)
class Point:
    """One point of the score: in order, or with what to do and where."""

    done: bool
    fix: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """One page of the security centre."""

    name: str
    note: str
    url: str


class SecurityView(SignedIn, Page):
    """What is on and what to fix; the last row leads to closing (C01)."""

    template_name = "accounts/security.html"

    def context(self) -> dict[str, Any]:
        """Return the score, what to fix, and the pages."""
        points = score(self.account)
        return {
            "points": points,
            "fixes": [point for point in points if not point.done],
            "done": sum(point.done for point in points),
            "holds": _holds(self.account),
            "recovery": lifecycle.open_of(self.account.pk),
            "is_restricted": closing.restricts(self.account),
            "places": _places(),
            "offers_disabling": closing.offers_disabling(),
        }


def score(account: Account) -> list[Point]:
    """Return the points, the most pressing first."""
    kinds = {each.kind for each in upkeep.enrolled(account)}
    strong = kinds & {FactorKind.TOTP, FactorKind.PASSKEY}
    factors = reverse("security-factors")
    return [
        Point(
            done=bool(kinds & SECOND_FACTORS),
            fix=_("Turn on the authenticator app. A code by mail alone is no second factor."),
            url=reverse("security-totp"),
        ),
        Point(
            done=bool(strong) or not kinds & SECOND_FACTORS,
            fix=_("Add an authenticator app or a passkey. Phone numbers can be stolen."),
            url=factors,
        ),
        Point(
            done=backup.left(account) >= FEW_CODES,
            fix=_("Make backup codes for the day you have no phone."),
            url=reverse("security-backup"),
        ),
        Point(
            done=bool(account.email and account.phone),
            fix=_("Add an e-mail address and a phone number, so that we can reach you."),
            url=reverse("security-contact"),
        ),
        Point(
            done=bool(account.anti_phishing_code),
            fix=_("Choose words that our mails show, so that you can tell them from others."),
            url=reverse("security-anti-phishing"),
        ),
    ]


def _places() -> list[Place]:
    found = (
        ("security-factors", _("Your factors"), _("Authenticator app, passkeys, codes, backup codes.")),
        ("security-password", _("Password"), _("Change it. Everywhere else you are signed out.")),
        ("security-contact", _("E-mail and phone"), _("Where we reach you. Change them here.")),
        ("security-devices", _("Devices"), _("Where you are signed in.")),
        ("security-sign-ins", _("Sign-ins"), _("Every sign-in, and what to do about one that was not you.")),
        ("security-records", _("Your records"), _("Transactions, P2P orders and identity data to download.")),
        ("security-anti-phishing", _("Anti-phishing words"), _("Words of yours that our mails show.")),
        ("security-api-keys", _("API keys"), _("Programs that may use your account.")),
        ("security-addresses", _("Withdrawal addresses"), _("Saved addresses and the whitelist.")),
    )
    return [Place(name=name, note=note, url=reverse(view)) for view, name, note in found]


def _holds(account: Account) -> list[str]:
    kinds = {restriction.kind for restriction in restrictions.active(account.pk)}
    said = []
    # One neutral sentence for all of them: naming the hold would tip off (lifecycle.md, Restrictions).
    if closing.is_held(account):
        said.append(_("A legal or risk hold applies; we cannot say more."))
    told = ", ".join(str(RestrictionKind(kind).label) for kind in sorted(kinds - TIPPING_OFF))
    if told:
        said.append(_("A restriction applies: %(kinds)s. The account check tells you what to do.") % {"kinds": told})
    return said + _after_reset(account)


def _after_reset(account: Account) -> list[str]:
    """Say what a reset of the password holds back, and until when (J03)."""
    said, held, barred = [], account.withdrawals_held_until, recovery.barred_until(account)
    if held is not None and held > clock.now():
        said.append(_("Withdrawals are held until %(time)s UTC.") % {"time": _moment(held)})
    if barred is not None:
        said.append(
            _("You reset your password. The address or phone that got the link is no factor until %(time)s UTC.")
            % {"time": _moment(barred)}
        )
    return said


def _moment(at: datetime) -> str:
    return date_format(at.astimezone(UTC), "j M Y, H:i", use_l10n=False)
