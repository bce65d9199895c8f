"""The part of the journal campaign that pytest runs (tests/campaigns/journal.py starts it)."""

import hashlib
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from random import Random
from statistics import median
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import chain, journal_export, merkle, seal_check, sealing, triggers
from accounts.actors import Actor
from accounts.audit import audit
from accounts.checkpoints import read
from accounts.journal import Entry, record_many
from accounts.models import Checkpoint, Event, JournalLeaf
from tests.accounts.sealed_journals import make_journal
from tests.accounts.tampering import TAMPERS
from tests.campaigns.journal import EVENTS, SEED, TAMPERS_WANTED
from tests.factories import make_account

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("campaign")
TAMPERS_EACH = 250
ACCOUNTS = 500
ROUNDS = 3
PROOFS = 200


def wanted(name: str) -> int:
    return int(os.environ[name])


def tell(capsys: pytest.CaptureFixture[str], headline: str, counts: Iterable[tuple[str, object]]) -> None:
    lines = [f"\nseed {wanted(SEED)}, {connection.vendor}: {headline}"]
    lines += [f"{what:36} {count}" for what, count in counts]
    with capsys.disabled():
        sys.stdout.write("\n".join(lines) + "\n")


def test_tampers_are_all_found_and_named(now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    chance, total = Random(wanted(SEED)), wanted(TAMPERS_WANTED)
    people = [make_account(name) for name in ("ana", "bea", "cai", "dov")]
    triggers.remove(connection)
    tried, named = Counter[str](), Counter[str]()
    while tried.total() < total:
        world = transaction.savepoint()
        journal = make_journal(people, chance, now)
        assert audit(journal.published).broken is None
        for _number in range(min(TAMPERS_EACH, total - tried.total())):
            way = chance.choice(sorted(TAMPERS))
            point = transaction.savepoint()
            subjects = TAMPERS[way](journal, chance)
            broken = audit(journal.published).broken
            assert broken is not None, way
            assert broken.subject in subjects, (way, broken, subjects)
            transaction.savepoint_rollback(point)
            tried[way] += 1
            named[broken.subject.rpartition(" ")[0].partition(" of ")[0].rstrip(" 0123456789")] += 1
        assert audit(journal.published).broken is None
        transaction.savepoint_rollback(world)
    tell(capsys, f"{tried.total()} tampers, all found and named", [*sorted(tried.items()), *sorted(named.items())])


def per_second(count: int, work: Callable[[], object]) -> tuple[int, Any]:
    began = time.monotonic()
    result = work()
    return round(count / (time.monotonic() - began)), result


def write(total: int, now: datetime) -> None:
    """Write so many events of some hundred accounts, each chained, a batch of each at a time."""
    people = [make_account(f"p{number}", totp=False) for number in range(ACCOUNTS)]
    for at in range(0, total, ACCOUNTS):
        with transaction.atomic():
            entries = [Entry(action="campaign.happened", account=each, data={"n": at}) for each in people]
            record_many(entries, actor=SYSTEM, at=now)


def read_and_hash() -> None:
    """Do what no way of sealing can do without: read each event and hash it once."""
    for _pk, leaf, body in Event.objects.order_by("pk").values_list("pk", "leaf", "body").iterator(chunk_size=5000):
        hashlib.sha256(bytes(leaf) + bytes(body)).digest()


def prove(chance: Random, times: int) -> None:
    state = read(Checkpoint.objects.latest("tree_size").note)
    for _proof in range(times):
        leaf = JournalLeaf.objects.get(position=chance.randrange(state.tree_size))
        path = [bytes.fromhex(step) for step in journal_export.inclusion(leaf.event_id)["path"]]
        assert merkle.is_included(bytes(leaf.digest), leaf.position, state.tree_size, state.root, path)


def test_rates_of_sealing_checking_and_proving(now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    total, chance = wanted(EVENTS), Random(wanted(SEED))
    if not total:
        return
    writing, _none = per_second(total, lambda: write(total, now))
    events = Event.objects.count()
    reading = median(per_second(events, read_and_hash)[0] for _round in range(ROUNDS))
    sealing_rate, sealed = per_second(events, lambda: sealing.seal(now=now, everything=True))
    assert sealed == events
    idle = median(per_second(1, lambda: sealing.seal(now=now))[0] for _round in range(ROUNDS))
    seal_rate = median(per_second(events, seal_check.first_break)[0] for _round in range(ROUNDS))
    chain_rate, (_count, broken) = per_second(events, chain.verify)
    whole_rate, found = per_second(events, audit)
    proofs, _none = per_second(PROOFS, lambda: prove(chance, PROOFS))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        prove(chance, 1)
    assert (broken, found.broken, found.sealed) == (None, None, events)
    rates: list[tuple[str, object]] = [
        ("written, in batches of 500", writing),
        ("read and hashed once", reading),
        ("sealed", f"{sealing_rate}, {sealing_rate / reading:.2f} of that"),
        ("the seal checked", f"{seal_rate}, {seal_rate / reading:.2f} of that"),
        ("the chains checked", chain_rate),
        ("all checked (verify_journal)", whole_rate),
        ("proofs of inclusion, made and checked", f"{proofs}, {len(queries)} queries each"),
        ("looks when nothing is new", idle),
    ]
    tell(capsys, f"{events} events, a second", rates)
