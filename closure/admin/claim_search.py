"""Asking whose archive it is, on the page of a claim: the form, and what is said about what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.admin.forms import ReasonForm
from accounts.enums import IdentifierKind
from closure.models import DepositClaim
from closure.operations.claim_search import Match
from closure.powers import SEARCH


class SearchForm(ReasonForm):
    """What the sender gave, and why compliance asks."""

    kind = forms.ChoiceField(label=gettext_lazy("What the sender gave"), choices=IdentifierKind.choices)
    value = forms.CharField(
        label=gettext_lazy("As they gave it"),
        help_text=gettext_lazy("In full; a phone number with + and the country code. It is not stored."),
        max_length=320,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("kind", "value", "reason")

    def __init__(self, given: QueryDict | None = None, **more: Any) -> None:
        super().__init__(given, auto_id="id_find_%s", **more)


@dataclass(frozen=True, kw_only=True)
class Search:
    """The form, and what was found: None before anybody asked."""

    form: SearchForm
    found: Sequence[Match] | None = None

    @property
    def said(self) -> str:
        """What was found, in one sentence."""
        if self.found is None:
            return ""
        if any(match.is_claim for match in self.found):
            return _("It is in the archive of the account that this claim belongs to.")
        if self.found:
            return _("It is in the archive of another account, not of the one that this claim belongs to.")
        return _("It is in no archive.")


def offered(claim: DepositClaim, actor: Actor) -> bool:
    """Tell whether the actor may ask about a claim: compliance, while it is open, and not its owner."""
    return actor.may(SEARCH) and claim.settled_at is None and actor.account_id != claim.account_id
