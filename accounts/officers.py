"""Compliance, when it has to be called: every X who may sign in and has an address."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.enums import MessageChannel, Role
from accounts.messages import outbox
from accounts.models import OPEN_FOR_SIGN_IN, Account


def officers() -> list[Account]:
    """Return compliance: everybody of that role who may sign in and has an address."""
    staff = Account.objects.filter(is_staff=True, groups__name=Role.COMPLIANCE.value, email__isnull=False)
    return list(staff.filter(status__in=sorted(OPEN_FOR_SIGN_IN)).order_by("id"))


def call(template: str, said: Mapping[str, Any], *, now: datetime) -> None:
    """Queue a mail to each of them, in the caller's transaction."""
    for officer in officers():
        outbox.enqueue(
            account_id=officer.pk,
            template=template,
            channel=MessageChannel.EMAIL,
            to=str(officer.email),
            language=officer.language,
            context=said,
            now=now,
        )
