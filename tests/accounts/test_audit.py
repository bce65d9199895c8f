"""Whatever is done to a sealed journal past its triggers, an audit names it."""

from datetime import datetime, timedelta
from random import Random

import pytest
from django.db import connection, transaction

from accounts import sealing, triggers
from accounts.audit import Audit, audit
from accounts.chain import Break
from accounts.models import Account, Checkpoint
from tests.accounts.sealed_journals import Journal, make_journal
from tests.accounts.tampering import TAMPERS
from tests.accounts.test_sealing import write
from tests.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.row("H07")]
TIMES = 3


@pytest.fixture
def people() -> list[Account]:
    return [make_account(name) for name in ("ana", "bea", "cai")]


@pytest.fixture
def journal(people: list[Account], now: datetime) -> Journal:
    """Return a sealed journal in a database whose triggers somebody took away."""
    made = make_journal(people, Random(7), now)
    triggers.remove(connection)
    return made


def test_journal_that_nobody_touched_is_whole(journal: Journal) -> None:
    size = len(journal.events)
    counts = {"events": size, "sealed": size, "checkpoints": len(journal.sizes), "waiting": 0}
    whole = Audit(**counts, waiting_since=None, broken=None)
    assert (audit(), audit(journal.published)) == (whole, whole)


@pytest.mark.parametrize("way", sorted(TAMPERS))
def test_tampering_is_found_and_named(journal: Journal, way: str) -> None:
    for number in range(TIMES):
        point = transaction.savepoint()
        subjects = TAMPERS[way](journal, Random(f"{way} {number}"))
        broken = audit(journal.published).broken
        assert broken is not None
        assert {broken.subject} <= subjects
        transaction.savepoint_rollback(point)
    assert audit(journal.published).broken is None


@pytest.mark.parametrize("way", ["truncate", "rewind_and_seal_again"])
def test_what_has_every_key_is_found_by_what_was_published_alone(journal: Journal, way: str) -> None:
    TAMPERS[way](journal, Random(1))
    assert audit().broken is None
    assert audit(journal.published[-1:]).broken is not None


def test_forged_checkpoint_that_was_published_is_named(journal: Journal) -> None:
    forged = journal.published[1].replace("journal\n", "journa1\n", 1)
    broken = audit([forged]).broken
    assert broken == Break(f"published checkpoint {forged[:200]!r}", "it is not signed by us")


def test_published_checkpoint_with_signatures_of_others_is_ours(journal: Journal) -> None:
    note = f"{journal.published[1]}— witness.example.test AAAABBBB\n"
    assert audit([note]).broken is None


def test_what_is_not_sealed_yet_is_told_and_is_no_break(now: datetime) -> None:
    write(2, now)
    sealing.seal(now=now)
    write(3, now + timedelta(seconds=5))
    found = audit()
    assert (found.events, found.sealed, found.waiting, found.broken) == (5, 2, 3, None)
    assert (found.waiting_since, Checkpoint.objects.count()) == (now + timedelta(seconds=5), 1)
