"""A photo that its owner takes away while a hold keeps it stays, unseen by its owner (invariant 19)."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("closure", "0026_new_passwords")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="evidence",
            name="taken_away_at",
            field=models.DateTimeField(blank=True, help_text="Its owner took it away; a hold keeps it", null=True),
        ),
    ]
