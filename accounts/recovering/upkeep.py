"""What time does to recoveries: what is due takes effect, what was left lapses, cases of what is over are resolved."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts import cases, clock
from accounts.enums import AccountStatus, CaseState, RecoveryState
from accounts.exceptions import PortalError
from accounts.models import Account, FactorRecovery
from accounts.models.factor_recovery import OPEN
from accounts.recovering import completing, ending, invitations, lifecycle
from accounts.recovering.table import IDLE

AT_ONCE = 200


def sweep(now: datetime) -> dict[str, int]:
    """Do what is due and return how many of each; safe to run again, and by two at once."""
    return {
        "recovered": complete_due(now=now),
        "recoveries_lapsed": lapse(now=now),
        "invitations_ended": invitations.lapse(now=now),
        "recovery_cases_resolved": resolve(now=now),
    }


def complete_due(*, now: datetime) -> int:
    """Carry out recoveries whose delay is over, by the database's own time too; returns how many."""
    due = FactorRecovery.objects.filter(state=RecoveryState.WAITING, due_at__lte=now).filter(due_at__lte=clock.db_now())
    keys = list(due.order_by("due_at").values_list("pk", flat=True)[:AT_ONCE])
    return sum(completing.complete(key, now=now) for key in keys)


def lapse(*, now: datetime) -> int:
    """End what was begun and left, what staff resolved the case of, and what a disabled account has; returns how many.

    What is confirmed ends so too: an account that is disabled and open again within the delay is not recovered.
    """
    idle = Q(case__state=CaseState.RESOLVED) | Q(account__status=AccountStatus.DISABLED)
    for state, within in IDLE.items():
        idle |= Q(state=state, touched_at__lte=now - within)
    left = FactorRecovery.objects.filter(idle, state__in=OPEN)
    keys = list(left.order_by("id").values_list("pk", flat=True)[:AT_ONCE])
    return sum(_lapse(key, idle, now=now) for key in keys)


def _lapse(key: UUID, idle: Q, *, now: datetime) -> int:
    with transaction.atomic():
        try:
            account, row = lifecycle.lock(key)
        except PortalError:
            return 0
        if not row.is_open or not FactorRecovery.objects.filter(idle, pk=row.pk).exists():
            return 0
        ending.end(row, account, why=_why(row, account), actor=ending.GUARD, now=now)
    return 1


def _why(row: FactorRecovery, account: Account) -> str:
    if row.case.state == CaseState.RESOLVED:
        return ending.CASE
    return ending.ACCOUNT if account.status == AccountStatus.DISABLED else ending.IDLE


def resolve(*, now: datetime) -> int:
    """Resolve the cases of recoveries that are over, which is when their photos begin to run out; returns how many."""
    over = FactorRecovery.objects.exclude(state__in=OPEN).exclude(case__state=CaseState.RESOLVED)
    keys = list(over.order_by("id").values_list("case_id", flat=True)[:AT_ONCE])
    for key in keys:
        cases.resolve_by_itself(key, actor=ending.GUARD, why="recovery_over", now=now)
    return len(keys)
