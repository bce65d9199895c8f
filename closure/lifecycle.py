"""The one writer of ClosureRequest.state. Pages, API, admin, commands and the worker all come through here.

`apply` locks the account row, then the request row, always in that order; asks who and when; moves by
compare-and-set; journals; moves the account; and says that there is work: all in one transaction.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import journal
from accounts.actors import Actor
from accounts.enums import ActorKind
from accounts.models import Account
from closure import wake
from closure.account_moves import close, move
from closure.consequences import columns, route, story
from closure.enums import ClosureAction, ClosureState, RequestChannel
from closure.exceptions import TransitionRefused, UnknownRequest
from closure.facts import Context, Facts
from closure.mails import tell
from closure.models import ClosureRequest
from closure.permissions import check_act, check_close
from closure.policy import loader
from closure.policy.schema import Policy
from closure.transitions import TRANSITIONS, AccountMove, Transition

# Batches touch one table at a time, so only moves that leave the account alone or close it come as batches.
BATCH_ACTIONS = frozenset({ClosureAction.ELAPSE, ClosureAction.BEGIN, ClosureAction.FINISH})


def lock(request_id: UUID) -> tuple[Account, ClosureRequest]:
    """Return both rows, locked, the account first; needs a transaction; raises UnknownRequest."""
    account_id = ClosureRequest.objects.filter(pk=request_id).values_list("account_id", flat=True).first()
    if account_id is None:
        raise UnknownRequest
    account = Account.objects.select_for_update().get(pk=account_id)
    request = ClosureRequest.objects.select_for_update().get(pk=request_id)
    request.account = account
    return account, request


def open_draft(
    account_id: UUID, *, channel: RequestChannel, policy: Policy, actor: Actor, now: datetime
) -> ClosureRequest:
    """Open a draft, or return the open one with the policy in force pinned anew (E08: pinned at submission).

    Raises NotAllowed (A18) and TransitionRefused where a submitted request is open already.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        check_close(actor, account)
        standing = ClosureRequest.objects.filter(account=account, state=ClosureState.DRAFT).first()
        if standing is not None:
            ClosureRequest.objects.filter(pk=standing.pk).update(**pin(policy), touched_at=now)
            standing.refresh_from_db()
            return standing
        request = ClosureRequest(account=account, channel=channel, created_at=now, touched_at=now, **pin(policy))
        _enter(request, ClosureAction.START, actor=actor, now=now)
    return request


def put_back(account: Account, columns: Mapping[str, Any], *, actor: Actor, now: datetime) -> ClosureRequest:
    """Make a request anew, as a draft, that a restored database never had (H06); the account is locked.

    `columns` are what the book says of it. Raises TransitionRefused where another request is open.
    """
    request = ClosureRequest(**{**columns, "account": account, "plan": {}})
    _enter(request, ClosureAction.REPLAY, actor=actor, now=now, book=columns)
    return request


def _enter(request: ClosureRequest, action: ClosureAction, *, actor: Actor, now: datetime, **facts: Any) -> None:
    """Write a new request and its event; its account is locked."""
    transition = TRANSITIONS[None, action]
    acting = check_act(actor, request, action, transition.roles)
    context = Context(
        request=request, account=request.account, actor=actor, acting=acting, reason="", now=now, facts=Facts(**facts)
    )
    for guard in transition.guards:
        guard.check(context)
    request.save(force_insert=True)
    data = {"request": str(request.pk), "from": None, "to": request.state, "version": request.version}
    journal.record(transition.event, actor=actor, at=now, account=request.account, data=data)


def pin(policy: Policy) -> dict[str, Any]:
    """Return the columns that keep a policy whole on a request."""
    return {
        "policy": loader.to_mapping(policy),
        "policy_name": policy.name,
        "policy_version": loader.version(policy),
    }


def apply(
    request_id: UUID, action: ClosureAction, *, actor: Actor, reason: str, now: datetime, **facts: Any
) -> ClosureRequest:
    """Move one request by one action and return it as it stands then; nothing changes when anything refuses.

    `facts` are those of closure.facts.Facts. `reason` is what a person wrote, kept as an erasable note. Raises
    TransitionRefused (and its kinds) for a pair that is not listed or a guard that does not hold, NotAllowed for an
    actor that the row does not name.
    """
    with transaction.atomic():
        account, request = lock(request_id)
        transition = find(ClosureState(request.state), action)
        acting = check_act(actor, request, action, transition.roles)
        context = Context(
            request=request,
            account=account,
            actor=actor,
            acting=acting,
            reason=reason,
            now=now,
            facts=Facts(**facts),
        )
        for guard in transition.guards:
            guard.check(context)
        to = route(context, action, transition)
        changed, told = columns(context, action, to), story(context, action, to)
        tell(context, action, to, end_reason=changed.get("end_reason", ""))
        move(context, action, transition.account)
        _write(request, to, changed)
        # A part of the system gives codes; what a person wrote goes into the note, which can be erased.
        if actor.kind in {ActorKind.SYSTEM, ActorKind.CORE}:
            told, note = {**told, "reason": reason}, None
        else:
            note = reason or None
        journal.record(transition.event, actor=actor, at=now, account=account, data=told, note=note)
        wake.wake(request.pk)
    return request


def find(state: ClosureState, action: ClosureAction) -> Transition:
    """Return the row of the table; raises TransitionRefused when there is none."""
    transition = TRANSITIONS.get((state, action))
    if transition is None:
        words = {"action": ClosureAction(action).label, "state": state.label}
        raise TransitionRefused(_("“%(action)s” is not possible: the request is %(state)s.") % words)
    return transition


def _write(request: ClosureRequest, to: ClosureState, changed: dict[str, Any]) -> None:
    """Move by compare-and-set on the old state and version."""
    standing = ClosureRequest.objects.filter(pk=request.pk, state=request.state, version=request.version)
    if standing.update(state=to, version=request.version + 1, **changed) != 1:
        raise TransitionRefused(_("The request changed meanwhile. Look at it again."), code="changed_since")
    request.refresh_from_db(fields=["state", "version", *changed])


def apply_batch(
    request_ids: Collection[UUID], action: ClosureAction, *, actor: Actor, reason: str, now: datetime, **facts: Any
) -> list[UUID]:
    """Move many requests by one action of the system, set-based; returns the keys moved, in order of account.

    Requests that do not qualify (any more) are left as they are. `reason` is a code. Guards that a query can ask are
    part of the claim; the others are asked row by row without queries.
    """
    if action not in BATCH_ACTIONS:
        raise TransitionRefused("This action does not come as a batch.")
    state, transition = next((key[0], row) for key, row in TRANSITIONS.items() if key[1] is action)
    with transaction.atomic():
        contexts = _claim(request_ids, state, action, actor=actor, reason=reason, now=now, facts=Facts(**facts))
        if contexts:
            _move_many(contexts, action, transition)
    return [context.request.pk for context in contexts]


def _claim(
    request_ids: Collection[UUID],
    state: ClosureState | None,
    action: ClosureAction,
    *,
    actor: Actor,
    reason: str,
    now: datetime,
    facts: Facts,
) -> list[Context]:
    """Lock accounts in order of their keys, then their requests that still qualify."""
    transition = TRANSITIONS[state, action]
    wanted = ClosureRequest.objects.filter(pk__in=request_ids)
    owners = list(wanted.values_list("account_id", flat=True))
    accounts = {row.pk: row for row in Account.objects.select_for_update().filter(pk__in=owners).order_by("pk")}
    claimed = wanted.filter(state=state, account_id__in=accounts)
    for guard in transition.guards:
        if guard.claims is not None:
            claimed = claimed.filter(guard.claims(now))
    contexts = [
        Context(
            request=request,
            account=accounts[request.account_id],
            actor=actor,
            acting=check_act(actor, request, action, transition.roles),
            reason=reason,
            now=now,
            facts=facts,
        )
        for request in claimed.select_for_update(of=("self",)).order_by("account_id")
    ]
    return [context for context in contexts if _holds(context, transition)]


def _holds(context: Context, transition: Transition) -> bool:
    try:
        for guard in transition.guards:
            if guard.claims is None:
                guard.check(context)
    except TransitionRefused:
        return False
    return True


def _move_many(contexts: list[Context], action: ClosureAction, transition: Transition) -> None:
    actor, now = contexts[0].actor, contexts[0].now
    to = transition.to[0]
    entries = [
        journal.Entry(
            action=transition.event,
            account=context.account,
            data={**story(context, action, to), "reason": context.reason},
        )
        for context in contexts
    ]
    standing = ClosureRequest.objects.filter(pk__in=[context.request.pk for context in contexts])
    changed = columns(contexts[0], action, to)
    if standing.filter(state=contexts[0].request.state).update(state=to, version=F("version") + 1, **changed) != len(
        contexts
    ):
        raise TransitionRefused("A request of the batch changed meanwhile.", code="changed_since")
    if transition.account is AccountMove.CLOSE:
        close([context.account for context in contexts], actor=actor, now=now)
    journal.record_many(entries, actor=actor, at=now)
    wake.wake()
