"""What a step is, and how a step that is a call to the core is taken."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from closure import effects
from closure.effects import EffectKind
from closure.enums import EffectState
from closure.finalization.outcomes import Done, Fatal, Outcome, Retry
from closure.finalization.plan import FinalStep
from closure.models import ClosureRequest, Effect

Run = Callable[[Sequence[ClosureRequest], datetime], Mapping[UUID, Outcome]]
Prepare = Callable[[Sequence[ClosureRequest], Callable[[], None]], AbstractContextManager[Run]]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step over a batch: requests sorted by account key, each with its account.

    A local step runs in the transaction that locked the rows and marks it done. The others leave the database, so
    they run outside of one; the calls they need were written as effect rows while the rows were locked. A local step
    that needs answers from outside asks for them in `prepare`, before that transaction, and gives what then runs in
    it; while it asks it calls its second argument now and then, which keeps the claim alive.
    """

    name: FinalStep
    local: bool
    run: Run | None = None
    prepare: Prepare | None = None
    calls: tuple[EffectKind, ...] = ()

    @property
    def asks_the_core(self) -> bool:
        """Whether taking it takes as long as the core does."""
        return not self.local or self.prepare is not None

    @contextmanager
    def ready(self, requests: Callable[[], Sequence[ClosureRequest]], alive: Callable[[], None]) -> Iterator[Run]:
        """Give what takes the step, prepared where it has to be."""
        if self.prepare is not None:
            with self.prepare(requests(), alive) as run:
                yield run
        elif self.run is not None:
            yield self.run
        else:
            raise TypeError(f"{self.name} cannot be taken")


def call_step(name: FinalStep, *calls: EffectKind) -> Step:
    """Return a step that is done when the core did all of these calls."""

    def run(requests: Sequence[ClosureRequest], now: datetime) -> Mapping[UUID, Outcome]:
        keys = [request.pk for request in requests]
        wanted = Effect.objects.filter(request_id__in=keys, kind__in=calls).order_by("account_id", "id")
        effects.perform(wanted.filter(state=EffectState.PENDING).values_list("id", flat=True), now=now)
        latest: dict[UUID | None, dict[str, Effect]] = {key: {} for key in keys}
        for effect in wanted:
            latest[effect.request_id][effect.kind] = effect
        return {key: _outcome([latest[key].get(kind) for kind in calls]) for key in keys}

    return Step(name=name, run=run, local=False, calls=calls)


def _outcome(made: Sequence[Effect | None]) -> Outcome:
    open_calls = [effect for effect in made if effect is None or effect.state != EffectState.DONE]
    if not open_calls:
        return Done()
    parked = [effect for effect in open_calls if effect is not None and effect.state == EffectState.PARKED]
    told = parked or [effect for effect in open_calls if effect is not None]
    error = f"{told[0].kind}: {told[0].last_error or 'waiting'}" if told else "not wanted"
    return Fatal(error=error) if parked else Retry(error=error)


def all_done(requests: Sequence[ClosureRequest]) -> Mapping[UUID, Outcome]:
    """Return the outcome of a set operation, which is done for everybody or raises."""
    return {request.pk: Done() for request in requests}
