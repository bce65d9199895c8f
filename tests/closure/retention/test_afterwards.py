"""What staff wrote of a closed account ends with its archive, and not before; what is held or open keeps it."""

import json
from datetime import datetime
from uuid import UUID

import pytest
from django.db import transaction

from accounts import chain, journal, restrictions
from accounts.enums import AccountStatus, RestrictionKind
from accounts.ids import uuid7
from accounts.models import Account, Event, Note, Restriction
from closure.retention import afterwards
from closure.retention.enums import ExtensionReason
from closure.retention.extensions import close_extension, open_extension
from closure.retention.models import ArchiveRecord, Disclosure, LegalHold
from tests.closure.retention.sealing import sealed
from tests.disclosing import asked
from tests.factories import make_account
from tests.holding import lift, officer, place

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("H01")]


def closed(name: str = "ana", *, status: AccountStatus = AccountStatus.CLOSED) -> UUID:
    account = make_account(name)
    Account.objects.filter(pk=account.pk).update(status=status)
    Note.objects.all().delete()
    return account.pk


def noted(account_id: UUID | None, now: datetime) -> Note:
    with transaction.atomic():
        event = journal.record("test.noted", actor=officer("olga"), at=now, account_id=account_id, note="She phoned.")
    return Note.objects.get(event_id=event.pk)


def destroy(now: datetime, size: int = 500) -> int:
    return afterwards.destroy(now=now, batch_size=size)


def test_note_goes_when_nothing_is_archived_any_more(now: datetime) -> None:
    ana = closed()
    note, file = noted(ana, now), sealed(now=now, account_id=ana)
    assert (afterwards.left(), destroy(now)) == (0, 0)
    ArchiveRecord.objects.filter(file_id=file.file_id).delete()
    assert (afterwards.left(), destroy(now), destroy(now)) == (1, 1, 0)
    assert list(Note.objects.filter(pk=note.pk)) == []
    told = Event.objects.get(action="archive.texts_destroyed")
    assert json.loads(bytes(told.body))["data"] == {"table": "accounts.Note", "rows": 1}


@pytest.mark.parametrize("status", [each for each in AccountStatus if each is not AccountStatus.CLOSED])
def test_note_of_an_account_that_is_not_closed_stays(now: datetime, status: AccountStatus) -> None:
    noted(closed(status=status), now)
    noted(None, now)
    assert (destroy(now), Note.objects.count()) == (0, 2)


@pytest.mark.row("H05")
def test_order_of_a_hold_goes_and_who_did_what_stays(now: datetime) -> None:
    hold = place(closed(), now=now)
    assert destroy(now) == 0
    lift(hold, now=now)
    assert destroy(now) == 4  # the order, and why it was placed, proposed and lifted
    left = LegalHold.objects.get()
    assert (left.case_number, left.basis, left.lifted_at, left.placed_by) == ("", "", now, hold.placed_by)
    assert str(left) == f"…{hold.pk.hex[-6:]}"


def test_reference_of_a_disclosure_goes_and_who_was_given_what_stays(now: datetime) -> None:
    ana = closed()
    file = sealed(now=now, account_id=ana)
    row = asked(Account.objects.get(pk=ana), now=now)
    assert destroy(now) == 0
    ArchiveRecord.objects.filter(file_id=file.file_id).delete()
    assert destroy(now) == 2  # the reference, and why it was asked for
    left = Disclosure.objects.get()
    assert (left.case_reference, left.purpose, left.asked_by) == ("", row.purpose, row.asked_by)
    assert str(left) == f"…{row.pk.hex[-6:]}"


@pytest.mark.row("F08")
def test_open_claim_keeps_what_was_written_of_it(now: datetime) -> None:
    ana, claim = closed(), uuid7()
    noted(ana, now)
    with transaction.atomic():
        open_extension(ana, ExtensionReason.CLAIM, reference_id=claim, now=now)
    assert destroy(now) == 0
    close_extension(claim, now=now)
    assert destroy(now) == 1


@pytest.mark.parametrize(("kind", "gone"), [(RestrictionKind.RISK_CONTROL, 0), (RestrictionKind.FRAUD_ALERT, 2)])
def test_risk_flag_keeps_and_another_restriction_goes(now: datetime, kind: RestrictionKind, gone: int) -> None:
    ana = closed()
    with transaction.atomic():
        restrictions.place(
            Account.objects.select_for_update().get(pk=ana), kind, actor=officer("olga"), note="Seen.", now=now
        )
    assert (destroy(now), Restriction.objects.count()) == (gone, 0 if gone else 1)


def test_destroy_takes_one_batch_after_another_and_stops_when_asked(now: datetime) -> None:
    for ana in [closed(f"ana{number}") for number in range(5)]:
        noted(ana, now)

    def stop() -> bool:
        return Note.objects.count() <= 1

    assert (afterwards.destroy(now=now, batch_size=2, stop=stop), Note.objects.count()) == (4, 1)
    assert (destroy(now, size=2), Note.objects.count()) == (1, 0)


@pytest.mark.row("H07")
def test_journal_verifies_without_the_notes(now: datetime) -> None:
    ana = closed()
    noted(ana, now)
    destroy(now)
    assert chain.verify()[1] is None
