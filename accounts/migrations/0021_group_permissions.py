"""Give the groups of staff the permissions of their powers; done again after every migration run (accounts.roles)."""

from typing import Any

from django.db import migrations

from accounts import roles


def grant(apps: Any, schema_editor: Any) -> None:
    roles.grant(apps.get_model, using=schema_editor.connection.alias)


def take_away(apps: Any, schema_editor: Any) -> None:
    for group in apps.get_model("auth", "Group").objects.filter(name__in=roles.NAMES):
        group.permissions.clear()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0020_regions_and_announcements"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(grant, take_away)]
