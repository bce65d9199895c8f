"""What our tables share: time-ordered keys and the shard of the account."""

from functools import reduce
from itertools import combinations
from operator import and_
from typing import Any

from django.db import models
from django.db.models import F, Q

from accounts.ids import shard_of, uuid7


class TimeOrdered(models.Model):
    """UUIDv7 primary key, made in Python."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


def set_shard(row: Any, *, of: str) -> None:
    """Set the shard of a new row from the column that names its account.

    What a query left out is not among the row's variables, and asking for it would be one more query for each row.
    """
    given = vars(row)
    if "shard" in given and given["shard"] is None and given.get(of) is not None:
        row.shard = shard_of(given[of])


class OfAccount(TimeOrdered):
    """A row about one account, known by its opaque key; `shard` is set once, in Python (speed.md, 3)."""

    account_id: Any
    shard = models.PositiveSmallIntegerField(editable=False)

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_shard(self, of="account_id")


def paired(name: str) -> Q:
    """Return the condition that a time and a person, `<name>_at` and `<name>_by`, are both there or neither."""
    neither = Q(**{f"{name}_at": None, f"{name}_by": None})
    return neither | Q(**{f"{name}_at__isnull": False, f"{name}_by__isnull": False})


def never_by_owner(*names: str) -> Q:
    """Return the condition that nobody in these columns, where somebody is, is the owner of the account (L06)."""
    return reduce(and_, (Q(**{name: None}) | ~Q(**{name: F("account_id")}) for name in names))


def different(*names: str) -> Q:
    """Return the condition that no two people in these columns, where they are there, are the same (L06)."""
    pairs = combinations(names, 2)
    return reduce(and_, (Q(**{one: None}) | Q(**{other: None}) | ~Q(**{one: F(other)}) for one, other in pairs))
