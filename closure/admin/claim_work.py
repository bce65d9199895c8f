"""The day's work that late deposits bring."""

from django.utils.translation import gettext_lazy

from accounts.admin.work import Work
from closure.models import DepositClaim

WORK: tuple[Work[DepositClaim], ...] = (
    Work(
        code="open",
        name=gettext_lazy("Claims open"),
        note=gettext_lazy("Deposits that came too late. Somebody proposes what becomes of each."),
        rows=lambda _now: DepositClaim.objects.filter(settled_at=None, outcome=""),
        tone="warn",
    ),
    Work(
        code="settle",
        name=gettext_lazy("Claims to settle"),
        note=gettext_lazy("One person proposed a settlement. A lead or compliance other than them settles."),
        rows=lambda _now: DepositClaim.objects.filter(settled_at=None).exclude(outcome=""),
        tone="info",
    ),
)
