"""An account check as it came out, kept so that staff see the difference between two."""

from typing import ClassVar

from django.db import models

from accounts.models import Account
from accounts.models.base import OfAccount
from closure.enums import Moment, Verdict
from closure.models.request import ClosureRequest


class CheckRun(OfAccount):
    """One run. `result` is the check as contract.md shapes it; amounts stay the texts the core gave."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="check_runs")
    request = models.ForeignKey(ClosureRequest, on_delete=models.CASCADE, null=True, related_name="check_runs")
    moment = models.CharField(max_length=16, choices=Moment)
    verdict = models.CharField(max_length=16, choices=Verdict)
    policy_version = models.CharField(max_length=16)
    snapshot_at = models.DateTimeField(null=True, help_text="None: the core gave no snapshot")
    deposits_locked = models.BooleanField(default=False)
    withdrawn_usdt = models.CharField(max_length=64, blank=True, help_text="In 30 days; empty: not priced or unknown")
    result = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "-created_at"], name="check_latest_of_account"),
            models.Index(fields=["request", "-created_at"], name="check_latest_of_request"),
            models.Index(
                fields=["created_at"],
                condition=models.Q(moment=Moment.CHECK, verdict__in=[Verdict.BLOCKED, Verdict.UNKNOWN]),
                name="check_stopping",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.moment}: {self.verdict}"
