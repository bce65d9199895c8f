"""Checking the account: the core is asked first, outside of any transaction, then the result is stored."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from closure import drafts, exchange
from closure.enums import Moment
from closure.models import CheckRun, ClosureRequest
from closure.policy import loader
from closure.preflight import runner


def run_check(request_id: UUID, *, actor: Actor, now: datetime) -> CheckRun:
    """Check the account of a draft by its pinned policy; raises UnknownRequest, NotAllowed."""
    request = drafts.draft_of(request_id, actor=actor)
    run = check_request(request, Moment.CHECK, now=now)
    with transaction.atomic():
        drafts.write(drafts.lock_draft(request_id, actor=actor), now=now)
    return run


def check_request(request: ClosureRequest, moment: Moment, *, now: datetime) -> CheckRun:
    """Run the account check for a request at this moment; a core that does not answer comes out as unknown (A19)."""
    return runner.run(
        request.account,
        policy=loader.from_pinned(request.policy),
        gateway=exchange.get_gateway(),
        moment=moment,
        now=now,
        request=request,
    )
