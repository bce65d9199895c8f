"""What restricts an account, each restriction with its own next step (K05); what may not be named in one sentence."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import RestrictionKind
from accounts.views.pages import Page, SignedIn
from closure import causes, restriction_words
from closure.restriction_words import Told


@dataclass(frozen=True, kw_only=True)
class Card:
    """One restriction in words, and where its owner goes on."""

    told: Told
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
        codes = [each.kind for each in told] + ([restriction_words.HOLD] if held else [])
        for code in codes:
            yield Card(told=restriction_words.told(code), ways=_ways(code))


def _ways(code: str) -> list[tuple[str, str]]:
    region = [(reverse("close"), _("Close your account")), (reverse("help-regions"), _("Supported regions"))]
    leaving = region if code == RestrictionKind.UNSUPPORTED_REGION else []
    return [*leaving, (reverse("help-contact"), _("Write to our support"))]
