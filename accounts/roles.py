"""Staff roles as groups with the permissions of their powers, made by migration and again after each one.

A flushed test database loses them. Groups have exactly what accounts.powers says: what was added by hand goes.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group

from accounts.enums import Role
from accounts.powers import Power, every

NAMES = tuple(Role.values)
Models = Callable[[str, str], Any]


def ensure(groups: Any = Group, using: str = "default") -> None:
    """Make the group of every role that is missing; safe to run again."""
    for role in Role:
        groups.objects.using(using).get_or_create(name=role.value)


def grant(models: Models = apps.get_model, using: str = "default") -> None:
    """Give the group of each role the permissions of its powers and no others; asks once where nothing is to do."""
    wanted = {(role.value, power.app, power.codename) for power in every() for role in power.roles}
    links = models("auth", "Group").permissions.through.objects.using(using)
    standing = {
        (name, app, codename): key
        for key, name, app, codename in links.filter(group__name__in=NAMES).values_list(
            "pk", "group__name", "permission__content_type__app_label", "permission__codename"
        )
    }
    if standing.keys() == wanted:
        return
    links.filter(pk__in=[standing[line] for line in standing.keys() - wanted]).delete()
    groups = dict(models("auth", "Group").objects.using(using).values_list("name", "pk"))
    permissions = _permissions(every(), models, using)
    links.bulk_create(
        links.model(group_id=groups[name], permission_id=permissions[app, codename])
        for name, app, codename in sorted(wanted - standing.keys())
    )


def _permissions(powers: Iterable[Power], models: Models, using: str) -> dict[tuple[str, str], int]:
    """Return the keys of the permissions by app and name, after making what is missing."""
    types, found = _content_types(powers, models, using), models("auth", "Permission").objects.using(using)
    made = [
        found.model(content_type_id=types[power.app, power.table], codename=power.codename, name=power.words)
        for power in powers
    ]
    found.bulk_create(made, ignore_conflicts=True)
    rows = found.values_list("content_type__app_label", "codename", "pk")
    return {(app, codename): key for app, codename, key in rows}


def _content_types(powers: Iterable[Power], models: Models, using: str) -> dict[tuple[str, str], int]:
    types = models("contenttypes", "ContentType").objects.using(using)
    tables = sorted({(power.app, power.table) for power in powers})
    types.bulk_create([types.model(app_label=app, model=table) for app, table in tables], ignore_conflicts=True)
    return {(app, table): key for app, table, key in types.values_list("app_label", "model", "pk")}


def after_migrate(*, using: str = "default", **_facts: object) -> None:
    """Run `ensure` and `grant` when a migration run ends."""
    ensure(using=using)
    grant(using=using)
