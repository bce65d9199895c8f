"""What staff wrote of an account after its closing ends with its archive: reasons, orders, later restrictions (H01).

While something is kept, why it is kept and who asked for it must be readable; when nothing is left of the person, that
must go too. What is written once the archive is gone goes when the matter is settled, by the next run.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts import journal
from accounts.actors import Actor
from accounts.enums import AccountStatus
from accounts.models import Account
from closure.retention import holding
from closure.retention.classes import Afterwards
from closure.retention.enums import ArchiveAction
from closure.retention.fields import CLASSES
from closure.retention.models import ArchiveRecord

PURGER = Actor.system("purge_archive")
Table = tuple[type[models.Model], Afterwards]


def tables() -> list[Table]:
    """Return the tables that are written to after closing, by the field classes."""
    return [(apps.get_model(label), each.afterwards) for label, each in CLASSES.items() if each.afterwards]


def left() -> int:
    """Return how many rows a run would empty or delete."""
    return sum(_over(table).count() for table in tables())


def destroy(*, now: datetime, batch_size: int, stop: Callable[[], bool] = lambda: False) -> int:
    """Destroy what outlived its archive, in batches, outside of a transaction; returns the rows. Safe to run again.

    What is held, by a legal or risk hold or an open claim, stays; so does all of an account with anything in the
    archive. The journal keeps its events, and of each reason a salted digest whose salt goes here.
    """
    destroyed = 0
    for table in tables():
        while not stop() and (rows := _batch(table, now=now, size=batch_size)):
            destroyed += rows
    return destroyed


def _batch(table: Table, *, now: datetime, size: int) -> int:
    model, afterwards = table
    with transaction.atomic(durable=True):
        owners = _owners(table, size)
        # The accounts first, as everywhere: whoever holds one now is seen by the look that follows, or waits for it.
        list(Account.objects.select_for_update().filter(pk__in=owners).order_by("pk").values_list("pk"))
        rows = _over(table).filter(**{f"{afterwards.account}__in": owners})
        count = rows.delete()[0] if afterwards.blank is None else rows.update(**afterwards.blank)
        if count:
            told = {"table": model._meta.label, "rows": count}
            journal.record(ArchiveAction.TEXTS_DESTROYED, actor=PURGER, at=now, data=told)
    return count


def _owners(table: Table, size: int) -> Sequence[UUID]:
    account = table[1].account
    return list(_over(table).order_by(account).values_list(account, flat=True).distinct()[:size])


def _over(table: Table) -> QuerySet[models.Model]:
    """Return the rows of closed accounts of which nothing is archived or held any more."""
    model, afterwards = table
    owner = OuterRef(afterwards.account)
    closed = Account.objects.filter(pk=owner, status=AccountStatus.CLOSED)
    rows = model._base_manager.filter(Exists(closed), ~Exists(ArchiveRecord.objects.filter(account_id=owner)))
    for held in holding.owners():
        rows = rows.exclude(Exists(held.filter(account_id=owner)))
    return rows if afterwards.blank is None else rows.exclude(**afterwards.blank)
