"""Tampering with the journal is found, whatever was done: by those who can go past the triggers, too."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from accounts import chain, triggers
from accounts.actors import Actor
from accounts.journal import canonical, leaf_hash, record
from accounts.models import Account, Event, Note
from tests.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.row("H07")]

SYSTEM = Actor.system("tests")


@pytest.fixture
def journal(now: datetime) -> list[Event]:
    """Return five events of Ana, beside Bea's, in a database whose triggers somebody took away."""
    ana = make_account("ana")
    make_account("bea")
    with transaction.atomic():
        for number in range(4):
            record("test.happened", actor=SYSTEM, at=now, account=ana, data={"n": number}, note=f"note {number}")
    triggers.remove(connection)
    return list(Event.objects.filter(account_id=ana.pk).order_by("id"))


def overwrite(event: Event, **columns: Any) -> None:
    Event.objects.filter(pk=event.pk).update(**columns)


def broken() -> str:
    found = chain.verify()[1]
    return found.problem if found else ""


def test_untouched_journal_verifies(journal: list[Event]) -> None:
    assert chain.verify() == (6, None)


EDITS: dict[str, Callable[[Event], dict[str, Any]]] = {
    "body": lambda event: {"body": bytes(event.body).replace(b'"n":1', b'"n":2')},
    "leaf": lambda event: {"leaf": bytes(32)},
    "action": lambda event: {"action": "test.other"},
    "actor": lambda event: {"actor": "customer:x"},
    "account": lambda event: {"account_id": uuid4()},
    "at": lambda event: {"at": event.at + timedelta(microseconds=1)},
    "key": lambda event: {"key_version": 9},
}


@pytest.mark.parametrize("edit", sorted(EDITS))
def test_edit_is_found(journal: list[Event], edit: str) -> None:
    overwrite(journal[2], **EDITS[edit](journal[2]))
    found = chain.verify()[1]
    assert found is not None
    # An event moved to another account leaves a gap where it was, which may be met first.
    named = [f"event {event.pk}" for event in (journal[2], *([journal[3]] if edit == "account" else []))]
    assert found.subject in named


@pytest.mark.parametrize("position", range(5))
def test_removal_is_found(journal: list[Event], position: int) -> None:
    Note.objects.filter(event_id=journal[position].pk).delete()
    journal[position].delete()
    assert broken() in {
        "the event before it was removed, added or moved",
        "its last event is missing or was replaced",
    }


def test_removal_of_everything_is_found(journal: list[Event]) -> None:
    Note.objects.all().delete()
    Event.objects.all().delete()
    assert broken() == "its last event is missing or was replaced"


def test_swap_is_found(journal: list[Event]) -> None:
    first, second = journal[1], journal[2]
    names = ("at", "account_id", "actor", "action", "body", "key_version", "leaf")
    overwrite(first, **{name: getattr(second, name) for name in names})
    overwrite(second, **{name: getattr(first, name) for name in names})
    assert broken() == "its columns differ from its signed bytes"


def test_event_written_without_the_key_is_found(journal: list[Event]) -> None:
    forged = json.loads(bytes(journal[2].body)) | {"data": {"n": 7}}
    overwrite(journal[2], body=canonical(forged), leaf=bytes(journal[3].leaf))
    assert broken() == "its bytes do not match its keyed hash"


@pytest.mark.parametrize("body", [b"no JSON", b"[]", b"{}", b'{"at":7}'])
def test_event_that_tells_nothing_is_named(journal: list[Event], body: bytes) -> None:
    # Written with the key of the leaves, so its hash fits.
    overwrite(journal[2], body=body, leaf=leaf_hash(body, 1))
    assert broken() == "its bytes are no event"


def test_head_that_was_turned_back_is_found(journal: list[Event]) -> None:
    Account.objects.filter(pk=str(journal[0].account_id)).update(journal_head=bytes(journal[2].leaf))
    assert broken() == "its last event is missing or was replaced"


def test_edited_note_is_found(journal: list[Event]) -> None:
    Note.objects.filter(event_id=journal[2].pk).update(text="something else")
    assert broken() == "its note was changed"


def test_note_of_no_event_is_found(journal: list[Event]) -> None:
    Note.objects.filter(event_id=journal[2].pk).update(event_id=uuid4())
    assert broken() == "its event does not exist"


def test_erased_note_breaks_nothing(journal: list[Event]) -> None:
    Note.objects.all().delete()
    assert broken() == ""


@pytest.mark.parametrize("seed", range(40))
def test_any_changed_byte_is_found(journal: list[Event], seed: int) -> None:
    chance = Random(seed)
    event = chance.choice(journal)
    column = chance.choice(["body", "leaf"])
    changed = bytearray(getattr(event, column))
    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    overwrite(event, **{column: bytes(changed)})
    assert broken() == "its bytes do not match its keyed hash"
