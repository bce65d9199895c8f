"""Rows of an account, and the account itself: their shard, and what loading a part of them costs."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.ids import shard_of
from accounts.models import Account, Identifier, TotpDevice
from tests.factories import make_account

pytestmark = pytest.mark.django_db
# An account, what is about it, and a factor, which is Django's user's.
ROWS = {Account: ("pk", "status"), Identifier: ("account_id", "kind"), TotpDevice: ("user_id", "confirmed")}


@pytest.mark.parametrize("model", ROWS)
def test_shard_is_set_from_the_account(model: Any) -> None:
    account, (owner, _column) = make_account("ana"), ROWS[model]
    assert {row.shard for row in model.objects.all()} == {shard_of(account.pk)}
    assert (model(**{owner: account.pk}).shard, model(**{owner: None}).shard) == (shard_of(account.pk), None)


@pytest.mark.parametrize("model", ROWS)
def test_loading_some_columns_asks_for_no_others(model: Any, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_account("ana")
    make_account("ben")
    with django_assert_num_queries(1):
        rows = list(model.objects.only("pk"))
    with django_assert_num_queries(1):
        rows[0].refresh_from_db(fields=[ROWS[model][1]])
    assert len(rows) > 1
