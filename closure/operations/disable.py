"""Disabling an account oneself: reversible, nothing is erased, nobody signs in until it is reactivated (E06, C08)."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import at_core, closing, lockout
from accounts.actors import Actor
from accounts.enums import AccountStatus, Purpose
from accounts.exceptions import NotAllowed, ProofRefused
from accounts.journal import record
from accounts.models import Account, StepUp
from accounts.sign_in import confirm_password
from accounts.status import change_status
from accounts.verification import changes, recovery, step_up
from accounts.verification.step_up import StepUpProof
from closure import causes, disable_notice, exchange, verification
from closure.enums import Area, HeldReason
from closure.exceptions import DisablingStopped
from closure.exchange.contract import Gateway
from closure.mails import LEGAL_WORDS
from closure.permissions import check_disable
from closure.policy import loader
from closure.policy.schema import Policy
from closure.preflight import runner
from closure.preflight.portal_facts import facts_of
from closure.preflight.verdict import STOPPING, Finding

DISABLED = "account.disabled_by_owner"
REASON = "by_owner"
# No open position, margin or loan (docs/lifecycle.md, "Account"): nobody could answer for one while it is disabled.
EMPTY = frozenset(
    {
        Area.USDM_FUTURES,
        Area.COINM_FUTURES,
        Area.OPTIONS,
        Area.CROSS_MARGIN,
        Area.ISOLATED_MARGIN,
        Area.LOANS,
    }
)


def look(account: Account, *, now: datetime) -> list[Finding]:
    """Return what stops disabling, an area that could not be read among it; empty when nothing does.

    Not inside a transaction: the core is waited for.
    """
    asked = EMPTY | {Area.SECOND_FACTOR, Area.RESTRICTIONS}
    found = standing_in(asked, account, gateway=exchange.get_gateway(), now=now)
    return [each for each in found if _counts(each)]


def standing_in(areas: Collection[Area], account: Account, *, gateway: Gateway, now: datetime) -> list[Finding]:
    """Return what stands in these areas, or could not be read, in their order; not inside a transaction, either."""
    view = runner.view_of(runner.read(account, gateway=gateway, now=now), facts_of(account))
    found = runner.judge(areas, view, policy=loader.current(), now=now)
    return [each for each in found if each.verdict in STOPPING]


def _counts(found: Finding) -> bool:
    """Tell whether it counts: of restrictions only what stops closing whatever the policy says."""
    return found.area is not Area.RESTRICTIONS or found.code in causes.STOPPING_CODES


def begin(account: Account, *, now: datetime) -> StepUp:
    """Open the verification: the codes that this policy asks for closing, bound to disabling alone (D01, D07)."""
    policy = loader.current()
    asked, groups = policy.verification, verification.groups_of(policy, account)
    return step_up.begin(
        account,
        purpose=Purpose.DISABLE_ACCOUNT,
        digest=changes.digest(account, Purpose.DISABLE_ACCOUNT),
        kinds=asked.accepted - verification.NOT_CODES,
        needed=max(asked.needed, len(groups)),
        second_factor_required=True,
        window=asked.window,
        extensions=asked.extensions,
        now=now,
    )


def is_enough(given: StepUp, account: Account, *, now: datetime) -> bool:
    """Tell whether the codes given so far are all that the policy asks for."""
    kinds = frozenset(each.kind for each in step_up.factors(given) if each.state == "passed")
    return step_up.is_complete(given, now) and verification.meets(kinds, loader.current(), account)


def disable(account: Account, *, password: str | None, actor: Actor, now: datetime) -> None:
    """Disable an account: every session ends, the core freezes it and deletes its keys, its owner is told everywhere.

    Needs the signed-in owner, the complete verification and, where the policy asks for it, the password. Asks the core
    and spends attempts first, so this must not be called inside a transaction. Raises NotAllowed, DisablingStopped,
    ClosureOpen, ProofRefused, WrongPassword, TooManyAttempts; then nothing changed.
    """
    policy = loader.current()
    check_disable(actor, account, policy)
    if found := look(account, now=now):
        raise DisablingStopped(found)
    proof = _prove(account, policy, now=now)
    if verification.asks_password(policy):
        confirm_password(account, password or "", now=now)
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=account.pk)
        _check_still(owner, policy, actor=actor)
        step_up.consume(proof, now=now)
        change_status(owner, AccountStatus.DISABLED, actor=actor, reason=REASON, now=now)
        lockout.end_sessions(owner, now=now)
        record(DISABLED, actor=actor, at=now, account=owner, data={"step_up": str(proof.step_up_id)})
        disable_notice.tell(owner, now=now)
    at_core.carry_out(owner.pk, now=now)


def _prove(account: Account, policy: Policy, *, now: datetime) -> StepUpProof:
    proof = changes.prove(account, Purpose.DISABLE_ACCOUNT, now=now)
    if not verification.meets(proof.kinds, policy, account):
        raise ProofRefused
    return proof


def _check_still(owner: Account, policy: Policy, *, actor: Actor) -> None:
    """Check again what may have changed while the core was asked; the account is locked."""
    check_disable(actor, owner, policy)
    recovery.check_not_weak(owner)
    closing.check_none_open(owner)
    standing = causes.stops([owner.pk]).get(owner.pk, set())
    if HeldReason.LEGAL in standing:
        raise NotAllowed(str(LEGAL_WORDS), code="restricted")
    if standing:
        raise NotAllowed(_("A restriction stops this. Open Security to see what to do."), code="restricted")
