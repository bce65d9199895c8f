"""Make the journal append-only and the staff roles; both are made again after every migration run."""

from typing import Any

from django.db import migrations

from accounts import roles, triggers


def install(apps: Any, schema_editor: Any) -> None:
    triggers.install(schema_editor.connection)


def remove(apps: Any, schema_editor: Any) -> None:
    triggers.remove(schema_editor.connection)


def make_roles(apps: Any, schema_editor: Any) -> None:
    roles.ensure(apps.get_model("auth", "Group"), using=schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_accounts_and_journal"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.RunPython(install, remove),
        migrations.RunPython(make_roles, migrations.RunPython.noop),
    ]
