"""What restricts an account, each restriction with its own next step (K05); what may not be named in one sentence."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock, open_matters
from accounts.enums import MatterKind, RestrictionKind
from accounts.models import Matter
from accounts.views.pages import Page, SignedIn
from closure import causes, matter_words, restriction_words
from closure.exchange.contract import Debt
from closure.operations import matter_answers, settle_debt
from closure.operations import matters as operations
from closure.operations.settle_debt import Settled
from closure.restriction_words import Told

M = MatterKind


@dataclass(frozen=True, kw_only=True)
class Card:
    """One restriction in words, and where its owner goes on; `sent` is what is begun of it, `is_given` whether staff
    have what they need, `refused` what was wrong with what was sent last.

    `debts` is what is owed where that is the restriction: None where nobody can say, empty where all is settled.
    """

    told: Told
    ways: list[tuple[str, str]]
    sent: Matter | None = None
    is_given: bool = False
    refused: list[str] = field(default_factory=list)
    is_debt: bool = False
    debts: tuple[Debt, ...] | None = None


class RestrictedView(SignedIn, Page):
    """Every restriction that the owner may be told of; where none stands, that. Looking asks the core, and no more."""

    template_name = "closure/restricted.html"

    def context(self) -> dict[str, Any]:
        """Return a card for each, and whether a review can be asked for."""
        return {"cards": list(self.cards()), "review": self.review()}

    def cards(self) -> Iterator[Card]:
        """Yield them, the oldest first; legal and risk holds are one, whichever and however many."""
        told, held = causes.for_owner(self.account.pk)
        opened = open_matters.open_of(self.account.pk)
        given = operations.given(opened.values()) if opened else set()
        for code in [each.kind for each in told]:
            sent = opened.get(M(code)) if code in M else None
            is_debt = code == RestrictionKind.NEGATIVE_BALANCE
            debts = settle_debt.owed(self.account, now=clock.now()) if is_debt else None
            yield Card(
                told=restriction_words.told(code),
                ways=[*self.first(code), *_ways(code, sent)],
                sent=sent,
                is_given=code in given,
                refused=matter_answers.last_word(self.account.pk, M(code)) if code in M and sent is None else [],
                is_debt=is_debt,
                debts=debts,
            )
        if held:
            yield Card(told=restriction_words.told(restriction_words.HOLD), ways=_ways(restriction_words.HOLD, None))

    def first(self, code: str) -> list[tuple[str, str]]:
        """Return the way to be verified, where a new home needs that and the identity is not due again (K03)."""
        if code != RestrictionKind.UNSUPPORTED_REGION or not open_matters.stands(self.account, M.IDENTITY_REFRESH):
            return []
        return [(reverse("restricted-matter", args=[M.IDENTITY_REFRESH.value]), str(matter_words.FIRST_SHOWN.button))]

    def review(self) -> dict[str, Any] | None:
        """Return what the part about a review says; None where nothing stands that a review could be of."""
        if not open_matters.stands(self.account, M.REVIEW):
            return None
        asked = open_matters.open_of(self.account.pk).get(M.REVIEW)
        left = [_name(kind) for kind in operations.left(self.account)]
        return {"asked": asked, "left": left, "words": matter_words.WORDS[M.REVIEW]}

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Ask the core whether a negative balance is settled."""
        came = settle_debt.check_again(self.account, now=clock.now())
        said = {
            Settled.SETTLED: _("Your balance is settled. This restriction has ended."),
            Settled.NOTHING: _("No negative balance restricts your account any more."),
            Settled.OWED: _("Something is still missing. A deposit counts once it has arrived."),
        }
        tell = messages.success if came in {Settled.SETTLED, Settled.NOTHING} else messages.warning
        tell(request, said.get(came, _("We could not read your balance just now. Try again in a few minutes.")))
        return redirect("restricted")


def _name(kind: MatterKind | str) -> str:
    return str(M(kind).label if kind == M.IDENTITY_REFRESH else RestrictionKind(str(kind)).label)


def _ways(code: str, sent: Matter | None) -> list[tuple[str, str]]:
    ways = []
    if code in M:
        verb = _("See what you sent") if sent else str(matter_words.WORDS[M(code)].button)
        ways.append((reverse("restricted-matter", args=[code]), verb))
    if code == RestrictionKind.UNSUPPORTED_REGION:
        ways += [(reverse("close"), _("Close your account")), (reverse("help-regions"), _("Supported regions"))]
    return [*ways, (reverse("help-contact"), _("Write to our support"))]
