"""Groups of staff: exactly what the powers say, after every migration and whatever somebody added by hand."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from accounts import roles
from accounts.enums import Role
from accounts.management.commands.draw_roles import FILE
from accounts.powers import every
from tests.factories import make_staff

pytestmark = pytest.mark.row("L07")


def permissions_of(role: Role) -> set[str]:
    found = Permission.objects.filter(group__name=role.value).values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in found}


def permissions_in_code(role: Role) -> set[str]:
    return {f"{power.app}.{power.codename}" for power in every() if role in power.roles}


@pytest.mark.django_db
def test_groups_have_exactly_the_permissions_of_the_code() -> None:
    for role in Role:
        assert permissions_of(role) == permissions_in_code(role)
        assert make_staff(role.value, role).get_group_permissions() == permissions_in_code(role)
    assert set(Group.objects.values_list("name", flat=True)) == set(Role.values)


def test_an_auditor_has_powers_to_look_and_to_take_the_journal_along_only() -> None:
    verbs = {power.verb for power in every() if Role.AUDITOR in power.roles}
    assert verbs == {"view", "view_ordered", "export"}


def test_every_power_is_one_permission() -> None:
    names = [(power.app, power.codename) for power in every()]
    assert len(names) == len(set(names))


@pytest.mark.django_db
def test_what_was_given_by_hand_is_taken_away_and_what_was_taken_comes_back() -> None:
    auditors = Group.objects.get(name=Role.AUDITOR)
    auditors.permissions.add(Permission.objects.get(codename="handle_case"))
    Group.objects.get(name=Role.LEAD).permissions.clear()
    roles.after_migrate()
    assert [permissions_of(role) for role in Role] == [permissions_in_code(role) for role in Role]


@pytest.mark.django_db
def test_everything_is_made_again_after_a_flush() -> None:
    Group.objects.all().delete()
    Permission.objects.all().delete()
    roles.after_migrate()
    assert [permissions_of(role) for role in Role] == [permissions_in_code(role) for role in Role]


@pytest.mark.django_db
def test_nothing_is_written_where_nothing_is_to_do(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        roles.grant()


def test_docs_say_what_the_code_does(settings: Settings, tmp_path: Any) -> None:
    call_command("draw_roles", check=True)
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError, match=r"Run manage\.py draw_roles"):
        call_command("draw_roles", check=True)
    call_command("draw_roles")
    drawn = (tmp_path / FILE).read_text()
    assert "| auditor |" in drawn
    call_command("draw_roles", check=True)
