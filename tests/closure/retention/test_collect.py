"""What the classes send to the archive: every archived field of an account, and nobody else's."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import IdentifierKind
from accounts.models import Account, Identifier, Note
from closure.retention.collect import Collection, Pile, prints
from closure.retention.enums import RecordClass
from closure.retention.fields import CLASSES, FieldClass
from closure.retention.lines import read
from tests.closure.planting import PLANTED, plant
from tests.factories import make_account
from tests.holding import BASIS, CASE, lift, place

R = RecordClass
pytestmark = [pytest.mark.django_db, pytest.mark.row("F02", "H01")]
ARCHIVED = {label: classed for label, classed in CLASSES.items() if classed.archive is not None}

NOT_PLANTED = {"closure.CheckRun", "retention.LegalHold"}


def collected(account: Account) -> dict[RecordClass, list[dict[str, object]]]:
    taken = Collection([account.pk]).take(account.pk)
    return {each: read(b"".join(lines)) for each, lines in taken.items()}


def test_collection_has_a_line_of_every_archived_table(now: datetime) -> None:
    ana = make_account("ana")
    plant(ana, now)
    found = collected(ana)
    kinds = {str(row["table"]): each for each, rows in found.items() for row in rows}
    made = {label for label, classed in ARCHIVED.items() if not classed.streamed} - {
        "closure.CheckRun",
        "retention.LegalHold",
    }
    assert kinds == {label: ARCHIVED[label].archive for label in made}


def test_collection_has_every_archived_field(now: datetime) -> None:
    ana = make_account("ana")
    plant(ana, now)
    rows = [row for rows in collected(ana).values() for row in rows]
    columns = {str(row["table"]): sorted(set(row) - {"table"}) for row in rows}
    assert columns == {label: ARCHIVED[label].sealed_fields() for label in columns}


def test_collection_says_who_it_was(now: datetime) -> None:
    ana = make_account("ana")
    (account, *identifiers) = collected(ana)[R.IDENTITY]
    told = (account["table"], account["name"], account["email"], account["phone"], account["document_type"])
    assert told == ("accounts.Account", "Ana Diaz", "ana@example.test", ana.phone, "passport")
    assert {row["table"] for row in identifiers} == {"accounts.Identifier"}


def test_collection_has_what_people_wrote(now: datetime) -> None:
    ana = make_account("ana")
    note = Note.objects.create(event_id=ana.pk, account_id=ana.pk, text=PLANTED, salt=b"s" * 16)
    (row,) = (row for row in collected(ana)[R.CLOSURE_FILE] if row["table"] == "accounts.Note")
    assert (row["text"], row["salt"], row["event_id"]) == (PLANTED, (b"s" * 16).hex(), str(note.event_id))


def test_collection_has_the_order_that_held_it_and_when(now: datetime) -> None:
    ana = make_account("ana")
    hold = lift(place(ana.pk, now=now), now=now)
    (row,) = (row for row in collected(ana)[R.CLOSURE_FILE] if row["table"] == "retention.LegalHold")
    assert (row["case_number"], row["basis"], row["placed_by"]) == (CASE, BASIS, str(hold.placed_by))


def test_collection_gives_each_account_its_own(now: datetime) -> None:
    people = sorted((make_account(f"ana{number}") for number in range(4)), key=lambda each: each.pk)
    make_account("ben")
    asked = people[:1] + people[2:]
    collection = Collection([each.pk for each in reversed(asked)])
    names = [read(b"".join(collection.take(each.pk)[R.IDENTITY]))[0]["email"] for each in asked]
    assert names == [each.email for each in asked]


def test_collection_takes_as_many_statements_for_ten_as_for_one(now: datetime) -> None:
    keys = sorted(make_account(f"ana{number}").pk for number in range(10))
    counts = []
    for some in (keys[:1], keys):
        with CaptureQueriesContext(connection) as queries:
            collection = Collection(some)
            for key in some:
                collection.take(key)
        counts.append(len(queries))
    assert counts == [sum(not classed.streamed for classed in ARCHIVED.values())] * 2


def test_pile_passes_over_accounts_that_nobody_asks_for() -> None:
    keys = sorted(make_account(f"ana{number}").pk for number in range(4))
    pile = Pile([(keys[0], b"0"), (keys[1], b"1"), (keys[1], b"1"), (keys[3], b"3")])
    assert [pile.take(key) for key in keys[1:]] == [[b"1", b"1"], [], [b"3"]]


def test_prints_are_the_identifiers_of_each() -> None:
    ana = make_account("ana")
    (email, *rest) = prints([ana.pk])[ana.pk]
    kept = Identifier.objects.get(account=ana, kind=IdentifierKind.DOCUMENT)
    assert (IdentifierKind.DOCUMENT, bytes(kept.fingerprint), kept.key_version) in [email, *rest]
    assert len(rest) == 2


@pytest.mark.parametrize("label", sorted(CLASSES))
def test_archived_fields_have_a_place_and_others_none(label: str) -> None:
    classed = CLASSES[label]
    archived = [name for name, of in classed.fields.items() if of is FieldClass.ARCHIVE]
    assert bool(archived) == (classed.archive is not None)
    assert {classed.fields[name] for name in classed.beside.split()} <= {FieldClass.KEEP}
    assert "table" not in classed.sealed_fields()  # the line's own word
