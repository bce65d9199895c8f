"""The checker of invariants finds what is planted: one that finds nothing would prove nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from accounts import journal, sealing, suspicious, triggers
from accounts.enums import Purpose, Role, SessionKind
from accounts.ids import uuid7
from accounts.models import Account, Attempt, Checkpoint, JournalLeaf, Session, StepUp
from closure import effects
from closure.claims import take
from closure.enums import ClosureState, EffectState
from closure.exchange.ledger.models import LedgerAccountState, LedgerApiKey, LedgerEffect, LedgerEvent
from closure.models import CheckRun, ClosureRequest, CoreCursor, Effect
from closure.retention.models import Disclosure, Extension, PurgeMonth
from tests.claiming import report
from tests.closure.by_operations import submitted
from tests.closure.scenes import SYSTEM, make_run, staff
from tests.factories import make_account
from tests.holding import place, sealed_record
from tests.invariants import violations

pytestmark = pytest.mark.django_db
S = ClosureState
Plant = Callable[[ClosureRequest, datetime], object]


def change(request: ClosureRequest, **columns: Any) -> None:
    ClosureRequest.objects.filter(pk=request.pk).update(**columns)


def open_session(request: ClosureRequest, now: datetime) -> object:
    facts: dict[str, Any] = {"kind": SessionKind.CUSTOMER, "account_id": request.account_id, "created_at": now}
    return Session.objects.create(key_digest=b"k" * 32, expires_at=now, **facts)


def survive_key(request: ClosureRequest, _now: datetime) -> object:
    return LedgerApiKey.objects.create(account_id=request.account_id, key_id="k")


def tell(request: ClosureRequest, now: datetime, action: str, **data: Any) -> None:
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=request.account_id)
        journal.record(action, actor=SYSTEM, at=now, account=account, data={"request": str(request.pk), **data})


def decide_alone(request: ClosureRequest, now: datetime) -> None:
    change(request, four_eyes_due=True, reviewed_at=now, reviewed_by=staff(Role.LEAD).account_id)


def verify_late(request: ClosureRequest, now: datetime) -> object:
    late = now - timedelta(seconds=1)
    return StepUp.objects.filter(account_id=request.account_id).update(expires_at=late)


def belong_to_two(request: ClosureRequest, _now: datetime) -> object:
    return CheckRun.objects.filter(request=request).update(account=make_account("bob"))


def invent_effect(request: ClosureRequest, _now: datetime) -> object:
    return Effect.objects.filter(request=request, kind="freeze").update(key="another")


def repeat_effect(request: ClosureRequest, _now: datetime) -> object:
    return LedgerEffect.objects.filter(account_id=request.account_id).delete()


def begin_under_a_hold(request: ClosureRequest, now: datetime) -> None:
    place(request.account_id, now=now)
    tell(request, now, "closure.begun", **{"from": "cooling_off", "to": "finalizing", "version": 2})


def destroy_what_is_held(request: ClosureRequest, now: datetime) -> None:
    record = sealed_record(request.account_id, now=now)
    place(request.account_id, now=now, record_id=record.pk)
    PurgeMonth.objects.update(state="destroyed", destroyed_at=now)


def overlook_a_deposit(request: ClosureRequest, now: datetime) -> None:
    Effect.objects.filter(request=request, kind="freeze").update(kind="lock_deposits")
    LedgerEvent.objects.create(account_id=request.account_id, position=7, at=now, kind="late_deposit")
    CoreCursor.objects.create(stream="events", cursor="7")


def claim_without_extension(request: ClosureRequest, now: datetime) -> None:
    Effect.objects.filter(request=request, kind="freeze").update(kind="lock_deposits")
    take(report(request.account_id, at=now), now=now)
    Extension.objects.update(closed_at=now)


def close(request: ClosureRequest, now: datetime) -> None:
    change(request, state=S.CLOSED, ended_at=now)


def resume_unchecked(request: ClosureRequest, now: datetime) -> None:
    run = make_run(request, now=now, unknown=True)
    tell(request, now, "closure.resumed", **{"from": "held", "to": "cooling_off", "version": 2, "check": str(run.pk)})


def unseal(_request: ClosureRequest, now: datetime) -> None:
    sealing.seal(now=now)
    triggers.remove(connection)
    JournalLeaf.objects.filter(position=1).delete()


def open_without_event(request: ClosureRequest, now: datetime) -> None:
    """An archive is given out, and the journal does not know."""
    opened = {"opened_at": now, "opened_by": uuid7(), "bundle_digest": b"d" * 32}
    asked = {"asked_at": now, "asked_by": uuid7(), **opened}
    Disclosure.objects.create(account_id=request.account_id, purpose="regulator", case_reference="BA 1", **asked)


PLANTS: list[tuple[str, Plant]] = [
    ("1", close),
    ("2", resume_unchecked),
    ("3", open_session),
    ("3", survive_key),
    ("3", lambda request, _now: Account.objects.filter(pk=request.account_id).update(status="active")),
    ("5", lambda request, now: tell(request, now, "closure.begun", **{"from": "draft", "to": "closed", "version": 2})),
    ("6", lambda request, _now: change(request, state=S.APPROVED)),
    ("6", lambda request, _now: change(request, version=7)),
    ("7", invent_effect),
    ("7", repeat_effect),
    ("8", close),
    ("9", close),
    ("12", verify_late),
    ("12", lambda request, _now: StepUp.objects.filter(purpose=Purpose.CLOSE_ACCOUNT).update(used_at=None)),
    (
        "13",
        lambda _request, now: Attempt.objects.create(
            subject=uuid7(), purpose="sign_in", window="short", started_at=now, failures=6
        ),
    ),
    ("14", decide_alone),
    ("15", lambda request, _now: Account.objects.filter(pk=request.account_id).update(journal_head=b"0" * 32)),
    ("15", unseal),
    ("19", begin_under_a_hold),
    ("19", destroy_what_is_held),
    ("24", open_without_event),
    ("24", lambda request, now: tell(request, now, "disclosure.opened", disclosure=str(uuid7()), sha256="00")),
    ("23", belong_to_two),
    ("F08", overlook_a_deposit),
    ("F08", claim_without_extension),
    ("end", lambda request, _now: change(request, held_reasons=["deposit"])),
    ("E09", lambda request, _now: change(request, state=S.EXPIRED)),
]


@pytest.mark.parametrize(("number", "plant"), PLANTS)
def test_violations_finds_what_is_planted(number: str, plant: Plant, now: datetime) -> None:
    request = submitted(make_account("ana"), now)
    assert violations() == []
    plant(request, now)
    assert number in {found.partition(":")[0] for found in violations()}


@pytest.mark.parametrize(
    ("lost", "sentence"),
    [
        (lambda: Effect.objects.filter(kind="freeze").delete(), "nobody wants it frozen at the core"),
        (lambda: Effect.objects.filter(kind="revoke_keys").delete(), "nobody wants its keys deleted"),
        (lambda: LedgerAccountState.objects.update(frozen=False), "the core has it open"),
    ],
)
def test_violations_finds_a_disabled_account_that_the_core_has_open(
    lost: Callable[[], object], sentence: str, now: datetime
) -> None:
    ana = make_account("ana")
    with transaction.atomic():
        suspicious.report(Account.objects.select_for_update().get(pk=ana.pk), actor=SYSTEM, now=now)
    assert (effects.perform_due(now=now), violations([ana.pk])) == (2, [])
    lost()
    assert f"3: {ana} is disabled and {sentence}" in violations([ana.pk])


def test_violations_of_an_ordinary_closure_are_none(now: datetime) -> None:
    request = submitted(make_account("ana"), now)
    assert Effect.objects.filter(request=request, state=EffectState.DONE).count() == 2
    assert violations() == []


def test_violations_finds_a_journal_that_is_another_than_was_published(now: datetime) -> None:
    submitted(make_account("ana"), now)
    sealing.seal(now=now)
    published = [Checkpoint.objects.get().note]
    assert violations(published=published) == []
    triggers.remove(connection)
    JournalLeaf.objects.all().delete()
    Checkpoint.objects.all().delete()
    assert [found.partition(":")[0] for found in violations(published=published)] == ["15"]
