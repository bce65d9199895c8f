"""When owners were last here and chose their passwords; and what staff did about unclaimed property."""

from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import migrations, models
from django.db.models import Max, OuterRef, Subquery


def date_passwords(apps: Any, _editor: Any) -> None:
    """Date each password by when the one before it ended; one that is dead has no date."""
    account, used = apps.get_model("accounts", "Account"), apps.get_model("accounts", "PasswordUsed")
    latest = used.objects.filter(account=OuterRef("pk")).order_by().values("account")
    changed = account.objects.filter(pk__in=used.objects.values("account")).exclude(
        password__startswith=UNUSABLE_PASSWORD_PREFIX
    )
    changed.update(password_chosen_at=Subquery(latest.annotate(at=Max("replaced_at")).values("at")))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0034_purpose_of_stopping_a_reactivation"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="last_here_at",
            field=models.DateTimeField(
                blank=True, help_text="When its owner was last here, where activity was seen elsewhere since", null=True
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="password_chosen_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When the password in use was chosen here; none: with the account, or it is dead",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="dormancynotice",
            name="handled_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="dormancynotice",
            name="handled_by",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="dormancynotice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("handled_at", None), ("handled_by", None)),
                        models.Q(("handled_at__isnull", False), ("handled_by__isnull", False)),
                        _connector="OR",
                    ),
                    models.Q(
                        ("handled_by", None),
                        models.Q(("handled_by", models.F("account_id")), _negated=True),
                        _connector="OR",
                    ),
                ),
                name="dormancy_notice_handled_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="dormancynotice",
            constraint=models.CheckConstraint(
                condition=models.Q(("handled_at", None), ("matter", "unclaimed"), _connector="OR"),
                name="dormancy_notice_handled_unclaimed",
            ),
        ),
        migrations.RunPython(date_passwords, migrations.RunPython.noop),
    ]
