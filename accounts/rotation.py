"""A new key for fingerprints: what is known in plain is fingerprinted anew, and what still needs an old key is counted.

E-mail addresses and phone numbers of open accounts are done by `rotate`. Documents, national numbers and blocks are
known as fingerprints only: each gets its new one when its plain value is given (identifiers.matches, blocked.until).
What an old key wrote and nobody can write again, such as the journal, needs that key as long as it is kept.
"""

import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import BinaryField, Count, F, Func

from accounts import identifiers, keys
from accounts.enums import IdentifierKind
from accounts.fingerprints import fingerprint
from accounts.models import (
    Account,
    ContactChange,
    FormerContact,
    Identifier,
    OutboxMessage,
    RegistrationLink,
    TotpDevice,
)

BATCH = 500
COLUMNS = {IdentifierKind.EMAIL: "email", IdentifierKind.PHONE: "phone"}
VERSION_COLUMNS = ("key_version", "base_version")
# Columns that accounts.sealed wrote: the version is inside.
SEALED: tuple[tuple[type[models.Model], str], ...] = (
    (TotpDevice, "secret"),
    (OutboxMessage, "payload"),
    (FormerContact, "value"),
    (ContactChange, "value"),
    (RegistrationLink, "contact"),
)


@dataclass(frozen=True, kw_only=True)
class Use:
    """How many rows of a table need a version of the key."""

    table: str
    version: int
    rows: int


@dataclass
class Counts:
    """What a rotation did; `failed`: the plain value is not what was fingerprinted, or another account has it too."""

    renewed: int = 0
    failed: int = 0


def rotate(
    *,
    batch_size: int = BATCH,
    limit: int | None = None,
    report: Callable[[Identifier], None] = lambda _row: None,
    stop: Callable[[], bool] = lambda: False,
) -> Counts:
    """Fingerprint anew what is known in plain, a transaction a batch; `report` hears of each row that failed."""
    counts, last, left = Counts(), None, limit
    while left != 0 and not stop():
        size = batch_size if left is None else min(batch_size, left)
        rows = _behind(after=last)[:size]
        with transaction.atomic():
            found = list(rows)
            locked = list(_locked(found))
            failed = _renew(locked)
            counts.renewed += len(locked) - len(failed)
            counts.failed += len(failed)
            for row in failed:
                report(row)
        if len(found) < size:
            break
        last, left = found[-1], None if left is None else left - size
    return counts


def behind() -> int:
    """Return how many rows `rotate` would look at."""
    return _behind(after=None).count()


def _behind(*, after: Identifier | None) -> models.QuerySet[Identifier]:
    rows = Identifier.objects.filter(kind__in=sorted(COLUMNS)).exclude(key_version=keys.newest_version())
    return (rows if after is None else rows.filter(pk__gt=after.pk)).order_by("pk")


def _locked(found: Sequence[Identifier]) -> Iterator[Identifier]:
    """Yield these rows as they are behind the locks of their accounts: contacts change under the same lock."""
    owners = sorted({row.account_id for row in found})
    accounts = {row.pk: row for row in Account.objects.select_for_update().filter(pk__in=owners).order_by("pk")}
    for row in Identifier.objects.filter(pk__in=[row.pk for row in found]).exclude(key_version=keys.newest_version()):
        row.account = accounts[row.account_id]
        yield row


def _renew(rows: Sequence[Identifier]) -> list[Identifier]:
    """Renew rows in one statement; returns those that cannot be."""
    plain = {row.pk: value for row in rows if (value := _plain(row)) is not None}
    sound = [row for row in rows if row.pk in plain]
    failed = [row for row in rows if row.pk not in plain]
    new = [identifiers.renewed(row, plain[row.pk]) for row in sound]
    try:
        with transaction.atomic():
            Identifier.objects.bulk_update(new, ["fingerprint", "key_version"])
    except IntegrityError:
        # Two accounts have the same: one by one, to find which.
        failed += [row for row in sound if not identifiers.renew(row, plain[row.pk])]
    return failed


def _plain(row: Identifier) -> str | None:
    """Return the value that was fingerprinted; None where what the account has now is not it."""
    kind = IdentifierKind(row.kind)
    plain: str | None = getattr(row.account, COLUMNS[kind])
    if plain is None or row.key_version not in keys.versions():
        return None
    is_same = hmac.compare_digest(fingerprint(kind, plain, row.key_version), bytes(row.fingerprint))
    return plain if is_same else None


def uses() -> list[Use]:
    """Return how many rows of which table need which version, newest version first."""
    found = [*_named_versions(), *_sealed_versions()]
    return sorted(found, key=lambda use: (-use.version, use.table))


def _named_versions() -> Iterator[Use]:
    for model, column in named():
        for version, rows in model._base_manager.order_by().values_list(column).annotate(rows=Count("pk")):
            yield Use(table=model._meta.label, version=version, rows=rows)


def _sealed_versions() -> Iterator[Use]:
    for model, column in SEALED:
        for version, rows in sealed_versions(model, column):
            yield Use(table=model._meta.label, version=version, rows=rows)


def named() -> list[tuple[type[models.Model], str]]:
    """Return the columns, of every floor, that name a version of the ring."""
    every = ((model, field.name) for model in apps.get_models() for field in model._meta.concrete_fields)
    return [(model, name) for model, name in every if name in VERSION_COLUMNS]


def sealed_versions(model: type[models.Model], column: str) -> list[tuple[int, int]]:
    """Return the versions that sealed values of a column name, each with how many of them do."""
    # Bytes two and three of the layout in accounts.sealed.
    head = Func(F(column), function="SUBSTR", template="SUBSTR(%(expressions)s, 2, 2)", output_field=BinaryField())
    rows = model._base_manager.exclude(**{column: None}).order_by().annotate(head=head)
    counted: Any = rows.values_list("head").annotate(rows=Count("pk"))
    # Contents that were wiped are empty.
    return [(int.from_bytes(bytes(head), "big"), count) for head, count in counted if head]


def gone(model: type[models.Model], column: str) -> set[int]:
    """Return the versions that rows need by a column, of `named()` or SEALED, and that left the ring."""
    ring = keys.versions()
    if (model, column) in SEALED:
        return {version for version, _rows in sealed_versions(model, column)} - set(ring)
    rows = model._base_manager.exclude(**{f"{column}__in": ring}).order_by()
    return set(rows.values_list(column, flat=True).distinct())
