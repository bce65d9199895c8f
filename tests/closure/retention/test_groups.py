"""What is erased is counted before, by groups that people know, and no table is left out (F07)."""

from collections import Counter
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Session
from closure.retention import groups
from closure.retention.erase import erasures
from closure.retention.groups import GROUPS, ErasedGroup
from tests.closure.planting import plant
from tests.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.row("F07")]


def test_every_table_that_is_erased_is_in_one_group() -> None:
    assert sorted(GROUPS) == sorted(erasure.model._meta.label for erasure in erasures())
    assert sum(len(tables.split()) for tables in groups._TABLES.values()) == len(GROUPS)


def test_count_is_what_erasing_takes(now: datetime) -> None:
    ana = make_account("ana")
    plant(ana, now)
    told = groups.count([ana.pk])[ana.pk]
    erased: Counter[ErasedGroup] = Counter()
    for erasure in erasures():
        erased[GROUPS[erasure.model._meta.label]] += erasure.run([ana.pk])
    # Nobody has looked at the account, so there is no result of a check.
    assert (told, set(ErasedGroup) - set(told)) == (erased, {ErasedGroup.CHECKS})


def test_count_leaves_the_session_of_who_is_looking(now: datetime) -> None:
    ana = make_account("ana")
    before = groups.count([ana.pk])[ana.pk][ErasedGroup.SIGN_INS]
    for number, kind in enumerate(("status", "customer")):
        Session.objects.create(
            key_digest=bytes([number]), kind=kind, account_id=ana.pk, created_at=now, active_at=now, expires_at=now
        )
    assert groups.count([ana.pk])[ana.pk][ErasedGroup.SIGN_INS] == before + 1


def test_count_keeps_people_apart_with_as_many_queries_for_ten_as_for_one(now: datetime) -> None:
    keys = [make_account(f"ana{number}").pk for number in range(10)]
    counts = []
    for some in (keys[:1], keys):
        with CaptureQueriesContext(connection) as queries:
            groups.count(some)
        counts.append(len(queries))
    assert counts[0] == counts[1] == len(erasures())
    found = groups.count(keys)
    assert {found[key][ErasedGroup.PROFILE] for key in keys} == {4}  # the account, e-mail, phone, document
