"""The journal's writer: canonical bytes, a keyed hash, the account's chain, free text apart."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import transaction

from accounts.actors import Actor
from accounts.journal import Entry, canonical, leaf_hash, note_digest, record, record_many
from accounts.models import Account, Event, Note
from tests.factories import make_account
from tests.races import race

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("tests")


def write(account: Account, action: str = "test.happened", *, now: datetime, note: str | None = None) -> Event:
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        return record(action, actor=SYSTEM, at=now, account=locked, data={"n": 1}, note=note)


@pytest.mark.row("H07")
def test_event_says_who_did_what_when_to_whom(now: datetime) -> None:
    ana = make_account("ana")
    previous = bytes(ana.journal_head).hex()
    event = write(ana, now=now)
    assert json.loads(bytes(event.body)) == {
        "v": 1,
        "id": str(event.pk),
        "at": now.astimezone(UTC).isoformat(timespec="microseconds"),
        "account": str(ana.pk),
        "actor": "system:tests",
        "action": "test.happened",
        "data": {"n": 1},
        "previous": previous,
    }
    assert bytes(event.leaf) == leaf_hash(bytes(event.body), 1)
    ana.refresh_from_db()
    assert bytes(ana.journal_head) == bytes(event.leaf)


def test_event_needs_the_transaction_of_its_change(now: datetime, transactional_db: None) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record("test.happened", actor=SYSTEM, at=now)
    with pytest.raises(RuntimeError, match="transaction"):
        record_many([], actor=SYSTEM, at=now)


@pytest.mark.row("H07")
def test_rolled_back_change_leaves_no_event(now: datetime) -> None:
    ana = make_account("ana")
    before = Event.objects.count()

    def change() -> None:
        with transaction.atomic():
            write(ana, now=now)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()
    ana.refresh_from_db()
    assert (Event.objects.count(), bytes(ana.journal_head)) == (before, bytes(Event.objects.latest("id").leaf))


def test_event_about_an_account_that_is_not_locked_joins_no_chain(now: datetime) -> None:
    ana = make_account("ana")
    with transaction.atomic():
        event = record("test.seen", actor=SYSTEM, at=now, account_id=ana.pk)
    head = bytes(ana.journal_head)
    ana.refresh_from_db()
    assert (event.account_id, json.loads(bytes(event.body))["previous"]) == (ana.pk, None)
    assert bytes(ana.journal_head) == head


@pytest.mark.row("H07")
def test_free_text_lives_beside_the_event(now: datetime) -> None:
    event = write(make_account("ana"), now=now, note="Ana called from +14155550101")
    note = Note.objects.get(event_id=event.pk)
    assert "Ana called" not in bytes(event.body).decode()
    assert json.loads(bytes(event.body))["note"] == note_digest(note.text, bytes(note.salt))


def test_same_text_has_another_digest_each_time(now: datetime) -> None:
    ana = make_account("ana")
    digests = {json.loads(bytes(write(ana, now=now, note="same").body))["note"] for _number in range(2)}
    assert len(digests) == 2


def test_stale_account_row_is_refused(now: datetime) -> None:
    ana = make_account("ana")
    stale = Account.objects.get(pk=ana.pk)
    write(ana, now=now)
    with pytest.raises(RuntimeError, match="lock the account"), transaction.atomic():
        record("test.happened", actor=SYSTEM, at=now, account=stale)


def test_batch_writes_what_single_events_would(now: datetime) -> None:
    people = [make_account("ana"), make_account("bea")]
    heads = [bytes(account.journal_head).hex() for account in people]
    with transaction.atomic():
        entries = [Entry(action="test.batch", account=account, data={"n": 1}) for account in people]
        events = record_many(entries, actor=SYSTEM, at=now)
    assert [json.loads(bytes(event.body))["previous"] for event in events] == heads
    kept = [bytes(account.journal_head) for account in Account.objects.order_by("id")]
    assert kept == [bytes(event.leaf) for event in events]


def test_account_occurs_once_in_a_batch(now: datetime) -> None:
    ana = make_account("ana")
    with pytest.raises(ValueError, match="twice"), transaction.atomic():
        record_many([Entry(action="x", account=ana, data={})] * 2, actor=SYSTEM, at=now)


@pytest.mark.django_db(transaction=True)
def test_writers_that_race_make_one_chain(now: datetime) -> None:
    ana = make_account("ana")
    results = race(8, lambda: write(ana, now=now))
    assert [type(result) for result in results] == [Event] * 8
    previous = [json.loads(bytes(event.body))["previous"] for event in Event.objects.filter(account_id=ana.pk)]
    assert len(set(previous)) == 9


def test_canonical_form_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": 1, "a": "ä"}) == canonical({"a": "ä", "b": 1}) == '{"a":"ä","b":1}'.encode()


def test_canonical_form_has_no_numbers_that_are_none() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"n": float("nan")})


def test_time_is_written_in_utc(now: datetime) -> None:
    event = write(make_account("ana"), now=now.astimezone(timezone(timedelta(hours=9))))
    assert json.loads(bytes(event.body))["at"] == now.isoformat(timespec="microseconds")
