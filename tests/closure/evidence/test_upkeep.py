"""Photos end 30 days after the decision, unless they are held, and with the account; nothing of them stays."""

import json
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from accounts import restrictions
from accounts.actors import Actor
from accounts.enums import RestrictionKind
from accounts.models import Account, Case, Event
from closure.evidence import store, upkeep
from closure.finalization.runner import finalize_due
from closure.models import Evidence, Sighting
from closure.operations import evidence
from closure.operations.sweep import run_sweeps
from tests.closure.closing import approved
from tests.closure.evidencing import folder, kept, open_case, resolve, stored
from tests.factories import make_account
from tests.holding import lift, place

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_photos_left"),
    pytest.mark.row("J13"),
]
DAYS_30 = timedelta(days=30)


@pytest.fixture
def case(now: datetime) -> Case:
    return open_case(make_account("ana"), now=now)


def told(action: str = "evidence.destroyed") -> list[dict[str, str]]:
    return [json.loads(bytes(each.body))["data"] for each in Event.objects.filter(action=action).order_by("id")]


def left() -> tuple[int, int, int]:
    return Evidence.objects.count(), Sighting.objects.count(), len(stored())


def purge(now: datetime) -> list[bool]:
    return [each.held for each in upkeep.purge_due(now=now, batch_size=1)]


def test_photo_goes_30_days_after_the_decision_and_not_before(case: Case, now: datetime) -> None:
    kept(case, now=now)
    row = kept(case, seed=2, now=now)
    assert purge(now + timedelta(days=400)) == []
    resolve(case, now=now)
    assert purge(now + DAYS_30 - timedelta(microseconds=1)) == []
    assert run_sweeps(now + DAYS_30)["evidence_destroyed"] == 2
    assert (left(), purge(now + DAYS_30)) == ((0, 0, 0), [])
    assert told()[1] == {"evidence": str(row.pk), "kind": "document_front", "reason": "time_over"}


def test_days_are_those_of_the_policy_when_it_was_sent(case: Case, now: datetime) -> None:
    row = kept(case, now=now)
    Evidence.objects.filter(pk=row.pk).update(keep_for=timedelta(days=90))
    resolve(case, now=now)
    assert (purge(now + timedelta(days=89)), purge(now + timedelta(days=90))) == ([], [False])


@pytest.mark.row("H05")
def test_legal_hold_or_risk_flag_keeps_it_and_it_goes_when_that_ends(case: Case, now: datetime) -> None:
    ana = Account.objects.get(pk=kept(case, now=now).account_id)
    resolve(case, now=now)
    hold, over = place(ana.pk, now=now), now + DAYS_30
    assert (purge(over), left()[0]) == ([True], 1)
    lift(hold, now=now)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=ana.pk)
        flag = restrictions.place(locked, RestrictionKind.RISK_CONTROL, actor=Actor.core(), note="", now=now)
    assert purge(over) == [True]
    flag.delete()
    assert (purge(over), left()) == ([False], (0, 0, 0))


@pytest.mark.row("H05")
def test_photo_that_its_owner_took_away_goes_when_the_hold_ends(case: Case, now: datetime) -> None:
    row = kept(case, now=now)
    hold = place(row.account_id, now=now)
    evidence.take_away(row.pk, case_id=case.pk, actor=Actor.status_session(row.account_id), now=now)
    assert (purge(now), left()[0]) == ([True], 1)
    lift(hold, now=now)
    assert (purge(now), left()) == ([False], (0, 0, 0))
    assert told() == [{"evidence": str(row.pk), "kind": "document_front", "reason": "taken_away"}]


@pytest.mark.row("F02")
def test_photos_go_before_an_account_is_sealed_and_are_never_archived(now: datetime) -> None:
    request = approved(now=now)
    kept(open_case(Account.objects.get(pk=request.account_id), now=now), now=now)
    other = kept(open_case(make_account("ben"), now=now), now=now)
    assert (len(stored()), finalize_due(now=now).closed) == (2, 1)
    assert list(Evidence.objects.values_list("pk", flat=True)) == [other.pk]
    assert (stored(), told()[0]["reason"]) == ({other.file.hex}, "closing")


def test_files_that_no_row_names_go_and_what_is_not_ours_stays(case: Case, now: datetime) -> None:
    row = kept(case, now=now)
    for name in (uuid4().hex, "README"):
        (folder() / name).touch()
    assert upkeep.mend(now) == 1
    assert stored() == {row.file.hex, "README"}
    (folder() / "README").unlink()


def test_row_whose_file_is_gone_goes_once_it_is_certain(case: Case, now: datetime) -> None:
    row = kept(case, now=now)
    store.remove(row.file)
    assert upkeep.mend(now) == 0
    later = now + upkeep.WRITTEN_WITHIN
    assert (upkeep.mend(later), upkeep.mend(later), left()) == (1, 0, (0, 0, 0))
    assert told() == [{"evidence": str(row.pk), "kind": "document_front", "reason": "file_lost"}]


def test_two_purges_at_once_destroy_each_once(case: Case, now: datetime) -> None:
    found = [kept(case, now=now), kept(case, seed=2, now=now)]
    resolve(case, now=now)
    assert purge(now + DAYS_30) == [False, False]
    assert (upkeep._purge(found, now=now + DAYS_30), len(told())) == ([], 2)
