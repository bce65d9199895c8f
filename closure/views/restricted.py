"""What restricts an account, each restriction with its own next step (K05); what may not be named in one sentence."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import RestrictionKind
from accounts.views.pages import Page, SignedIn
from closure import causes
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
class Card:
    """One restriction: what it is, what it stops, what to do, and when it ends."""

    said: Said
    stopped: str
    ways: list[tuple[str, str]]


class RestrictedView(SignedIn, Page):
    """Every restriction that the owner may be told of; where none stands, that."""

    template_name = "closure/restricted.html"

    def context(self) -> dict[str, Any]:
        """Return a card for each."""
        return {"cards": list(self.cards())}

    def cards(self) -> Iterator[Card]:
        """Yield them, the oldest first; legal and risk holds are one, whichever and however many."""
        told, held = causes.for_owner(self.account.pk)
        codes = [each.kind for each in told] + ([HOLD] if held else [])
        for code in codes:
            said = words.say(_wording(code), area=Area.RESTRICTIONS, params={})
            yield Card(said=said, stopped=str(STOPPED.get(code, ALL_STOPPED)), ways=_ways(code))


def _wording(code: str) -> str:
    """Return the wording of the account check: both say the same."""
    required = loader.current().preflight.identity_verified_required
    return f"{code}_always" if code == K.FAILED_VERIFICATION and required else code


def _ways(code: str) -> list[tuple[str, str]]:
    leaving = [(reverse("close"), _("Close your account"))] if code == K.UNSUPPORTED_REGION else []
    return [*leaving, (reverse("help-contact"), _("Write to our support"))]
