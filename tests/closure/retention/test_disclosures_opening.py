"""What an opening needs and gives: a fresh second factor, records in their time; nothing stays behind (F05, H01)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from accounts.enums import Purpose, RestrictionKind
from accounts.exceptions import ProofRefused
from accounts.ids import uuid7
from accounts.models import Account, EmailDevice, Event, Note, Restriction, StepUp, TotpDevice
from accounts.verification import step_up
from closure.retention import bundles, lines, purge
from closure.retention.disclosures import KEPT_FROM_PERSON, DisclosureRefused
from closure.retention.enums import ExtensionReason, RecordClass
from closure.retention.exceptions import Expired, KeyGone, Unreadable
from closure.retention.models import ArchiveRecord, Disclosure, Extension
from closure.retention.months import store
from closure.retention.schedule import Terms, end_of
from tests.changing import proof_of
from tests.closure.retention.ending import ONE_YEAR, over_by
from tests.closure.retention.sealing import hold, release, sealed
from tests.disclosing import (
    SEALED,
    approved,
    archived,
    asked,
    contents_by_class,
    opened,
    proof,
    staff,
)
from tests.factories import make_account
from tests.restricting import lift_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("F05", "L07")]
YEAR = timedelta(days=366)


@pytest.fixture
def ana(now: datetime) -> Account:
    return archived(now=now)


def openings() -> int:
    return Event.objects.filter(action="disclosure.opened").count()


@pytest.mark.row("D07")
def test_second_factor_is_for_exactly_this_disclosure_and_used_once(ana: Account, now: datetime) -> None:
    row, other = asked(ana, now=now), asked(ana, now=now)
    for wrong in (
        proof(other.pk, now=now),
        proof(row.pk, now=now, by="omar"),
        proof_of(staff("olga"), Purpose.TEST_FACTOR, str(row.pk), now=now),
    ):
        with pytest.raises(ProofRefused):
            opened(row, now=now, proof=wrong)
    given = proof(row.pk, now=now)
    with pytest.raises(ProofRefused):
        opened(row, now=now + timedelta(minutes=11), proof=given)
    opened(row, now=now, proof=given)
    with pytest.raises(ProofRefused):
        step_up_again(given, now)


def step_up_again(given: step_up.StepUpProof, now: datetime) -> None:
    with transaction.atomic():
        step_up.consume(given, now=now)


def test_mailed_code_is_no_second_factor(ana: Account, now: datetime) -> None:
    row, olga = asked(ana, now=now), staff("olga")
    TotpDevice.objects.filter(user=olga).delete()
    given = proof(row.pk, now=now)
    assert EmailDevice.objects.filter(user=olga).exists()
    with pytest.raises(ProofRefused):
        opened(row, now=now, proof=given)


def test_refused_opening_uses_nothing_up(ana: Account, now: datetime) -> None:
    row, later = asked(ana, now=now), now + 8 * YEAR
    given = proof(row.pk, now=later)
    with pytest.raises(Expired):
        opened(row, now=later, proof=given)
    row.refresh_from_db()
    assert (row.opened_at, StepUp.objects.get(pk=given.step_up_id).used_at) == (None, None)
    assert openings() == 0


@pytest.mark.row("H01")
def test_records_leave_from_their_own_date_on(ana: Account, now: datetime) -> None:
    """Five years for identity and closure file, seven for transactions: exactly at the date, not before."""
    dates = dict(ArchiveRecord.objects.values_list("record_class", "expires_at"))
    moment = timedelta(microseconds=1)
    found = []
    for at in (dates["identity"] - moment, dates["identity"], dates["transactions"] - moment):
        file, passphrase = opened(asked(ana, now=at), now=at)
        found.append(sorted(contents_by_class(bundles.open_bundle(file, passphrase))))
    still = sorted(name for name, date in dates.items() if date > dates["identity"])
    assert found == [sorted(SEALED), still, ["transactions"]]
    with pytest.raises(Expired):
        opened(asked(ana, now=dates["transactions"]), now=dates["transactions"])


@pytest.mark.row("H05")
def test_held_archive_opens_for_an_authority_after_its_date(ana: Account, now: datetime) -> None:
    later = now + 8 * YEAR
    placed = hold(ana.pk, now=now)
    file, passphrase = opened(asked(ana, now=later), now=later)
    assert contents_by_class(bundles.open_bundle(file, passphrase)) == SEALED
    release(placed, now=later)
    with pytest.raises(Expired):
        opened(asked(ana, now=later), now=later)


@pytest.mark.row("A12")
def test_person_gets_nothing_while_a_legal_or_risk_hold_stands(ana: Account, now: datetime) -> None:
    """They are never told why; an open claim is no such hold, and keeps the archive open for them too."""
    row, later = approved(ana, now=now), now + 8 * YEAR
    record_id = ArchiveRecord.objects.filter(account_id=ana.pk).values_list("pk", flat=True)[0]
    for key in (None, record_id):
        placed = hold(ana.pk, now=now, record_id=key)
        with pytest.raises(DisclosureRefused) as error:
            opened(row, now=now)
        assert error.value.code == "on_hold"
        release(placed, now=now)
    Restriction.objects.create(
        account=ana, kind=RestrictionKind.JUDICIAL_FREEZE, placed_at=now, placed_by="system:tests"
    )
    with pytest.raises(DisclosureRefused) as error:
        opened(row, now=now)
    assert error.value.code == "on_hold"
    lift_all(ana.pk, now=now)
    Extension.objects.create(account_id=ana.pk, reason=ExtensionReason.CLAIM, reference_id=uuid7(), opened_at=now)
    file, passphrase = opened(row, now=later)
    assert contents_by_class(bundles.open_bundle(file, passphrase)) == SEALED


@pytest.mark.row("H04")
def test_record_that_should_open_and_does_not_lets_nothing_out(ana: Account, now: datetime) -> None:
    row = asked(ana, now=now)
    record = ArchiveRecord.objects.get(account_id=ana.pk, record_class="transactions")
    whole = bytes(record.box)
    ArchiveRecord.objects.filter(pk=record.pk).update(box=whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(Unreadable):
        opened(row, now=now)
    ArchiveRecord.objects.filter(pk=record.pk).update(box=whole)
    store().destroy(record.key_month)
    with pytest.raises(KeyGone):
        opened(row, now=now)
    assert openings() == 0


@pytest.mark.row("H04")
def test_record_that_is_no_text_lets_nothing_out(now: datetime) -> None:
    ben = archived("ben", now=now, parts=[("identity", b"\xff\xfe")])
    with pytest.raises(Unreadable):
        opened(asked(ben, now=now), now=now)


@pytest.mark.row("H01")
def test_destroyed_month_is_gone_and_the_rest_opens(now: datetime) -> None:
    """Also where rows of a destroyed month are left by a purge that was cut off, and somebody placed a hold since."""
    ana, month = make_account("ana"), over_by(now, months=3)
    middle = end_of(month).astimezone(UTC) - timedelta(days=15)
    terms = Terms(years={**ONE_YEAR.years, RecordClass.TRANSACTIONS: 7}, country="", may_lengthen=False)
    sealed("ana", now=middle.replace(year=middle.year - 1), account_id=ana.pk, terms=terms)
    row = asked(ana, now=now)
    purge._move_or_destroy(month, now=now, batch_size=10)
    hold(ana.pk, now=now)
    assert ArchiveRecord.objects.filter(account_id=ana.pk, key_month=month).count() == 2
    file, passphrase = opened(row, now=now)
    assert contents_by_class(bundles.open_bundle(file, passphrase)) == {"transactions": SEALED["transactions"]}


def test_nothing_of_the_contents_or_the_passphrase_stays_in_the_database(ana: Account, now: datetime) -> None:
    file, passphrase = opened(asked(ana, now=now), now=now)
    rows = repr([list(model.objects.values_list()) for model in (Disclosure, Event, Note, StepUp)])
    bodies = b"".join(bytes(event.body) for event in Event.objects.all()).decode()
    for secret in (passphrase, bundles.normal(passphrase), *(plain.decode() for plain in SEALED.values())):
        assert secret not in rows + bodies, secret
    assert file.hex() not in rows


def told(row: Disclosure, *, now: datetime) -> list[str]:
    """Return the tables whose rows a bundle holds."""
    said = bundles.open_bundle(*opened(row, now=now))
    return [each["table"] for text in said["records"] for each in lines.read(text.encode())]


def test_person_is_given_neither_notes_nor_events_nor_orders_of_holds_and_an_authority_is(now: datetime) -> None:
    inside = [*sorted(KEPT_FROM_PERSON), "closure.CheckRun"]
    file = b"".join(lines.line(table, {"text": "planted"}) for table in inside)
    ana = archived("ana", now=now, parts=((RecordClass.CLOSURE_FILE, file),))
    assert told(asked(ana, now=now), now=now) == inside
    assert told(approved(ana, now=now), now=now) == ["closure.CheckRun"]


@pytest.mark.parametrize("odd", [b"no row", b"[1]", b'{"table":1}', b'{"text":"of no table"}'])
def test_line_that_is_no_row_lets_nothing_out_to_the_person(now: datetime, odd: bytes) -> None:
    ana = archived("ana", now=now, parts=((RecordClass.CLOSURE_FILE, lines.line("a.B", {}) + odd),))
    row = approved(ana, now=now)
    with pytest.raises(Unreadable):
        opened(row, now=now)
    assert openings() == 0
    opened(asked(ana, now=now), now=now)
