"""Beginning to close in one call: what the first pages do one after the other, for programs (docs/decisions/0007)."""

from collections.abc import Iterable
from datetime import datetime

from accounts.actors import Actor
from accounts.models import Account
from closure import exchange
from closure.enums import Moment, RequestChannel
from closure.exceptions import BlockedBy, MissingAcknowledgements, UnknownAcknowledgement
from closure.models import ClosureRequest
from closure.notes import NOTE_CODES, warning_codes
from closure.operations.acknowledge import acknowledge
from closure.operations.captcha import pass_captcha
from closure.operations.check import run_check
from closure.operations.export import mark_exported
from closure.operations.start import check_channel, start
from closure.permissions import check_close
from closure.policy import loader
from closure.preflight import runner
from closure.preflight.verdict import Check


def check_account(account: Account, *, actor: Actor, now: datetime) -> Check:
    """Check an account that has no request by the policy in force; raises NotAllowed (A01, A18)."""
    check_close(actor, account)
    run = runner.run(
        account,
        policy=loader.current(),
        gateway=exchange.get_gateway(),
        moment=Moment.CHECK,
        now=now,
        request=None,
    )
    return runner.load_check(run)


def open_checked(
    account: Account,
    *,
    acknowledged: Iterable[str],
    channel: RequestChannel,
    actor: Actor,
    now: datetime,
    answer: str = "",
) -> ClosureRequest:
    """Return an open draft whose check is clear and whose notes and warnings are all acknowledged.

    Refusals come before anything is opened: ChannelNotAllowed (C02), NotAllowed (A18), BlockedBy (A16),
    UnknownAcknowledgement and MissingAcknowledgements (C04). The check runs once more on the draft itself. Where the
    policy asks for a captcha, `answer` is to its challenge, and without a right one the draft stays at its first step:
    CaptchaRefused (C05).
    """
    check_channel(loader.current(), channel)
    given = list(dict.fromkeys(acknowledged))
    check = check_account(account, actor=actor, now=now)
    _demand(check, given)
    request = start(account, channel=channel, actor=actor, now=now)
    _demand(runner.load_check(run_check(request.pk, actor=actor, now=now)), given)
    acknowledge(request.pk, given, actor=actor, now=now)
    pass_captcha(request.pk, answer=answer, actor=actor, now=now)
    # Asking for exports is no step of the calls: a program saves what it wants before it asks to close.
    return mark_exported(request.pk, skipped=True, actor=actor, now=now)


def _demand(check: Check, given: list[str]) -> None:
    """Refuse while something stops the account, then while a note or warning was not read."""
    if not check.may_submit:
        raise BlockedBy(check)
    wanted = list(dict.fromkeys([*NOTE_CODES, *warning_codes(check.as_dict())]))
    if unknown := set(given) - set(wanted):
        raise UnknownAcknowledgement(unknown)
    if missing := [code for code in wanted if code not in given]:
        raise MissingAcknowledgements(missing)
