"""A test that committed leaves nothing but what migrations wrote, and the journal refuses as before."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import DatabaseError, connection, transaction

from accounts import triggers
from accounts.enums import Role
from accounts.models import Account, Event
from closure.models import ClosureRequest
from tests import factories
from tests.plugins.flush import empty, filled

pytestmark = pytest.mark.django_db(transaction=True)


def test_emptying_takes_every_row_but_those_of_migrations() -> None:
    factories.make_account()
    permissions = Permission.objects.count()
    empty(connection)
    with connection.cursor() as cursor:
        assert filled(connection, cursor) == []
    assert {group.name for group in Group.objects.all()} == {role.value for role in Role}
    assert Permission.objects.count() == permissions > 0


def test_after_emptying_the_journal_refuses_to_forget() -> None:
    factories.make_account()
    empty(connection)
    assert triggers.missing(connection) == []
    factories.make_account()
    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.all()._raw_delete(using="default")
    assert Event.objects.exists()


def test_only_tables_with_rows_are_named() -> None:
    factories.make_account()
    with connection.cursor() as cursor:
        named = filled(connection, cursor)
    assert Account._meta.db_table in named
    assert Event._meta.db_table in named
    assert ClosureRequest._meta.db_table not in named
