"""Which factors of an account count: confirmed ones, but not a contact that has just reset the password (J03)."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from accounts import clock
from accounts.enums import Purpose
from accounts.models import DEVICE_CLASSES, BaseDevice
from accounts.models.factor import CodeDevice
from accounts.recovering import enrolling


def rows(device_class: type[BaseDevice]) -> QuerySet[Any]:
    """Return the devices of a class that count now, by the database's own time."""
    confirmed: QuerySet[Any] = device_class.objects.filter(confirmed=True)
    return confirmed.exclude(_barred()) if issubclass(device_class, CodeDevice) else confirmed


def devices(account_id: UUID, kinds: Collection[str], purpose: str) -> list[BaseDevice]:
    """Return what an account may give for a purpose, in the order of the classes.

    Who has nothing but the contact that reset the password may sign in with it, and do nothing else; but for adding a
    factor, where staff recovered the account just before.
    """
    free: list[BaseDevice] = []
    barred: list[BaseDevice] = []
    for device_class in DEVICE_CLASSES:
        if device_class.kind.value in kinds:
            for device in _marked(device_class).filter(user_id=account_id).order_by("id"):
                (barred if getattr(device, "is_barred", False) else free).append(device)
    if free or not barred or purpose == Purpose.SIGN_IN:
        return free or barred
    return barred if purpose == Purpose.ENROLL_FACTOR and enrolling.is_open(account_id) else []


def _marked(device_class: type[BaseDevice]) -> QuerySet[Any]:
    confirmed: QuerySet[Any] = device_class.objects.filter(confirmed=True)
    if not issubclass(device_class, CodeDevice):
        return confirmed
    marked: QuerySet[Any] = confirmed.annotate(is_barred=ExpressionWrapper(_barred(), output_field=BooleanField()))
    return marked


def _barred() -> Q:
    return Q(barred_until__isnull=False, barred_until__gt=clock.db_now())
