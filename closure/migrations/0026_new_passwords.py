"""From when on a password is new to who came back; lists that stand take what was chosen since they began."""

from typing import Any

from django.db import migrations, models
from django.db.models import F


def count_from_the_beginning(apps: Any, _editor: Any) -> None:
    """Let lists that stand count from when they began."""
    apps.get_model("closure", "WelcomeBack").objects.update(password_since=F("began_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("closure", "0025_looked_at_since_frozen"),
        ("accounts", "0036_away"),
    ]

    operations = [
        migrations.AddField(
            model_name="welcomeback",
            name="password_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(count_from_the_beginning, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="welcomeback",
            name="password_since",
            field=models.DateTimeField(help_text="A password that was chosen from then on is new"),
        ),
        migrations.AlterField(
            model_name="welcomeback",
            name="away_since",
            field=models.DateTimeField(help_text="When its owner was last here"),
        ),
    ]
