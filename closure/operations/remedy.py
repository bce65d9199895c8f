"""Doing a remedy (B12): looked at, confirmed as it was shown, made at the core move by move, certain in the end.

A confirmation is a row before anything happens; each move has a key of its own at the core. So whoever asks again with
the same key, or the worker after a death, finds out what happened and goes on: nothing happens twice, and what could
not be made certain is never told as done or undone.
"""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts import journal
from accounts.actors import Actor
from accounts.enums import SECOND_FACTORS, ActorKind
from accounts.exceptions import PortalError, ProofRefused
from accounts.idempotency import KeyReused
from accounts.models import Account
from accounts.verification import changes, step_up
from accounts.verification.step_up import StepUpProof
from closure import exchange, fresh_factor
from closure.enums import ClosureState, MoveState
from closure.exceptions import CoreAway, PreviewChanged, UnknownRemedy, WrongName
from closure.fresh_factor import Withdrawal
from closure.models import ClosureRequest, RemedyRun
from closure.operations.settle_remedy import ask_again
from closure.permissions import check_remedy
from closure.preflight import remedies, runner
from closure.preflight.portal_facts import facts_of
from closure.preflight.remedies.core import Core
from closure.preflight.remedies.remedy import Call, Look, Preview, Remedy, Scene

CONFIRMED = "remedy.confirmed"
# Whoever confirmed is at it; the worker looks after this.
FIRST_LOOK = timedelta(minutes=2)


def look(account: Account, code: str, item: str, *, actor: Actor, now: datetime) -> Look:
    """Return exactly what a remedy would do now; nothing moves. Where there is one choice only, it is taken.

    Raises UnknownRemedy, NotAllowed, NothingToClear, RemedyRefused, StillRemediable, and CoreAway where the core could
    not be asked or cannot be believed. Not inside a transaction: the core is waited for.
    """
    remedy = remedies.find(code)
    check_remedy(actor, account, remedy.needs, now=now)
    scene = _scene(account, remedy, now=now)
    if remedy.options is None:
        return Look(options=[], preview=remedy.plan(scene, item))
    found = list(remedy.options(scene))
    chosen = item or (found[0].item if len(found) == 1 else "")
    preview = _as_asked(remedy.plan(scene, chosen), actor) if chosen else None
    return Look(options=found, preview=preview)


def _as_asked(preview: Preview, actor: Actor) -> Preview:
    """Return a preview with the calls for whoever asks: a status session is about a frozen account."""
    if actor.kind is not ActorKind.STATUS_SESSION:
        return preview
    moves = [replace(move, call=Call.WITHDRAW_FROZEN) if move.call is Call.WITHDRAW else move for move in preview.moves]
    return replace(preview, moves=tuple(moves))


def carry_out(
    account: Account,
    code: str,
    item: str,
    *,
    confirmed: str,
    key: str,
    actor: Actor,
    now: datetime,
    proof: StepUpProof | None = None,
    name: str = "",
) -> RemedyRun:
    """Do what was confirmed and return what became of it; the same key again does nothing again.

    `confirmed` is the digest of the preview that was shown; `proof` the fresh second factor that some remedies need;
    `name` what was typed where the name is asked for. Raises PreviewChanged (nothing happened), ProofRefused,
    WrongName, KeyReused, StillWorking, what `look` raises, and NotCertain: ask again with the same key.
    Not inside a transaction.
    """
    remedy = remedies.find(code)
    run = _known(account, key, code=remedy.code, confirmed=confirmed)
    if run is None:
        try:
            shown = _as_confirmed(account, remedy, item, confirmed=confirmed, actor=actor, name=name, now=now)
        except PortalError:
            # Another with this key may have been faster: what was shown is gone because it happened.
            run = _known(account, key, code=remedy.code, confirmed=confirmed)
            if run is None:
                raise
        else:
            run = _begin(account.pk, remedy, shown, key=key, actor=actor, proof=proof, now=now)
    return ask_again(run, actor=actor, now=now)


def _as_confirmed(
    account: Account, remedy: Remedy, item: str, *, confirmed: str, actor: Actor, name: str, now: datetime
) -> Preview:
    """Return what would happen now, where it is what was confirmed."""
    shown = look(account, remedy.code, item, actor=actor, now=now).preview
    if shown is None:
        raise UnknownRemedy
    if shown.digest != confirmed:
        raise PreviewChanged(shown)
    if remedy.typed and name.strip() != shown.item:
        raise WrongName
    return shown


def by_key(account: Account, key: str) -> RemedyRun | None:
    """Return the remedy of this account that was confirmed under a key."""
    return RemedyRun.objects.filter(account_id=account.pk, key_digest=_digest(key)).first()


def own(account: Account, run_id: UUID) -> RemedyRun:
    """Return a remedy of this account; raises UnknownRemedy."""
    run = RemedyRun.objects.filter(account_id=account.pk, pk=run_id).first()
    if run is None:
        raise UnknownRemedy
    return run


def _scene(account: Account, remedy: Remedy, *, now: datetime) -> Scene:
    """Return what the remedy looks at; raises CoreAway where an area that it touches could not be read (A19)."""
    gateway = exchange.get_gateway()
    view = runner.view_of(runner.read(account, gateway=gateway, now=now), facts_of(account))
    if view.unknown.keys() & set(remedy.areas):
        raise CoreAway
    return Scene(view=view, core=Core(gateway, account.pk, deadline=runner.DEADLINE), now=now)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _known(account: Account, key: str, *, code: str, confirmed: str) -> RemedyRun | None:
    run = by_key(account, key)
    if run is not None and (run.code, run.confirmed) != (code, confirmed):
        raise KeyReused
    return run


def _begin(
    account_id: UUID,
    remedy: Remedy,
    shown: Preview,
    *,
    key: str,
    actor: Actor,
    proof: StepUpProof | None,
    now: datetime,
) -> RemedyRun:
    """Write down what was confirmed and use the verification up, in one transaction; a key that is known returns it."""
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        # Whoever holds the lock looks again: two of one key meet here.
        run = _known(account, key, code=remedy.code, confirmed=shown.digest)
        if run is not None:
            return run
        check_remedy(actor, account, remedy.needs, now=now)
        if actor.kind is ActorKind.STATUS_SESSION:
            _use_fresh(proof, account, shown, actor=actor, now=now)
        elif remedy.purpose is not None:
            _use(proof, account, remedy, shown, now=now)
        run = RemedyRun.objects.create(
            account=account,
            code=remedy.code,
            key_digest=_digest(key),
            confirmed=shown.digest,
            moves=[
                {
                    "call": move.call.value,
                    "facts": dict(move.facts),
                    "line": [move.line.code, dict(move.line.params)],
                    "state": MoveState.TODO.value,
                    "reason": "",
                    "effect": "",
                }
                for move in shown.moves
            ],
            created_at=now,
            next_try_at=now + FIRST_LOOK,
        )
        told = {"remedy": run.code, "run": str(run.pk), "preview": run.confirmed, "moves": len(run.moves)}
        journal.record(CONFIRMED, actor=actor, at=now, account=account, data=told)
    return run


def _use(proof: StepUpProof | None, account: Account, remedy: Remedy, shown: Preview, *, now: datetime) -> None:
    """Use a fresh second factor up for exactly this action; a session alone, or a mailed code, moves nothing (J03)."""
    if proof is None or remedy.purpose is None or not proof.kinds & SECOND_FACTORS:
        raise ProofRefused
    changes.use(proof, account, remedy.purpose, *subject(shown), now=now)


def _use_fresh(proof: StepUpProof | None, account: Account, shown: Preview, *, actor: Actor, now: datetime) -> None:
    """Use a second factor up that came another way than the link of the status session, for exactly this action."""
    request = ClosureRequest.objects.get(account=account, state=ClosureState.HELD)
    action = Withdrawal(subject(shown))
    step_up.consume(fresh_factor.check(proof, request, action, carried_by=actor.carried_by), now=now)


def subject(shown: Preview) -> tuple[str, ...]:
    """Return what the verification of a remedy is bound to: the action itself, or all that is shown."""
    return shown.action or (shown.code.value, shown.item, shown.digest)
