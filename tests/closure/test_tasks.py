"""What the queue runs: a failure stays out of the queue's log and table, and its rows are found by the sweep."""

from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django_q.models import Task

from closure import effects, tasks
from closure.effects import EffectKind
from closure.enums import EffectState
from closure.models import Effect
from tests.closure.closing import approved

pytestmark = pytest.mark.django_db(transaction=True)


def test_task_that_fails_tells_kind_and_place_only(now: datetime, caplog: pytest.LogCaptureFixture) -> None:
    request = approved(now=now + timedelta(days=365))
    with transaction.atomic():
        effects.add(request, EffectKind.FREEZE, now=now)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE closure_effect RENAME TO away")
    try:
        tasks.wake(str(request.pk))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO closure_effect")
    told = [record for record in caplog.records if record.name == "closure.tasks"]
    assert [record.getMessage().partition(" at ")[0].rpartition(":")[0] for record in told] == ["task wake failed"]
    assert (told[0].exc_info, Task.objects.count()) == (None, 0)
    tasks.wake(str(request.pk))
    assert Effect.objects.get().state == EffectState.DONE
