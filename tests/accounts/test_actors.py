"""Who acts."""

import pytest
from django.contrib.auth.models import Group

from accounts.actors import Actor
from accounts.enums import Role
from accounts.powers import LIFT_HOLDS
from tests.factories import make_account, make_staff

pytestmark = pytest.mark.django_db


def test_labels_name_no_person() -> None:
    ana, sam = make_account("ana"), make_staff("sam")
    labels = [
        actor.label
        for actor in (
            Actor.customer(ana),
            Actor.status_session(ana.pk),
            Actor.link(ana.pk),
            Actor.staff(sam),
            Actor.system("worker"),
            Actor.core(),
        )
    ]
    kinds = ("customer", "status_session", "link")
    assert labels == [*(f"{kind}:{ana.pk}" for kind in kinds), f"staff:{sam.pk}", "system:worker", "core:core"]


def test_roles_are_those_of_the_groups() -> None:
    lea = make_staff("lea", Role.LEAD)
    lea.groups.add(Group.objects.get(name=Role.AUDITOR.value))
    assert Actor.staff(lea).roles == {Role.LEAD, Role.AUDITOR}


def test_power_is_of_staff_in_its_roles_alone() -> None:
    olga = make_staff("olga", Role.COMPLIANCE)
    may = {role: Actor.staff(make_staff(role.value, role)).may(LIFT_HOLDS) for role in Role}
    assert may == {role: role is Role.COMPLIANCE for role in Role}
    assert [Actor.customer(olga).may(LIFT_HOLDS), Actor.system("worker").may(LIFT_HOLDS)] == [False, False]


def test_group_gives_a_customer_no_role() -> None:
    ana = make_account("ana")
    ana.groups.add(Group.objects.get(name=Role.COMPLIANCE.value))
    assert Actor.staff(ana).roles == frozenset()
