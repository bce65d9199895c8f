"""When what was tried before comes due again, so that nobody has to look all the time, or a minute late."""

from datetime import datetime

from accounts.messages import outbox
from closure.enums import ClosureState, EffectState, RemedyState
from closure.models import ClosureRequest, Effect, RemedyRun


def next_retry(after: datetime) -> datetime | None:
    """Return the first time after `after` at which a call, a plan or a message is tried again; None: nothing waits.

    What was never tried is told of by its hint. Claims count: they come due when their worker must be dead.
    """
    calls = Effect.objects.filter(state=EffectState.PENDING, attempts__gt=0, due_at__gt=after)
    plans = ClosureRequest.objects.filter(state=ClosureState.FINALIZING, parked_at=None, next_try_at__gt=after)
    remedies = RemedyRun.objects.filter(state=RemedyState.DOING, next_try_at__gt=after)
    found = (
        remedies.order_by("next_try_at").values_list("next_try_at", flat=True).first(),
        calls.order_by("due_at").values_list("due_at", flat=True).first(),
        plans.order_by("next_try_at").values_list("next_try_at", flat=True).first(),
        outbox.next_retry(after),
    )
    return min((at for at in found if at is not None), default=None)
