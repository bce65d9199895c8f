"""Accounts that have to do with each other: the same identifier, now, lately, or until an account was closed (L01).

By fingerprints alone, so nothing of anybody is read. Browsers are known per account only, and link nobody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.enums import IdentifierKind, MessageChannel
from accounts.models import BlockedIdentity, FormerContact, Identifier

# Former contacts are named by the way on which they were reached.
CONTACTS = {MessageChannel.EMAIL: IdentifierKind.EMAIL, MessageChannel.SMS: IdentifierKind.PHONE}


class Tie(StrEnum):
    """How another account has the identifier."""

    HAS = "has"
    HAD = "had"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True, order=True)
class Linked:
    """Another account, by opaque key, with one thing that both had."""

    account_id: UUID
    kind: IdentifierKind
    tie: Tie


def to(account_id: UUID) -> list[Linked]:
    """Return the accounts with an identifier that this one has, had, or was closed with; six queries."""
    mine = {(kind, print_) for _account, kind, print_, _tie in _rows(Q(account_id=account_id))}
    prints = [print_ for _kind, print_ in mine]
    kinds = sorted({kind for kind, _print in mine})
    found = _rows(~Q(account_id=account_id) & Q(fingerprint__in=prints), kinds) if prints else iter(())
    return sorted({Linked(account_id=owner, kind=kind, tie=tie) for owner, kind, _print, tie in found})


def _rows(which: Q, kinds: list[IdentifierKind] | None = None) -> Iterator[tuple[UUID, IdentifierKind, bytes, Tie]]:
    """Yield owner, kind, fingerprint and tie of the rows; `kinds` lets the index of identifiers be used."""
    of_kinds = Q(kind__in=kinds) if kinds is not None else Q()
    sources: tuple[tuple[Tie, QuerySet[Any]], ...] = (
        (Tie.HAS, Identifier.objects.filter(which, of_kinds)),
        (Tie.HAD, FormerContact.objects.filter(which, held_until__isnull=False)),
        (Tie.CLOSED, BlockedIdentity.objects.filter(which)),
    )
    for tie, rows in sources:
        for owner, kind, print_ in rows.values_list("account_id", "kind", "fingerprint"):
            yield owner, CONTACTS.get(kind) or IdentifierKind(kind), bytes(print_), tie
