"""What a restriction says to its owner, and what it stops: on their pages, and to staff before they place one (K05)."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from accounts.enums import TIPPING_OFF, RestrictionKind
from closure.enums import Area
from closure.policy import loader
from closure.preflight import words
from closure.preflight.words import Said

K = RestrictionKind
HOLD = "legal_hold"
ALL_STOPPED = gettext_lazy("Trading, withdrawing and closing are stopped.")
# What the table of docs/lifecycle.md stops, in words; the account check and the remedies go by the same table.
STOPPED = {
    K.UNSUPPORTED_REGION.value: gettext_lazy("Trading is stopped. You can withdraw, and you can close your account."),
    K.FAILED_VERIFICATION.value: gettext_lazy("Trading is stopped. Our staff can release a withdrawal."),
    # True of each of them, so that nobody learns which one it is.
    HOLD: gettext_lazy("Closing is stopped. Trading and withdrawing may be stopped too."),
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the owner reads: why, what it stops, what to do, and when it ends."""

    said: Said
    stopped: str


def code_of(kind: RestrictionKind) -> str:
    """Return under which code a kind is told: legal and risk holds are one, whichever it is."""
    return HOLD if kind in TIPPING_OFF else kind.value


def told(code: str) -> Told:
    """Return the words of a code, those of the account check: both say the same."""
    required = loader.current().preflight.identity_verified_required
    wording = f"{code}_always" if code == K.FAILED_VERIFICATION and required else code
    said = words.say(wording, area=Area.RESTRICTIONS, params={})
    return Told(said=said, stopped=str(STOPPED.get(code, ALL_STOPPED)))
