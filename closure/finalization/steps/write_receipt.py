"""Writes the receipt while everything that it counts is still there, and shows it to nobody before the end (F07)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from closure.finalization.outcomes import Outcome
from closure.finalization.plan import FinalStep
from closure.finalization.steps.step import Step, all_done
from closure.models import ClosureRequest
from closure.receipts import writing


def run(requests: Sequence[ClosureRequest], now: datetime) -> Mapping[UUID, Outcome]:
    """Write the receipts that are not written yet."""
    writing.write(requests, now=now)
    return all_done(requests)


STEP = Step(name=FinalStep.WRITE_RECEIPT, run=run, local=True)
