"""What an owner can do with a draft, right or wrong, for the machine that tries everything."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from accounts import clock
from accounts.actors import Actor
from accounts.enums import SECOND_FACTORS, Purpose
from accounts.verification import step_up as step_ups
from closure import verification
from closure.enums import ClosureAction
from closure.fresh_factor import PURPOSES
from closure.models import ClosureRequest
from closure.notes import NOTE_CODES, warning_codes
from closure.operations.acknowledge import acknowledge
from closure.operations.check import run_check
from closure.operations.export import mark_exported
from closure.operations.start import discard
from closure.operations.verify import begin_verification, check_document, current_verification
from tests.closure.by_operations import give_codes


def read_notes(request: ClosureRequest) -> None:
    acknowledge(request.pk, NOTE_CODES, actor=Actor.customer(request.account), now=clock.now())


def check(request: ClosureRequest) -> None:
    run_check(request.pk, actor=Actor.customer(request.account), now=clock.now())


def tick_warnings(request: ClosureRequest) -> None:
    owner = Actor.customer(request.account)
    run = run_check(request.pk, actor=owner, now=clock.now())
    acknowledge(request.pk, warning_codes(run.result), actor=owner, now=clock.now())


def export(request: ClosureRequest) -> None:
    mark_exported(request.pk, skipped=True, actor=Actor.customer(request.account), now=clock.now())


def begin(request: ClosureRequest) -> None:
    begin_verification(request.pk, now=clock.now())


def verify(request: ClosureRequest) -> None:
    give_codes(begin_verification(request.pk, now=clock.now()), request.account, clock.now())


def wrong_code(request: ClosureRequest) -> None:
    running = current_verification(request)
    if running is not None:
        step_ups.answer(running, step_ups.factors(running)[0].id, "000000", now=clock.now())


def wrong_document(request: ClosureRequest) -> None:
    check_document(request.pk, "X-NOBODY-1", now=clock.now())


def keep(request: ClosureRequest) -> None:
    discard(request.pk, actor=Actor.customer(request.account), now=clock.now())


def prove(request: ClosureRequest, action: ClosureAction, purpose: Purpose | None = None) -> UUID:
    """Give a fresh code for an action on a request, perhaps to an end that is not the action's own."""
    begun = step_ups.begin(
        request.account,
        purpose=purpose or PURPOSES[action],
        digest=verification.digest(request, action),
        kinds=SECOND_FACTORS,
        needed=1,
        second_factor_required=True,
        window=timedelta(minutes=10),
        extensions=0,
        now=clock.now(),
    )
    return give_codes(begun, request.account, clock.now()).pk


PREPARATIONS: dict[str, Callable[[ClosureRequest], None]] = {
    each.__name__: each
    for each in (read_notes, check, tick_warnings, export, begin, verify, wrong_code, wrong_document)
}
