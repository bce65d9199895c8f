"""When a closure had ended before an older database was restored (H06)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("closure", "0008_whitelist")]

    operations = [
        migrations.AddField(
            model_name="closurerequest",
            name="first_ended_at",
            field=models.DateTimeField(
                blank=True,
                help_text="By the book: when it had closed before an older database was restored (H06)",
                null=True,
            ),
        ),
    ]
