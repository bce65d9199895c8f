"""Staff refuse what was sent for a matter, or ask for more, with the rules that it breaks (L04)."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0036_away")]

    operations: ClassVar = [
        migrations.AddField("matter", "asked_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("matter", "refused_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("matter", "refused_by", models.UUIDField(blank=True, null=True)),
        migrations.AddField(
            "matter",
            "broken",
            models.JSONField(default=list, help_text="Rules that a refusal, or asking for more, names"),
        ),
        migrations.AddConstraint(
            "matter",
            models.CheckConstraint(
                condition=Q(refused_at=None, refused_by=None) | Q(refused_at__isnull=False, refused_by__isnull=False),
                name="matter_refusal_paired",
            ),
        ),
        migrations.AddConstraint(
            "matter",
            models.CheckConstraint(
                condition=Q(refused_by=None) | ~Q(refused_by=F("account_id")), name="matter_never_refused_by_owner"
            ),
        ),
        migrations.AddConstraint(
            "matter",
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(refused_at=None), name="matter_accepted_or_refused"
            ),
        ),
    ]
