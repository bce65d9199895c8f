"""Runs an account check, keeps it as a row, and reads it back."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce

from accounts.failures import kind_and_place
from accounts.models import Account
from closure.enums import Area, Moment, Verdict
from closure.exchange.amounts import EXACT, ZERO
from closure.exchange.contract import Gateway, Withdrawal
from closure.models import CheckRun, ClosureRequest
from closure.notes import notes
from closure.policy import loader
from closure.policy.schema import Policy
from closure.preflight.asking import ask
from closure.preflight.checks import CHECKS, AreaCheck
from closure.preflight.difference import difference
from closure.preflight.findings import unknown
from closure.preflight.offered import with_remedy
from closure.preflight.planner import plan
from closure.preflight.portal_facts import facts_of
from closure.preflight.verdict import STOPPING, AreaResult, Check, CheckNote, Finding, from_dict, worst
from closure.preflight.vetting import Vetted, nothing, vet
from closure.preflight.view import AccountView, PortalFacts

logger = logging.getLogger(__name__)
DEADLINE = timedelta(seconds=20)


def run(
    account: Account,
    *,
    policy: Policy,
    gateway: Gateway,
    moment: Moment,
    now: datetime,
    request: ClosureRequest | None = None,
    deadline: timedelta = DEADLINE,
) -> CheckRun:
    """Check an account and keep the result (A01, A19); `load_check` reads it back.

    Never raises for what a core does: whatever goes wrong there makes its areas unknown, and unknown blocks. Call it
    outside a transaction where you can: a remote core is waited for up to `deadline`.
    """
    vetted = read(account, gateway=gateway, now=now, deadline=deadline)
    check = assess(vetted, facts_of(account), policy=policy, now=now)
    return CheckRun.objects.create(
        account=account,
        request=request,
        moment=moment,
        verdict=check.verdict,
        policy_version=loader.version(policy),
        snapshot_at=vetted.taken_at,
        deposits_locked=vetted.deposits_locked,
        withdrawn_usdt=withdrawn(vetted.withdrawals),
        result=check.as_dict(),
        created_at=now,
    )


def load_check(stored: CheckRun) -> Check:
    """Return the check that a row keeps, in the language of now."""
    return from_dict(stored.result)


def read(account: Account, *, gateway: Gateway, now: datetime, deadline: timedelta = DEADLINE) -> Vetted:
    """Return what the core says and can be believed; never raises."""
    try:
        answer = ask(gateway, account.pk, now=now, deadline=deadline)
        return vet(answer, account_id=account.pk, now=now)
    except Exception as error:  # noqa: BLE001
        # A GatewayError, or a gateway that breaks its promise to raise nothing else: both mean that we do not know.
        # What a core says about an account may hold personal data: kind and place are enough to find it.
        logger.warning("account check: no snapshot: %s", kind_and_place(error))
        return nothing(type(error).__name__)


def assess(vetted: Vetted, facts: PortalFacts, *, policy: Policy, now: datetime) -> Check:
    """Return the check of what is known: pure, every area judged, unknown ones among the blockers."""
    view = view_of(vetted, facts)
    found = {area: _judge(area, check, view, policy, now) for area, check in CHECKS}
    everything = [with_remedy(finding) for findings in found.values() for finding in findings]
    areas = tuple(
        AreaResult(area=area, verdict=worst(finding.verdict for finding in findings))
        for area, findings in found.items()
    )
    blockers = tuple(finding for finding in everything if finding.verdict in STOPPING)
    planned = plan(blockers, level=facts.identity_level, now=now, used=view.cap_used)
    return Check(
        verdict=worst(result.verdict for result in areas),
        checked_at=now,
        earliest=planned.earliest,
        earliest_condition=planned.condition,
        areas=areas,
        blockers=tuple(replace(finding, loads=()) for finding in blockers),
        warnings=tuple(finding for finding in everything if finding.verdict is Verdict.WARNING),
        notes=tuple(CheckNote(code=note.code, text=str(note.text)) for note in notes(policy, vip=facts.vip)),
    )


def view_of(vetted: Vetted, facts: PortalFacts) -> AccountView:
    """Return what checks and remedies look at."""
    return AccountView(
        facts=facts,
        areas=vetted.areas,
        unknown=vetted.unknown,
        prices=vetted.prices,
        cap_used=vetted.cap_used,
        unstaking=vetted.unstaking,
    )


def judge(areas: Iterable[Area], view: AccountView, *, policy: Policy, now: datetime) -> list[Finding]:
    """Return what some areas alone come to, in their order: what is none of closing's asks them too (E06)."""
    checks, asked = dict(CHECKS), set(areas)
    return [each for area in Area if area in asked for each in _judge(area, checks[area], view, policy, now)]


def _judge(area: Area, check: AreaCheck, view: AccountView, policy: Policy, now: datetime) -> Sequence[Finding]:
    if area in view.unknown:
        return [unknown(area)]
    try:
        return check(view, policy, now)
    except Exception as error:  # noqa: BLE001
        # A check that fails is an area that was not checked; the others still tell what they found.
        logger.error("account check: %s failed: %s", area, kind_and_place(error))  # noqa: TRY400
        return [unknown(area)]


def withdrawn(withdrawals: Sequence[Withdrawal] | None) -> str:
    """Return the USDT withdrawn in 30 days, at their value then; empty when any is unpriced or they are unreadable."""
    values = [None] if withdrawals is None else [item.value_usdt for item in withdrawals]
    priced = [value for value in values if value is not None]
    return f"{reduce(EXACT.add, priced, ZERO):f}" if len(priced) == len(values) else ""


__all__ = ["DEADLINE", "assess", "difference", "judge", "load_check", "read", "run", "view_of", "withdrawn"]
