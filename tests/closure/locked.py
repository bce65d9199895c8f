"""An account that its owner had locked by an alarm, and staff have looked into it."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts import cases, restrictions, suspicious
from accounts.actors import Actor
from accounts.enums import Role
from accounts.models import Account, Case
from tests.closure.scenes import staff
from tests.factories import make_account


def locked_out(name: str = "ana", *, now: datetime) -> Case:
    """Return the resolved case of somebody who said that a sign-in was not theirs; the investigation is over."""
    known = make_account(name)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=known.pk)
        case = suspicious.report(account, actor=Actor.link(account.pk), now=now)
    restrictions.active(known.pk)[0].delete()
    return cases.resolve_case(case.pk, actor=staff(Role.AGENT), note="", now=now + timedelta(seconds=1))
