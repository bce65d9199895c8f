"""What a lead tells everybody, or those of some regions, for a time (M05)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models.base import TimeOrdered, paired


class Announcement(TimeOrdered):
    """Plain text in each language that it was written in. What was published is never edited: it ends."""

    texts = models.JSONField(help_text="{language: {title, text}}")
    regions = models.JSONField(default=list, help_text="Codes of regions.toml; none: it concerns everybody")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True, help_text="The first moment at which it is not shown")
    published_at = models.DateTimeField()
    published_by = models.UUIDField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="announcement_ends_after_start"
            ),
            models.CheckConstraint(condition=paired("ended"), name="announcement_ended_paired"),
        ]

    def __str__(self) -> str:
        return str(self.texts[self.spoken(settings.LANGUAGE_CODE)]["title"])

    def spoken(self, language: str) -> str:
        """Return in which language to show it: this one, else the portal's own, else one in which it was written."""
        wanted = (each for each in (language, settings.LANGUAGE_CODE) if each in self.texts)
        return next(wanted, min(self.texts))
