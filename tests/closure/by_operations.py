"""Ana closes her account by the operations, as far as a test wants."""

from datetime import datetime
from typing import Any

from accounts.actors import Actor
from accounts.enums import FactorKind
from accounts.models import Account, StepUp
from accounts.verification import step_up as step_ups
from closure.enums import RequestChannel
from closure.exchange.ledger.models import LedgerHolding
from closure.models import ClosureRequest
from closure.notes import NOTE_CODES, warning_codes
from closure.operations.acknowledge import acknowledge
from closure.operations.check import run_check
from closure.operations.export import mark_exported
from closure.operations.start import start
from closure.operations.submit import submit
from closure.operations.verify import begin_verification, check_document
from tests.factories import PASSWORD, document_number, totp_code
from tests.outbox import last_code

WEB = RequestChannel.WEB


def drafted(account: Account, now: datetime) -> ClosureRequest:
    """Start and acknowledge every note."""
    owner = Actor.customer(account)
    request = start(account, channel=WEB, actor=owner, now=now)
    return acknowledge(request.pk, NOTE_CODES, actor=owner, now=now)


def checked(account: Account, now: datetime) -> ClosureRequest:
    """Check the account and acknowledge what it warns of."""
    owner, request = Actor.customer(account), drafted(account, now)
    run = run_check(request.pk, actor=owner, now=now)
    return acknowledge(request.pk, warning_codes(run.result), actor=owner, now=now)


def exported(account: Account, now: datetime) -> ClosureRequest:
    """Save the records."""
    return mark_exported(checked(account, now).pk, skipped=False, actor=Actor.customer(account), now=now)


def give_codes(step_up: StepUp, account: Account, now: datetime) -> StepUp:
    """Give the mailed code and the one of the authenticator."""
    for factor in step_ups.factors(step_up):
        if factor.kind is FactorKind.EMAIL:
            step_ups.challenge(step_up, factor.id, now=now)
            step_up = step_ups.answer(step_up, factor.id, last_code(account), now=now)
        elif factor.kind is FactorKind.TOTP:
            step_up = step_ups.answer(step_up, factor.id, totp_code(account), now=now)
    return step_up


def verified(account: Account, now: datetime) -> tuple[ClosureRequest, StepUp]:
    """Give both codes."""
    request = exported(account, now)
    return request, give_codes(begin_verification(request.pk, now=now), account, now)


def ready(account: Account, now: datetime, name: str = "ana") -> tuple[ClosureRequest, StepUp]:
    """Give the document number too: only the last word is left."""
    request, step_up = verified(account, now)
    return check_document(request.pk, document_number(name), now=now), step_up


def submit_now(request: ClosureRequest, step_up: StepUp | None, now: datetime, **facts: Any) -> ClosureRequest:
    """Say the last word."""
    given = {
        "step_up_id": step_up.pk if step_up else None,
        "password": PASSWORD,
        "channel": WEB,
        "actor": Actor.customer(request.account),
        **facts,
    }
    return submit(request.pk, now=now, **given)


def submitted(account: Account, now: datetime, name: str = "ana") -> ClosureRequest:
    """Walk all the way."""
    request, step_up = ready(account, now, name)
    return submit_now(request, step_up, now)


def spend_everything(account: Account) -> None:
    """Take out at the core whatever the account holds."""
    LedgerHolding.objects.filter(account_id=account.pk).delete()
