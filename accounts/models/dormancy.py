"""What customers who stay away were told, of which date; and how far the sweep that finds them has come."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.enums import MessageChannel, NoticeMatter
from accounts.models.account import Account
from accounts.models.base import OfAccount, never_by_owner, paired


class DormancyNotice(OfAccount):
    """A date that was announced to one account; it goes when the account is active again (accounts.status).

    `days_before` is that of the last notice, 0 once the date has come; an empty channel says that there was no address.
    Of unclaimed property somebody of staff says that what the law asks for was done: handled, and nothing moves by it.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    matter = models.CharField(max_length=16, choices=NoticeMatter)
    on = models.DateField(help_text="The date that was announced; it never moves earlier")
    days_before = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=8, choices=MessageChannel, blank=True)
    first_sent_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = "announced date"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "matter"], name="dormancy_notice_once"),
            models.CheckConstraint(
                condition=paired("handled") & never_by_owner("handled_by"), name="dormancy_notice_handled_by_another"
            ),
            models.CheckConstraint(
                condition=Q(handled_at=None) | Q(matter=NoticeMatter.UNCLAIMED),
                name="dormancy_notice_handled_unclaimed",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["matter", "days_before", "on", "id"], name="dormancy_notice_due")
        ]

    def __str__(self) -> str:
        return f"{self.get_matter_display()} on {self.on}"


class SweepMark(models.Model):
    """How far one line of the sweep has come, by last activity; a whole round begins at the first again each week."""

    line = models.CharField(max_length=32, primary_key=True)
    reached_at = models.DateTimeField(null=True)
    reached_id = models.UUIDField(null=True)
    round_began_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.line
