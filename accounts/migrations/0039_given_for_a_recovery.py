"""Which proof was given beside the link of a recovery, so that who decides it reads it (J04, L04)."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0038_answers_to_matters")]

    operations: ClassVar = [
        migrations.AddField(
            "factorrecovery",
            "given",
            models.CharField(
                blank=True,
                choices=[
                    ("password", "password"),
                    ("email", "e-mail code"),
                    ("sms", "text message code"),
                    ("totp", "authenticator code"),
                    ("passkey", "passkey"),
                    ("backup", "backup code"),
                    ("face", "face check"),
                ],
                help_text="What was given beside the link; empty where documents stand for it, or it was not kept yet",
                max_length=8,
            ),
            preserve_default=False,
        ),
    ]
