"""Sending, taking away and looking at photos: who may, what is kept, and what the journal says."""

import json
from datetime import datetime

import pytest

from accounts.actors import Actor
from accounts.cases import CaseOver, UnknownCase
from accounts.enums import Role
from accounts.exceptions import NotAllowed, ReasonRequired
from accounts.models import Account, Case, Event, Note
from closure.enums import EvidenceKind
from closure.evidence import store
from closure.evidence.contents import photo_of
from closure.exceptions import FileNotTaken, PhotoRefused, PhotoStays, TooManyPhotos, UnknownEvidence
from closure.models import Evidence, Sighting
from closure.operations import evidence
from tests.closure.evidence.drawing import encoded, picture
from tests.closure.evidencing import folder, kept, open_case, photo, resolve, stored
from tests.factories import make_account, make_staff
from tests.holding import officer, place

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_photos_left")]
K = EvidenceKind


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def case(ana: Account, now: datetime) -> Case:
    return open_case(ana, now=now)


def told(action: str) -> list[dict[str, object]]:
    return [json.loads(bytes(each.body))["data"] for each in Event.objects.filter(action=action).order_by("id")]


@pytest.mark.row("J15", "J18")
def test_bad_photo_is_refused_with_its_rules_and_may_be_sent_all_the_same(
    ana: Account, case: Case, now: datetime
) -> None:
    small, me = encoded(picture(1, (400, 300))), Actor.customer(ana)
    with pytest.raises(PhotoRefused) as refused:
        evidence.send(case.pk, K.DOCUMENT_FRONT, small, actor=me, now=now)
    faults = [each.fault for each in refused.value.verdicts if each.fault]
    assert (faults[0], Evidence.objects.count(), stored()) == ("too_small", 0, set())
    row = evidence.send(case.pk, K.DOCUMENT_FRONT, small, despite=True, actor=me, now=now)
    assert row.verdicts[0] == ["size", "refused", "too_small"]
    assert told("evidence.taken")[0]["broken"] == faults
    with pytest.raises(FileNotTaken, match="not a photo"):
        evidence.send(case.pk, K.NOTE, b"<svg/>", despite=True, actor=me, now=now)


def test_kept_photo_is_encrypted_under_a_key_and_a_name_of_its_own(case: Case, now: datetime) -> None:
    one, two = kept(case, now=now), kept(case, now=now)
    assert photo_of(one) == photo_of(two) == photo().jpeg
    files = [(folder() / row.file.hex).read_bytes() for row in (one, two)]
    assert (stored(), one.pk.hex in stored()) == ({one.file.hex, two.file.hex}, False)
    assert (files[0] != files[1], b"JFIF" in files[0], photo().jpeg[200:240] in files[0]) == (True, False, False)
    (folder() / one.file.hex).write_bytes(files[1])
    with pytest.raises(UnknownEvidence):
        photo_of(one)


def test_row_goes_when_its_file_cannot_be_written(case: Case, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "create", lambda _name: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        kept(case, now=now)
    assert (Evidence.objects.count(), Sighting.objects.count()) == (0, 0)
    assert told("evidence.destroyed")[0]["reason"] == "file_lost"


def test_nobody_sends_for_the_case_of_another_or_one_that_is_over(ana: Account, case: Case, now: datetime) -> None:
    ben, sam = make_account("ben"), Actor.staff(make_staff("sue"))
    for stranger in (Actor.customer(ben), Actor.link(ana.pk), sam, Actor.system("worker")):
        with pytest.raises(UnknownCase):
            evidence.keep(case.pk, K.NOTE, photo(), actor=stranger, now=now)
    resolve(case, now=now)
    with pytest.raises(CaseOver):
        kept(case, now=now)
    with pytest.raises(CaseOver):
        evidence.send(case.pk, K.NOTE, b"", actor=me(ana), now=now)
    assert Evidence.objects.count() == 0


def me(account: Account) -> Actor:
    return Actor.status_session(account.pk)


def test_case_takes_twelve_photos(ana: Account, case: Case, now: datetime) -> None:
    for _number in range(12):
        kept(case, now=now)
    with pytest.raises(TooManyPhotos):
        kept(case, now=now)
    with pytest.raises(TooManyPhotos):
        evidence.send(case.pk, K.NOTE, b"", actor=me(ana), now=now)


@pytest.mark.row("J15")
def test_owner_takes_a_photo_away_and_nobody_else(ana: Account, case: Case, now: datetime) -> None:
    row, ben = kept(case, now=now), make_account("ben")
    for stranger in (Actor.customer(ben), officer("olga")):
        with pytest.raises(UnknownEvidence):
            evidence.take_away(row.pk, case_id=case.pk, actor=stranger, now=now)
    for other in (open_case(ana, now=now).pk, row.pk):
        with pytest.raises(UnknownEvidence):
            evidence.take_away(row.pk, case_id=other, actor=me(ana), now=now)
    take_away(row, now=now)
    assert (Evidence.objects.count(), stored(), told("evidence.destroyed")[0]["reason"]) == (0, set(), "taken_away")
    row = kept(case, now=now)
    resolve(case, now=now)
    with pytest.raises(CaseOver):
        take_away(row, now=now)


def take_away(row: Evidence, *, now: datetime) -> None:
    evidence.take_away(row.pk, case_id=row.case_id, actor=Actor.status_session(row.account_id), now=now)


@pytest.mark.row("L07")
@pytest.mark.parametrize("is_held", [True, False])
def test_photo_that_staff_looked_at_stays(ana: Account, case: Case, now: datetime, is_held: bool) -> None:
    row, other = kept(case, now=now), kept(case, now=now)
    evidence.look(row.pk, reason="To decide it.", actor=officer("olga"), now=now)
    if is_held:
        place(ana.pk, now=now)
    with pytest.raises(PhotoStays):
        take_away(row, now=now)
    take_away(other, now=now)
    assert list(evidence.shown_to_owner(case)) == [row]


@pytest.mark.row("H05")
def test_hold_keeps_a_photo_that_is_taken_away(ana: Account, case: Case, now: datetime) -> None:
    row, before = kept(case, now=now), stored()
    place(ana.pk, now=now)
    take_away(row, now=now)
    row.refresh_from_db()
    assert (row.taken_away_at, stored(), photo_of(row)) == (now, before, photo().jpeg)
    assert (told("evidence.set_aside"), told("evidence.destroyed")) == (
        [{"evidence": str(row.pk), "kind": "document_front"}],
        [],
    )
    # To its owner it is gone, as it would be without a hold: also where the photos of a case are counted.
    assert list(evidence.shown_to_owner(case)) == []
    with pytest.raises(UnknownEvidence):
        take_away(row, now=now)
    for _number in range(12):
        kept(case, now=now)
    # Staff look at it as at any other.
    assert evidence.look(row.pk, reason="To decide it.", actor=officer("olga"), now=now) == row


@pytest.mark.row("L07")
def test_each_look_has_a_reason_in_the_journal(ana: Account, case: Case, now: datetime) -> None:
    row, olga = kept(case, now=now), officer("olga")
    with pytest.raises(ReasonRequired):
        evidence.look(row.pk, reason=" ", actor=olga, now=now)
    for nobody in (me(ana), Actor.staff(make_staff("eve", Role.AUDITOR))):
        with pytest.raises(NotAllowed):
            evidence.look(row.pk, reason="Why not?", actor=nobody, now=now)
    assert told("evidence.looked_at") == []
    for _time in range(2):
        assert evidence.look(row.pk, reason="To decide it.", actor=olga, now=now).pk == row.pk
    data = {"evidence": str(row.pk), "kind": "document_front", "case": case.reference}
    assert told("evidence.looked_at") == [data, data]
    assert list(Note.objects.values_list("text", flat=True)) == ["To decide it."] * 2
    with pytest.raises(UnknownEvidence):
        evidence.look(case.pk, reason="To decide it.", actor=olga, now=now)


@pytest.mark.row("L07")
def test_photo_that_cannot_be_read_is_no_look(case: Case, now: datetime) -> None:
    lost, changed, olga = kept(case, now=now), kept(case, now=now), officer("olga")
    (folder() / lost.file.hex).unlink()
    path = folder() / changed.file.hex
    sealed = path.read_bytes()
    path.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    for row in (lost, changed):
        with pytest.raises(UnknownEvidence):
            evidence.look(row.pk, reason="To decide it.", actor=olga, now=now)
    assert (told("evidence.looked_at"), evidence.looked_at(case.account_id, olga)) == ([], set())


@pytest.mark.row("G05")
def test_same_photo_in_another_case_is_told(ana: Account, case: Case, now: datetime) -> None:
    first, own = kept(case, now=now), kept(case, now=now)
    again = kept(open_case(make_account("ben"), now=now), now=now)
    said = [(each["same"], each["alike"]) for each in told("evidence.taken")]
    assert said == [([], []), ([], []), ([str(first.pk), str(own.pk)], [])]
    assert again.case_id != case.pk


def test_what_is_asked_beside_a_photo_keeps_it_out(ana: Account, case: Case, now: datetime) -> None:
    def over(account: Account) -> None:
        assert account == ana
        raise CaseOver

    with pytest.raises(CaseOver):
        evidence.keep(case.pk, K.NOTE, photo(), actor=Actor.customer(ana), now=now, beside=over)
    assert (Evidence.objects.count(), stored()) == (0, set())
    row = kept(case, now=now)
    with pytest.raises(CaseOver):
        evidence.take_away(row.pk, case_id=case.pk, actor=Actor.customer(ana), now=now, beside=over)
    assert Evidence.objects.get() == row
