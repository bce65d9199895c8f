"""Looking for events of the journal: what may be asked for, by the address, and pages of what is found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts import journal_search, journal_state
from accounts.admin.base import NO_ACCOUNT, account_key
from accounts.admin.days import DaysForm
from accounts.admin.keyset import BadCursor, page_of
from accounts.enums import ActorKind
from accounts.journal_search import Asked
from accounts.models import Case, Event

PAGE, SIZE = "p", 50
MOST_TYPED = 320
PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class ExplorerForm(DaysForm):
    """Whose events, by whom, of which kind, of which days; nothing has to be given."""

    account_id = forms.CharField(label=_("Account"), required=False, max_length=MOST_TYPED)
    by = forms.CharField(
        label=_("By"),
        required=False,
        max_length=MOST_TYPED,
        help_text=_("Id, e-mail address or phone number of a person; or a part of the system, such as “worker”."),
    )
    action = forms.CharField(
        label=_("What"), required=False, max_length=64, help_text=_("A code, such as “case.read”.")
    )
    waiting = forms.BooleanField(label=_("Only what is not sealed yet"), required=False)
    field_order = ("account_id", "by", "action", "first", "last", "waiting")

    def __init__(self, query: QueryDict, *, whose: Callable[[str], UUID], hint: Any) -> None:
        super().__init__(query)
        self._whose = whose
        for name in ("account_id", "by", "action"):
            self.fields[name].widget.attrs |= PLAIN
        self.fields["action"].widget.attrs["list"] = "actions"
        self.fields["account_id"].help_text = hint

    def clean_account_id(self) -> UUID | None:
        """Return whose events are asked for; a name that is nobody's finds nothing, and says so."""
        term = self.cleaned_data["account_id"].strip()
        if not term:
            return None
        found = self._whose(term)
        if found == NO_ACCOUNT:
            raise forms.ValidationError(_("No account is known by this. Give it in full, or leave it empty."))
        return found

    def clean_by(self) -> tuple[str, ...]:
        """Return how the journal may call who is meant: a person in any part, or a part of the system."""
        term = self.cleaned_data["by"].strip()
        if not term or ":" in term:
            return (term,) if term else ()
        key = account_key(term)
        if key == NO_ACCOUNT:
            return tuple(f"{kind}:{term.replace(' ', '_')}" for kind in (ActorKind.SYSTEM, ActorKind.CORE))
        return tuple(f"{kind}:{key}" for kind in ActorKind)

    def asked(self) -> Asked | None:
        """Return what is asked for; None where something of it is wrong."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        return Asked(
            account_id=given["account_id"],
            actors=given["by"],
            action=given["action"].strip(),
            first=given["first"],
            last=given["last"],
            waiting=given["waiting"],
        )


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of events, each with its place in the sealed journal or None; addresses of the pages beside it."""

    rows: list[tuple[Event, int | None]]
    first: str
    preceding: str
    following: str


def found(asked: Asked | None, query: QueryDict) -> Found:
    """Return the page that an address asks for, with two queries; the first one where it names none of this list."""
    if asked is None:
        return Found(rows=[], first="", preceding="", following="")
    events = journal_search.events(asked)
    try:
        page = page_of(events, query.get(PAGE, ""), size=SIZE)
    except BadCursor:
        page = page_of(events, "", size=SIZE)
    places = journal_state.positions([event.pk for event in page.rows])
    return Found(
        rows=[(event, places.get(event.pk)) for event in page.rows],
        first=_address(query, "") if page.preceding else "",
        preceding=page.preceding and _address(query, page.preceding),
        following=page.following and _address(query, page.following),
    )


def of_case(term: str) -> UUID | None:
    """Return the account of the case with this reference."""
    return Case.objects.filter(reference=term.upper()).values_list("account_id", flat=True).first()


def choices(words: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the kinds of events that have words, for choosing from: codes with their words."""
    return sorted((str(code), str(said)) for code, said in words.items())


def _address(query: QueryDict, cursor: str) -> str:
    changed = query.copy()
    changed.pop(PAGE, None)
    if cursor:
        changed[PAGE] = cursor
    return f"?{changed.urlencode()}"
