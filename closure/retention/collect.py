"""Collects what the field classes send to the archive: one query a table for a whole batch, one account in memory."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from uuid import UUID

from django.apps import apps

from accounts.enums import IdentifierKind
from accounts.models import Identifier
from closure.retention.classes import ModelClass
from closure.retention.enums import RecordClass
from closure.retention.fields import CLASSES
from closure.retention.lines import line

CHUNK = 200
Owned = tuple[UUID, bytes]
Print = tuple[IdentifierKind, bytes, int]


class Pile:
    """Lines in order of their accounts, taken off account by account."""

    def __init__(self, owned: Iterable[Owned]) -> None:
        self._groups = groupby(owned, key=lambda each: each[0])
        self._next = next(self._groups, None)

    def take(self, account_id: UUID) -> list[bytes]:
        """Return the lines of the next account; ask in the order of accounts, each once."""
        while self._next is not None and self._next[0] <= account_id:
            owner, found = self._next
            lines = [each for _owner, each in found]
            self._next = next(self._groups, None)
            if owner == account_id:
                return lines
        return []


class Collection:
    """What the tables hold of these accounts for the archive. Needs their rows locked; ask in order of accounts."""

    def __init__(self, account_ids: Sequence[UUID]) -> None:
        keys = sorted(account_ids)
        self._piles = [
            (classed.archive, Pile(_rows(label, classed, keys)))
            for label, classed in CLASSES.items()
            if classed.archive is not None and not classed.streamed
        ]

    def take(self, account_id: UUID) -> Mapping[RecordClass, list[bytes]]:
        """Return the lines of the next account, by the class of record they belong to."""
        found: dict[RecordClass, list[bytes]] = {each: [] for each in RecordClass}
        for record_class, pile in self._piles:
            found[record_class] += pile.take(account_id)
        return found


def prints(account_ids: Sequence[UUID]) -> Mapping[UUID, list[Print]]:
    """Return the fingerprints of these accounts' identifiers, by account: what their archive is found by."""
    found: dict[UUID, list[Print]] = defaultdict(list)
    for each in Identifier.objects.filter(account_id__in=account_ids).order_by("account_id", "kind"):
        found[each.account_id].append((IdentifierKind(each.kind), bytes(each.fingerprint), each.key_version))
    return found


def _rows(label: str, classed: ModelClass, keys: Sequence[UUID]) -> Iterator[Owned]:
    account, names = str(classed.account), classed.sealed_fields()
    rows = apps.get_model(label)._base_manager.filter(**{f"{account}__in": keys}).order_by(account, "pk")
    for owner, *values in rows.values_list(account, *names).iterator(chunk_size=CHUNK):
        yield owner, line(label, dict(zip(names, values, strict=True)))
