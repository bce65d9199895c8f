"""Killed with SIGKILL anywhere, a closure ends as if nothing had happened, each effect once (F06)."""

from datetime import datetime, timedelta

import pytest

from accounts.models import Event, OutboxMessage
from closure import effects
from closure.enums import ClosureState, EffectState
from closure.exchange.ledger.models import LedgerEffect
from closure.finalization import claims
from closure.finalization.plan import ORDER
from closure.finalization.runner import finalize_due
from closure.finalization.summary import Summary
from closure.models import ClosureRequest, Effect, Receipt
from tests.closure.closing import approved
from tests.closure.finalization.killing import Kill, around, killed, killed_after, statements

ANYWHERE = 12
LIVES = 60
# Both databases run these, so a run of the whole suite kills twice as often: 84 times, and the lives below.
KILLS = ANYWHERE + 3 * len(ORDER)
LATER = max(claims.LEASE, effects.LEASE) + timedelta(seconds=5)
CALLS = ["close", "freeze", "lock_deposits", "remove_addresses", "revoke_keys"]

# What a closing leaves, killed or not.
CLOSED = {
    "state": ClosureState.CLOSED,
    "undone": [],
    "wanted": CALLS,
    "at the core": CALLS,
    "events": ["closure.begun", "closure.finished"],
    "mails": ["closure_closed"],
    "receipts": 1,
}


def outcome(request: ClosureRequest) -> dict[str, object]:
    """Return all that must be the same, however often it was killed."""
    request.refresh_from_db()
    calls = Effect.objects.filter(request=request)
    return {
        "state": request.state,
        "undone": [step for step in ORDER if request.plan[step]["state"] != "done"],
        "wanted": sorted(calls.filter(state=EffectState.DONE).values_list("kind", flat=True)),
        "at the core": sorted(
            LedgerEffect.objects.filter(account_id=request.account_id).values_list("call", flat=True)
        ),
        "events": sorted(
            Event.objects.filter(account_id=request.account_id, action__startswith="closure.").values_list(
                "action", flat=True
            )
        ),
        "mails": list(OutboxMessage.objects.filter(account_id=request.account_id).values_list("template", flat=True)),
        "receipts": Receipt.objects.filter(request=request).count(),
    }


def usual_statements(now: datetime) -> list[str]:
    """Return the statements of a closing as `statements` does: the first one of all makes keys of months too."""
    approved("first", now=now)
    finalize_due(now=now)
    approved("counted", now=now)
    return statements(lambda: finalize_due(now=now))


@pytest.mark.row("F06")
@pytest.mark.django_db(transaction=True)
def test_finalize_due_killed_around_every_step_and_anywhere_ends_the_same(now: datetime) -> None:
    steps = usual_statements(now)
    moments = around(steps)
    assert list(moments) == [(step, moment) for step in ORDER for moment in ("before", "during", "after")]
    moments |= {("anywhere", str(kill)): Kill(1 + kill * len(steps) // ANYWHERE) for kill in range(ANYWHERE)}
    ends = {}
    for moment, kill in moments.items():
        request = approved("-".join(("ana", *moment)).replace("_", "-"), now=now)
        assert killed(kill, lambda: finalize_due(now=now)), moment
        assert finalize_due(now=now + LATER) == Summary(closed=1), moment
        ends[moment] = outcome(request)
    assert [moment for moment, end in ends.items() if end != CLOSED] == []
    assert len(ends) == KILLS


@pytest.mark.row("F06")
@pytest.mark.django_db(transaction=True)
def test_finalize_due_killed_again_and_again_still_ends(now: datetime) -> None:
    request = approved(now=now)
    at, life = now, 0
    # Each life starts where the one before was killed, and is given more time: five deaths at one step park it.
    while life < LIVES and killed_after(40 + 8 * life, lambda at=at: finalize_due(now=at)):  # type: ignore[misc]
        at, life = at + LATER, life + 1
    assert 3 < life < LIVES
    assert outcome(request) == CLOSED
