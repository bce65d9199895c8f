"""Identifiers of closed accounts that nobody can register with before a date (group G)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import IdentifierKind
from accounts.models.base import OfAccount, never_by_owner, paired


class BlockedIdentity(OfAccount):
    """One identifier of one closed account, as a keyed fingerprint and nothing else (G08).

    Rows are of a closure (`file_id`), so two closings of the same identifier are two rows and the later date counts.
    What stands when is said by accounts.blocked.
    """

    account_id = models.UUIDField()
    file_id = models.UUIDField(help_text="The closure that blocked it")
    kind = models.CharField(_("kind"), max_length=16, choices=IdentifierKind)
    fingerprint = models.BinaryField(max_length=32)
    key_version = models.PositiveSmallIntegerField()
    counted_from = models.DateTimeField(help_text="The closing")
    blocked_until = models.DateTimeField(help_text="The first moment at which it is free again")
    while_archived = models.BooleanField(default=False, help_text="It ends with the identity archive, however late")
    review_every = models.DurationField(
        null=True, blank=True, help_text="Compliance may block it for ever and looks again this often; none: may not"
    )
    for_ever_at = models.DateTimeField(null=True, blank=True)
    for_ever_by = models.UUIDField(null=True, blank=True)
    review_due_at = models.DateTimeField(null=True, blank=True)
    release_proposed_at = models.DateTimeField(null=True, blank=True)
    release_proposed_by = models.UUIDField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = _("re-registration block")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["file_id", "kind"], name="blocked_once_a_closure"),
            models.CheckConstraint(
                condition=paired("for_ever") & paired("release_proposed") & paired("released"), name="blocked_paired"
            ),
            models.CheckConstraint(
                condition=Q(for_ever_at=None, review_due_at=None)
                | Q(for_ever_at__isnull=False, review_due_at__isnull=False, review_every__isnull=False),
                name="blocked_for_ever_is_reviewed",
            ),
            models.CheckConstraint(
                condition=Q(released_by=None)
                | (Q(release_proposed_by__isnull=False, for_ever_at=None) & ~Q(released_by=F("release_proposed_by"))),
                name="blocked_released_by_second",
            ),
            models.CheckConstraint(
                condition=never_by_owner("for_ever_by", "release_proposed_by", "released_by"),
                name="blocked_never_by_owner",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["fingerprint"], name="blocked_found"),
            models.Index(fields=["blocked_until", "id"], condition=Q(for_ever_at=None), name="blocked_ending"),
            models.Index(fields=["review_due_at"], condition=Q(for_ever_at__isnull=False), name="blocked_review_due"),
            models.Index(
                fields=["release_proposed_at"],
                condition=Q(release_proposed_at__isnull=False, released_at=None),
                name="blocked_release_waits",
            ),
        ]

    def __str__(self) -> str:
        return self.kind
