"""Staff roles as groups; made by migration and again after each one (a flushed test database loses them)."""

from typing import Any

from django.contrib.auth.models import Group

from accounts.enums import Role


def ensure(groups: Any = Group, using: str = "default") -> None:
    """Make the group of every role that is missing; safe to run again."""
    for role in Role:
        groups.objects.using(using).get_or_create(name=role.value)


def after_migrate(*, using: str = "default", **_facts: object) -> None:
    """Run `ensure` when a migration run ends."""
    ensure(using=using)
