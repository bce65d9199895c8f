"""Rewrites by somebody who knows the key of the leaves and makes everything anew that needs no signature.

`rewind_and_seal_again` has every key, and only what was published finds it.
"""

import json
from base64 import b64decode, b64encode
from random import Random
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from accounts import checkpoints, journal_tree, sealing
from accounts.checkpoints import State
from accounts.journal import canonical, leaf_hash, record
from accounts.models import Account, Checkpoint, Event, Note
from tests.accounts.sealed_journals import SYSTEM, Journal, Subjects, place, rows


def rewrite(journal: Journal, chance: Random) -> tuple[int, list[Event]]:
    """Change what one event tells and make everything after it in its account fit; returns where, and all events."""
    at = journal.position(chance)
    new = {event.pk: Event.objects.get(pk=event.pk) for event in journal.events}
    event = new[journal.events[at].pk]
    _tell(event, data={"n": -1})
    head = bytes(event.leaf)
    for each in journal.events[at + 1 :]:
        later = new[each.pk]
        if event.account_id is not None and later.account_id == event.account_id:
            _tell(later, previous=head.hex())
            head = bytes(later.leaf)
    if event.account_id is not None:
        Account.objects.filter(pk=str(event.account_id)).update(journal_head=head)
    return at, [new[each.pk] for each in journal.events]


def _tell(event: Event, **facts: Any) -> None:
    event.body = canonical(json.loads(bytes(event.body)) | facts)
    event.leaf = leaf_hash(bytes(event.body), event.key_version)
    rows(event).update(body=event.body, leaf=event.leaf)


def rewrite_event(journal: Journal, chance: Random) -> Subjects:
    at, events = rewrite(journal, chance)
    return {f"event {events[at].pk}"}


def rewrite_leaves(journal: Journal, chance: Random) -> Subjects:
    at, events = rewrite(journal, chance)
    place(events)
    return {f"checkpoint {journal.end(at)}"}


def rewrite_and_sign_with_another_key(journal: Journal, chance: Random) -> Subjects:
    at, events = rewrite(journal, chance)
    place(events)
    key = Ed25519PrivateKey.generate()
    previous = None
    for row in Checkpoint.objects.order_by("tree_size"):
        if row.tree_size <= at:
            previous = checkpoints.read(row.note).digest
            continue
        root = journal_tree.growing(row.tree_size).root()
        before = previous or bytes(row.previous)
        state = State(tree_size=row.tree_size, root=root, previous=before, at=row.at, origin=checkpoints.origin())
        name_of_key = b64decode(row.note.split(" ")[-1])[:4]
        signature = b64encode(name_of_key + key.sign(state.text.encode())).decode()
        note = f"{state.text}\n{checkpoints.SIGNATURE}{state.origin} {signature}\n"
        Checkpoint.objects.filter(pk=row.pk).update(root=root, previous=before, note=note)
        previous = state.digest
    return {f"checkpoint {journal.end(at)}"}


def insert_event(journal: Journal, chance: Random) -> Subjects:
    at = chance.randrange(1, len(journal.events))
    model = next(event for event in journal.events if event.account_id is None)
    key = UUID(int=journal.events[at - 1].pk.int + 1)
    forged = Event(pk=key, account_id=None, actor=model.actor, action=model.action, at=model.at, body=model.body)
    forged.key_version = model.key_version
    forged.save(force_insert=True)
    _tell(forged, id=str(key))
    place([*journal.events[:at], forged, *journal.events[at:]])
    # The first of a batch may as well be its last: then the batch before it is named.
    return {f"checkpoint {journal.end(at)}", f"checkpoint {journal.end(at - 1)}"}


def cut_off(journal: Journal, chance: Random, size: int) -> None:
    """Remove everything from a size on, as if it had never been."""
    gone = [event.pk for event in journal.events[size:]]
    Note.objects.filter(event_id__in=gone).delete()
    Event.objects.filter(pk__in=gone).delete()
    for account in Account.objects.all():
        left = [event for event in journal.events[:size] if event.account_id == account.pk]
        chained = [event for event in left if json.loads(bytes(event.body))["previous"] is not None]
        Account.objects.filter(pk=account.pk).update(journal_head=chained[-1].leaf if chained else b"")
    Checkpoint.objects.filter(tree_size__gt=size).delete()
    place(journal.events[:size])


def truncate(journal: Journal, chance: Random) -> Subjects:
    size = chance.choice(journal.sizes[:-1])
    cut_off(journal, chance, size)
    return {f"published checkpoint {journal.end(size)}"}


def truncate_within_a_batch(journal: Journal, chance: Random) -> Subjects:
    at = journal.position(chance)
    kept = list(Checkpoint.objects.filter(tree_size__gt=at))
    cut_off(journal, chance, at)
    Checkpoint.objects.bulk_create(kept)
    return {f"checkpoint {journal.end(at)}"}


def rewind_and_seal_again(journal: Journal, chance: Random) -> Subjects:
    size = chance.choice(journal.sizes[:-1])
    cut_off(journal, chance, size)
    with transaction.atomic():
        for number in range(len(journal.events) - size + chance.choice([0, 5])):
            record("test.other", actor=SYSTEM, at=journal.events[0].at, data={"n": number})
    sealing.seal(now=journal.events[0].at, everything=True)
    return {f"published checkpoint {journal.end(size)}"}
