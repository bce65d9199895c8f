"""Hints: said with the change, lost with it, and plugged into the queue."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from accounts.messages import wake as outbox
from closure import effects, tasks, wake
from closure.effects import EffectKind
from closure.enums import ClosureState, EffectState
from closure.models import ClosureRequest, Effect
from tests.closure.closing import approved

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heard() -> Iterator[list[UUID | None]]:
    told: list[UUID | None] = []
    wake.plug(told.append)
    yield told
    wake.plug(tasks.hint)


def queued() -> list[tuple[str, tuple[object, ...]]]:
    """Return function and arguments of what the queue holds, oldest first."""
    found = [SignedPackage.loads(row.payload) for row in OrmQ.objects.order_by("id")]
    return [(task["func"], task["args"]) for task in found]


def test_wake_reaches_whoever_is_plugged_in(heard: list[UUID | None]) -> None:
    request_id = uuid4()
    wake.wake(request_id)
    wake.wake()
    assert heard == [request_id, None]


def test_wake_without_anybody_is_silent(heard: list[UUID | None]) -> None:
    wake.plug(None)
    wake.wake()
    assert heard == []


def test_hint_holds_an_id_and_nothing_else() -> None:
    request_id = uuid4()
    wake.wake(request_id)
    wake.wake()
    outbox.hint()
    assert queued() == [
        ("closure.tasks.wake", (str(request_id),)),
        ("closure.tasks.wake", (None,)),
        ("closure.tasks.send_outbox", ()),
    ]


def test_hint_is_rolled_back_with_the_change(now: datetime) -> None:
    request = approved(now=now)
    OrmQ.objects.all().delete()

    class ChangeFailedError(Exception):
        """Whatever stops a change half way."""

    def change_half_way() -> None:
        with transaction.atomic():
            effects.add(request, EffectKind.FREEZE, now=now)
            raise ChangeFailedError

    with pytest.raises(ChangeFailedError):
        change_half_way()
    assert (queued(), Effect.objects.count()) == ([], 0)


@pytest.mark.row("F01")
def test_task_wake_calls_the_core_and_closes_what_is_due(now: datetime) -> None:
    request, due = approved("ana", now=now + timedelta(days=365)), approved("ben", now=now)
    with transaction.atomic():
        effect = effects.add(request, EffectKind.FREEZE, now=now)
    tasks.wake(str(request.pk))
    effect.refresh_from_db()
    assert effect.state == EffectState.DONE
    assert ClosureRequest.objects.get(pk=due.pk).state == ClosureState.CLOSED


def test_task_send_outbox_leaves_what_has_no_provider(now: datetime) -> None:
    tasks.wake()
    tasks.send_outbox()
    assert Effect.objects.count() == 0
