"""Erasure as the classes say: whole rows, blanked columns and ties, set-based and repeatable."""

from datetime import datetime

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Identifier
from closure.exchange.ledger.models import LedgerEvent
from closure.retention import erase
from closure.retention.erase import erase_accounts, erasures
from closure.retention.fields import CLASSES, FieldClass, ModelClass
from tests.closure.planting import PLANTED, places, plant
from tests.factories import make_account

pytestmark = pytest.mark.django_db
WHOLE = sorted(label for label, classed in CLASSES.items() if classed.delete)


@pytest.mark.row("F02")
def test_erase_accounts_removes_whole_rows_where_the_class_says_so(now: datetime) -> None:
    ana = make_account("ana")
    plant(ana, now)
    erase_accounts([ana.pk])
    left = {
        label: apps.get_model(label)._base_manager.filter(**{str(CLASSES[label].account): ana.pk}).count()
        for label in WHOLE
    }
    assert left == dict.fromkeys(WHOLE, 0)


@pytest.mark.row("F02")
@pytest.mark.django_db(transaction=True)  # the file is read, which no open transaction allows
def test_erase_accounts_leaves_nothing_readable(now: datetime) -> None:
    ana = make_account("ana")
    plant(ana, now)
    tables = [place for place, _needle in places(PLANTED) if "sqlite" not in place]
    # Every table that goes whole has at least one column that the value fits into, or it holds no text at all.
    assert len(tables) >= 10
    erase_accounts([ana.pk])
    assert places(PLANTED) == []


def test_erase_accounts_touches_nobody_else(now: datetime) -> None:
    ana, ben = make_account("ana"), make_account("ben")
    erase_accounts([ana.pk])
    ben.refresh_from_db()
    assert (ben.email, Identifier.objects.filter(account=ben).count()) == ("ben@example.test", 3)


def test_erase_accounts_again_changes_nothing(now: datetime) -> None:
    ana = make_account("ana")
    erase_accounts([ana.pk])
    before = Account.objects.filter(pk=ana.pk).values().get()
    erase_accounts([ana.pk])
    assert Account.objects.filter(pk=ana.pk).values().get() == before


def test_erase_accounts_unties_groups(now: datetime) -> None:
    ana = make_account("ana")
    ana.groups.add(Group.objects.create(name="testers"))
    erase_accounts([ana.pk])
    assert list(ana.groups.all()) == []


def test_erase_accounts_takes_as_many_statements_for_ten_as_for_one(now: datetime) -> None:
    keys = [make_account(f"ana{number}").pk for number in range(10)]
    counts = []
    for some in (keys[:1], keys[1:]):
        with CaptureQueriesContext(connection) as queries:
            erase_accounts(some)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.row("F08")
def test_erase_accounts_leaves_what_the_core_told_too_late(now: datetime) -> None:
    ana, told = make_account("ana"), {"asset": "BTC", "amount": "1"}
    for position, kind in enumerate(("deposit", "late_deposit"), start=1):
        LedgerEvent.objects.create(account_id=ana.pk, position=position, at=now, kind=kind, data=told)
    erase_accounts([ana.pk])
    assert dict(LedgerEvent.objects.values_list("kind", "data")) == {"deposit": {}, "late_deposit": told}


def test_erasures_cover_every_class_with_an_account() -> None:
    wanted = sorted(label for label, classed in CLASSES.items() if classed.account is not None)
    assert sorted(erasure.model._meta.label for erasure in erasures()) == wanted


def test_erasure_refuses_a_column_that_cannot_be_blanked() -> None:
    classed = ModelClass(account="id", delete=False, fields={"created_at": FieldClass.ERASE})
    with pytest.raises(ImproperlyConfigured, match=r"accounts\.Account\.created_at"):
        erase._erasure("accounts.Account", classed)
