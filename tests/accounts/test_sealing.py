"""Sealing: every event gets one place, each batch one signed checkpoint, whoever else writes or seals meanwhile."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from accounts import checkpoints, ids, journal_tree, sealing, triggers
from accounts.actors import Actor
from accounts.checkpoints import NO_CHECKPOINT
from accounts.journal import record
from accounts.models import Checkpoint, Event, JournalLeaf, JournalNode
from accounts.sealing import TreeBroken, seal
from tests.accounts.test_merkle import root_of

pytestmark = [pytest.mark.django_db, pytest.mark.row("H07")]
SYSTEM = Actor.system("tests")


def write(count: int, now: datetime) -> list[Event]:
    with transaction.atomic():
        return [record("test.happened", actor=SYSTEM, at=now, data={"n": number}) for number in range(count)]


def digests() -> list[bytes]:
    return [bytes(digest) for digest in JournalLeaf.objects.order_by("position").values_list("digest", flat=True)]


def test_seal_numbers_events_by_their_keys_and_signs_the_root(now: datetime) -> None:
    events = write(3, now)
    assert seal(now=now) == 3
    leaves = list(JournalLeaf.objects.order_by("position"))
    assert [(leaf.position, leaf.event_id) for leaf in leaves] == list(enumerate(event.pk for event in events))
    state = checkpoints.stored(Checkpoint.objects.get())
    assert (state.tree_size, state.root, state.previous, state.at) == (3, root_of(digests()), NO_CHECKPOINT, now)


def test_seal_of_nothing_signs_nothing(now: datetime) -> None:
    assert (seal(now=now), seal(now=now, everything=True), Checkpoint.objects.count()) == (0, 0, 0)


def test_each_checkpoint_names_the_one_before_it(now: datetime) -> None:
    for size in (1, 2, 4):
        write(size - JournalLeaf.objects.count(), now)
        seal(now=now)
    states = [checkpoints.stored(each) for each in Checkpoint.objects.order_by("tree_size")]
    assert [state.tree_size for state in states] == [1, 2, 4]
    assert [state.previous for state in states] == [NO_CHECKPOINT, states[0].digest, states[1].digest]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(0, 300), min_size=1, max_size=4), batch=st.sampled_from([1, 7, 256, 5000]))
def test_root_does_not_depend_on_batches(now: datetime, sizes: list[int], batch: int) -> None:
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "BATCH", max(batch, sum(sizes) // 9 + 1))
        for size in sizes:
            write(size, now)
            assert seal(now=now) == size
        kept = digests()
        assert len(kept) == sum(sizes)
        for checkpoint in Checkpoint.objects.all():
            assert checkpoints.stored(checkpoint).root == root_of(kept[: checkpoint.tree_size])
        nodes = {(node.level, node.number): bytes(node.digest) for node in JournalNode.objects.all()}
        assert nodes == {(8, number): root_of(kept[number * 256 :][:256]) for number in range(len(kept) // 256)}
        transaction.set_rollback(True)


def test_second_level_of_kept_subtrees_is_made_and_read(now: datetime) -> None:
    # 65,536 leaves by hand, because that many events take minutes.
    total = 1 << 16
    kept = [ids.uuid7().bytes * 2 for _number in range(total)]
    growing = journal_tree.growing(0)
    nodes = [node for digest in kept for node in growing.append(digest)]
    places = enumerate(kept)
    JournalLeaf.objects.bulk_create(
        [JournalLeaf(position=at, event_id=UUID(int=at), digest=digest) for at, digest in places], batch_size=5000
    )
    JournalNode.objects.bulk_create([JournalNode(level=at, number=no, digest=made) for at, no, made in nodes])
    assert JournalNode.objects.filter(level=16).count() == 1
    assert journal_tree.growing(total).root() == growing.root() == root_of(kept)
    assert journal_tree.growing(total - 1).root() == root_of(kept[:-1])


def late_event(now: datetime, *, age: timedelta) -> Event:
    """Write an event whose key was made so long ago: its transaction took that long."""
    key = ids.uuid7_floor(age)
    with transaction.atomic():
        event = write(1, now)[0]
        triggers.remove(connection)
        Event.objects.filter(pk=event.pk).update(id=key)
        triggers.install(connection)
    return Event.objects.get(pk=key)


def test_event_that_commits_late_is_sealed_next(now: datetime) -> None:
    write(2, now)
    seal(now=now)
    late = late_event(now, age=timedelta(minutes=1))
    assert (seal(now=now), JournalLeaf.objects.get(event_id=late.pk).position) == (1, 2)


def test_event_that_commits_hours_late_is_sealed_when_everything_is_looked_at(now: datetime) -> None:
    write(2, now)
    seal(now=now)
    late_event(now, age=timedelta(hours=5))
    assert (seal(now=now), sealing.waiting().count()) == (0, 1)
    assert (seal(now=now, everything=True), sealing.waiting().count()) == (1, 0)


def test_what_was_written_while_nobody_sealed_is_found_without_looking_at_everything(now: datetime) -> None:
    late_event(now, age=timedelta(days=3))
    seal(now=now, everything=True)
    late_event(now, age=timedelta(days=2))
    assert (Event.objects.count(), seal(now=now)) == (2, 1)


def test_clock_of_a_writer_that_runs_ahead_hides_nothing(now: datetime) -> None:
    late_event(now, age=timedelta(hours=-3))
    write(1, now)
    seal(now=now)
    write(1, now)
    assert (seal(now=now), sealing.waiting().count()) == (1, 0)


def test_seal_stops_between_batches_when_asked(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 2)
    write(5, now)
    asked = iter([False, True])
    assert (seal(now=now, stop=lambda: next(asked)), seal(now=now)) == (2, 3)
    assert list(Checkpoint.objects.order_by("tree_size").values_list("tree_size", flat=True)) == [2, 4, 5]


BREAKS: dict[str, Callable[[], object]] = {
    "a leaf is gone": lambda: JournalLeaf.objects.filter(position=300).delete(),
    "a leaf was changed": lambda: JournalLeaf.objects.filter(position=300).update(digest=bytes(32)),
    "a node was changed": lambda: JournalNode.objects.update(digest=bytes(32)),
    "a node is gone": lambda: JournalNode.objects.all().delete(),
    "a place is taken": lambda: JournalLeaf.objects.create(position=301, event_id=ids.uuid7(), digest=bytes(32)),
    "a checkpoint says another root": lambda: Checkpoint.objects.update(root=bytes(32)),
    "a checkpoint is gone": lambda: Checkpoint.objects.filter(tree_size=301).delete(),
}


@pytest.mark.parametrize("broken", sorted(BREAKS))
def test_nothing_is_signed_on_top_of_a_tree_that_was_changed(now: datetime, broken: str) -> None:
    write(300, now)
    seal(now=now)
    write(1, now)
    seal(now=now)
    triggers.remove(connection)
    BREAKS[broken]()
    before = Checkpoint.objects.count()
    write(1, now)
    with pytest.raises(TreeBroken):
        seal(now=now)
    assert (Checkpoint.objects.count(), sealing.waiting().exists()) == (before, True)


def test_key_that_was_replaced_still_counts(now: datetime, settings: Settings) -> None:
    write(1, now)
    seal(now=now)
    settings.RETIRED_SIGNING_KEYS = [settings.SIGNING_KEY]
    settings.SIGNING_KEY = bytes(32)
    write(1, now)
    assert seal(now=now) == 1
    settings.RETIRED_SIGNING_KEYS = []
    write(1, now)
    assert seal(now=now) == 1
    first = Checkpoint.objects.earliest("tree_size")
    with pytest.raises(checkpoints.Forged):
        checkpoints.stored(first)


@pytest.mark.parametrize("table", triggers.TABLES[1:])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
def test_tables_of_the_seal_refuse_change(now: datetime, table: str, statement: str) -> None:
    write(256, now)
    seal(now=now)
    column = "root" if table == "accounts_checkpoint" else "digest"
    with pytest.raises(DatabaseError, match=triggers.MESSAGE), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table, column, column))
