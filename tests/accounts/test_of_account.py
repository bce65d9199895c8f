"""Rows of an account: their shard, and what loading a part of them costs."""

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.ids import shard_of
from accounts.models import Identifier
from tests.factories import make_account

pytestmark = pytest.mark.django_db


def test_shard_is_set_from_the_account() -> None:
    account = make_account("ana")
    shards = {row.shard for row in Identifier.objects.all()}
    assert shards == {Identifier(account=account).shard} == {shard_of(account.pk)}


def test_row_of_nobody_has_no_shard_yet() -> None:
    assert Identifier().shard is None


def test_loading_some_columns_asks_for_no_others(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_account("ana")
    make_account("ben")
    with django_assert_num_queries(1):
        rows = list(Identifier.objects.only("pk"))
    with django_assert_num_queries(1):
        rows[0].refresh_from_db(fields=["kind"])
    assert len(rows) > 1
