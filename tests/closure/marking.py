"""Writes a marker of its own into every field that parts with a closed account, so that a leak names its place."""

from collections.abc import Collection
from datetime import datetime
from itertools import count
from secrets import token_hex
from typing import Any

from django.apps import apps
from django.db import models

from accounts.models import Account
from closure.retention.fields import CLASSES, FieldClass, ModelClass
from tests.closure.planting import pointed_at, points_at_others, row

# These stop a closing, so the core books them when the last check is over.
STOPPING = tuple(
    f"closure.Ledger{name}" for name in ("Position", "Order", "Loan", "Debt", "Transfer", "Referral", "Nft", "Holding")
)
# What the journey itself needs as it is: who is written to, what blocks them, what opens a file, and numbers.
NEEDED = {
    *(f"accounts.Account.{name}" for name in ("email", "phone")),
    *(f"closure.LedgerTransaction.{name}" for name in ("amount", "fee", "value_usdt")),
    "accounts.Identifier.fingerprint",
    "closure.Export.key",
}


class Markers:
    """Makes markers: short, unlike anything else, in letters that no normal form changes but for their case."""

    def __init__(self) -> None:
        self.run = f"mk{token_hex(3)}"
        self.places: dict[str, str] = {}
        self._numbers = count(1)

    def make(self, place: str) -> str:
        """Return a marker for one place."""
        marker = f"{self.run}n{next(self._numbers)}z"
        self.places[marker] = place
        return marker


def mark(
    account: Account, markers: Markers, now: datetime, *, only: Collection[str] = (), but: Collection[str] = ()
) -> None:
    """Fill every table of an account: its first row where it has one, else a new one."""
    pointed_at(account, now)
    for label, classed in sorted(CLASSES.items(), key=lambda entry: (points_at_others(entry), entry[0])):
        if classed.account is None or label in but or (only and label not in only):
            continue
        model = apps.get_model(label)
        mine = model._base_manager.filter(**{classed.account: account.pk})
        if not mine.exists():
            model._base_manager.create(**row(model, classed, account, now))
        first = mine.order_by("pk").values_list("pk", flat=True)[:1]
        model._base_manager.filter(pk__in=list(first)).update(**_texts(label, model, classed, markers))


def _texts(label: str, model: type[models.Model], classed: ModelClass, markers: Markers) -> dict[str, Any]:
    texts = {}
    for name, of in classed.fields.items():
        field, place = model._meta.get_field(name), f"{label}.{name}"
        if of is not FieldClass.KEEP and isinstance(field, models.Field) and place not in NEEDED and _is_free(field):
            texts[name] = _as(field, markers.make(place))
    return texts


def _is_free(field: models.Field[Any, Any]) -> bool:
    """Tell whether a marker fits: no key, no code of ours, room enough."""
    is_text = isinstance(field, models.CharField | models.TextField | models.JSONField | models.BinaryField)
    room = field.max_length is None or field.max_length >= len("mk123456n1234z")
    return is_text and room and not field.choices and not field.primary_key


def _as(field: models.Field[Any, Any], marker: str) -> Any:
    if isinstance(field, models.JSONField):
        return {"blockers": [], "warnings": [], "text": marker}
    return marker.encode() if isinstance(field, models.BinaryField) else marker
