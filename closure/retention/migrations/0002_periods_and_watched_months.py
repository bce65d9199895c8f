"""Records keep the period beside their date; months keep what the look at their canary found."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_archive_holds_and_disclosures")]

    operations = [
        # Nothing was sealed before this: no row is given these defaults.
        migrations.AddField(
            model_name="archiverecord",
            name="years",
            field=models.PositiveSmallIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="archiverecord",
            name="jurisdiction",
            field=models.CharField(
                blank=True, help_text="Whose law lengthened the years; empty: nobody's", max_length=8
            ),
        ),
        migrations.AddField(
            model_name="purgemonth",
            name="ring_version",
            field=models.PositiveSmallIntegerField(default=0, help_text="Version of ARCHIVE_KEYS that wraps its keys"),
        ),
        migrations.AddField(
            model_name="purgemonth",
            name="seen_at",
            field=models.DateTimeField(blank=True, help_text="When its canary was looked at last", null=True),
        ),
        migrations.AddField(
            model_name="purgemonth",
            name="problem",
            field=models.CharField(
                blank=True,
                choices=[
                    ("gone", "the key is gone"),
                    ("unreadable", "the key or the canary cannot be read"),
                    ("no_canary", "the canary is gone"),
                ],
                help_text="What the look found",
                max_length=16,
            ),
        ),
    ]
