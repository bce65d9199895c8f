"""Set-based erasure of what is personal, as the field classes say (F02): one statement a table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from closure.retention.fields import CLASSES, FieldClass, ModelClass


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """What one table gives up: its rows whole (`blank` None), or these columns and the rows of these ties."""

    model: type[models.Model]
    account: str
    blank: dict[str, object] | None
    ties: tuple[tuple[type[models.Model], str], ...] = ()
    spare: Mapping[str, object] = field(default_factory=dict)

    def count(self, account_ids: Sequence[UUID]) -> dict[UUID, int]:
        """Return how many rows of these accounts would be touched; accounts without any are left out."""
        of_each = self._rows(account_ids).order_by().values_list(self.account).annotate(models.Count("pk"))
        return dict(of_each)

    def run(self, account_ids: Sequence[UUID]) -> int:
        """Erase these accounts from the table; returns the rows touched."""
        rows = self._rows(account_ids)
        if self.blank is None:
            return rows.delete()[0]
        for through, column in self.ties:
            through._base_manager.filter(**{f"{column}__in": account_ids}).delete()
        return rows.update(**self.blank) if self.blank else 0

    def _rows(self, account_ids: Sequence[UUID]) -> models.QuerySet[Any]:
        rows = self.model._base_manager.filter(**{f"{self.account}__in": account_ids})
        return rows.exclude(**self.spare) if self.spare else rows


def erase_accounts(account_ids: Iterable[UUID]) -> dict[str, int]:
    """Erase accounts whose rows the caller's transaction has locked; returns {model: rows}. Safe to run again.

    Fields of class archive go too: whoever seals an archive does so before this step.
    """
    keys = sorted(account_ids)
    return {erasure.model._meta.label: erasure.run(keys) for erasure in erasures()}


@cache
def erasures() -> tuple[Erasure, ...]:
    """Return what the classes ask for; raises ImproperlyConfigured for a column that cannot be blanked."""
    return tuple(_erasure(label, classed) for label, classed in CLASSES.items() if classed.account is not None)


def _erasure(label: str, classed: ModelClass) -> Erasure:
    model, account = apps.get_model(label), str(classed.account)
    if classed.delete:
        return Erasure(model=model, account=account, blank=None, spare=classed.spare)
    gone = [name for name, of in classed.fields.items() if of is not FieldClass.KEEP]
    found = [(name, model._meta.get_field(name)) for name in gone]
    ties = tuple(_tie(field) for _name, field in found if isinstance(field, models.ManyToManyField))
    columns = [(name, field) for name, field in found if isinstance(field, models.Field)]
    blank = {
        name: classed.blank[name] if name in classed.blank else _nothing(label, field)
        for name, field in columns
        if not isinstance(field, models.ManyToManyField)
    }
    return Erasure(model=model, account=account, blank=blank, ties=ties, spare=classed.spare)


def _tie(field: models.ManyToManyField[Any, Any]) -> tuple[type[models.Model], str]:
    """Return the table of a many-to-many field and its column that points at the model with the field."""
    through = field.remote_field.through
    if through is None:
        raise ImproperlyConfigured(f"{field.name} has no table")
    return through, field.m2m_column_name()


def _nothing(label: str, field: models.Field[Any, Any]) -> object:
    if field.null:
        return None
    if isinstance(field, models.CharField | models.TextField):
        return ""
    raise ImproperlyConfigured(f"{label}.{field.name} cannot be blanked: its class needs a value for it")
