"""The words of some messages are kept for a time: an index finds those whose time is over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0023_journal_search"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="outboxmessage",
            index=models.Index(
                condition=models.Q(("payload__isnull", False), ("state", "sent")),
                fields=["finished_at"],
                name="outbox_words_kept",
            ),
        ),
    ]
