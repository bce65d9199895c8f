"""Somebody goes past the triggers: what they change, take away or make anew, and what an audit must then name.

Each way takes the journal and chance, and returns the subjects of which the first break must be one. Those here need no
key; forging.py has those that do.
"""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from uuid import uuid4

from accounts.models import Account, Checkpoint, JournalLeaf, JournalNode, Note
from tests.accounts import forging
from tests.accounts.sealed_journals import Journal, Subjects, flipped, place, rows

MOMENT = timedelta(microseconds=1)


def change_byte(journal: Journal, chance: Random) -> Subjects:
    event, column = journal.event(chance), chance.choice(["body", "leaf"])
    rows(event).update(**{column: flipped(bytes(getattr(event, column)), chance)})
    return {f"event {event.pk}"}


def change_column(journal: Journal, chance: Random) -> Subjects:
    at = journal.position(chance)
    event = journal.events[at]
    other = {"action": "x", "actor": "x", "at": event.at + MOMENT, "key_version": 9, "account_id": uuid4()}
    column = chance.choice(sorted(other))
    rows(event).update(**{column: other[column]})
    # An event moved to another account leaves a gap, which is before the next event of its own.
    after = [each for each in journal.events[at + 1 :] if each.account_id == event.account_id]
    return {f"event {each.pk}" for each in [event, *after[:1]]}


def swap_contents(journal: Journal, chance: Random) -> Subjects:
    first, second = chance.sample(journal.events, 2)
    names = ("at", "account_id", "actor", "action", "body", "key_version", "leaf")
    rows(first).update(**{name: getattr(second, name) for name in names})
    rows(second).update(**{name: getattr(first, name) for name in names})
    return {f"event {first.pk}", f"event {second.pk}"}


def remove_event(journal: Journal, chance: Random) -> Subjects:
    event = journal.event(chance)
    if chance.random() < 0.5:
        Note.objects.filter(event_id=event.pk).delete()
    rows(event).delete()
    return {f"event {event.pk}"}


def change_note(journal: Journal, chance: Random) -> Subjects:
    note = chance.choice(list(Note.objects.all()))
    Note.objects.filter(pk=note.pk).update(text=f"{note.text}.")
    return {f"event {note.event_id}"}


def turn_head_back(journal: Journal, chance: Random) -> Subjects:
    account = chance.choice(list(Account.objects.all()))
    Account.objects.filter(pk=account.pk).update(journal_head=flipped(bytes(account.journal_head), chance))
    return {f"account {account.pk}"}


def change_leaf(journal: Journal, chance: Random) -> Subjects:
    at = journal.position(chance)
    leaf = JournalLeaf.objects.filter(pk=at)
    if chance.random() < 0.5:
        other = uuid4()
        leaf.update(event_id=other)
        return {f"event {other}"}
    leaf.update(digest=flipped(bytes(leaf.get().digest), chance))
    return {f"event {journal.events[at].pk}"}


def remove_leaf(journal: Journal, chance: Random) -> Subjects:
    at = journal.position(chance)
    JournalLeaf.objects.filter(pk=at).delete()
    is_last = at == len(journal.events) - 1
    return {f"checkpoint {len(journal.events)}" if is_last else f"position {at}"}


def swap_places(journal: Journal, chance: Random) -> Subjects:
    first, second = sorted(chance.sample(range(len(journal.events)), 2))
    order = list(journal.events)
    order[first], order[second] = order[second], order[first]
    place(order)
    # Within a batch keys are in order; the last of its batch leaves only a root that is another.
    end = journal.end(first)
    return {f"position {first + 1}" if first + 1 < end else f"checkpoint {end}"}


def close_the_gap(journal: Journal, chance: Random) -> Subjects:
    at = journal.position(chance)
    event = journal.events[at]
    Note.objects.filter(event_id=event.pk).delete()
    rows(event).delete()
    place([each for each in journal.events if each is not event])
    return {f"checkpoint {journal.end(at)}"}


def plant_leaf(journal: Journal, chance: Random) -> Subjects:
    at = len(journal.events) + chance.randrange(3)
    JournalLeaf.objects.create(position=at, event_id=uuid4(), digest=bytes(32))
    return {f"position {at}"}


def change_node(journal: Journal, chance: Random) -> Subjects:
    node = chance.choice(list(JournalNode.objects.all()))
    found = JournalNode.objects.filter(pk=node.pk)
    way = chance.randrange(3)
    if way == 0:
        found.update(digest=flipped(bytes(node.digest), chance))
    elif way == 1:
        found.delete()
    else:
        node = JournalNode.objects.create(
            level=chance.choice([0, 3, 8, 16, 40]), number=chance.randrange(5, 9), digest=bytes(32)
        )
    return {str(node)}


def change_checkpoint(journal: Journal, chance: Random) -> Subjects:
    row = journal.checkpoint(chance)
    found = Checkpoint.objects.filter(pk=row.pk)
    column = chance.choice(["root", "previous", "at", "note", "note"])
    if column == "at":
        found.update(at=row.at + MOMENT)
    elif column == "note":
        at, letter = chance.randrange(len(row.note)), chance.choice("abcXYZ012+/=\n ")
        changed = row.note[:at] + letter + row.note[at + 1 :]
        found.update(note=f"{row.note}{letter}" if changed == row.note else changed)
    else:
        found.update(**{column: flipped(bytes(getattr(row, column)), chance)})
    return {str(row)}


def change_size(journal: Journal, chance: Random) -> Subjects:
    row = journal.checkpoint(chance)
    other = chance.choice([size for size in range(1, len(journal.events) + 9) if size not in journal.sizes])
    Checkpoint.objects.filter(pk=row.pk).update(tree_size=other)
    after = [size for size in journal.sizes if size > row.tree_size]
    return {f"checkpoint {size}" for size in [other, *after[:1]]}


def remove_checkpoint(journal: Journal, chance: Random) -> Subjects:
    row = journal.checkpoint(chance)
    Checkpoint.objects.filter(pk=row.pk).delete()
    after = [size for size in journal.sizes if size > row.tree_size]
    return {f"checkpoint {after[0]}" if after else f"published checkpoint {row.tree_size}"}


def swap_checkpoints(journal: Journal, chance: Random) -> Subjects:
    first, second = (Checkpoint.objects.get(pk=size) for size in sorted(chance.sample(journal.sizes, 2)))
    names = ("root", "previous", "at", "note")
    Checkpoint.objects.filter(pk=first.pk).update(**{name: getattr(second, name) for name in names})
    Checkpoint.objects.filter(pk=second.pk).update(**{name: getattr(first, name) for name in names})
    return {str(first)}


TAMPERS: dict[str, Callable[[Journal, Random], Subjects]] = {
    each.__name__: each
    for each in (
        change_byte,
        change_column,
        swap_contents,
        remove_event,
        change_note,
        turn_head_back,
        change_leaf,
        remove_leaf,
        swap_places,
        close_the_gap,
        plant_leaf,
        change_node,
        change_checkpoint,
        change_size,
        remove_checkpoint,
        swap_checkpoints,
        forging.rewrite_event,
        forging.rewrite_leaves,
        forging.rewrite_and_sign_with_another_key,
        forging.insert_event,
        forging.truncate,
        forging.truncate_within_a_batch,
        forging.rewind_and_seal_again,
    )
}
