"""The withdrawal whitelist (N05): on by one press; off by a fresh factor, a message and a day without withdrawals.

Whoever sits at an open session may make the account safer, never less safe. The core keeps the switch and obeys it
(docs/decisions/0018).
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from accounts import contacts
from accounts.enums import Purpose
from accounts.failures import kind_and_place
from accounts.ids import uuid7
from accounts.journal import record
from accounts.models import Account
from accounts.verification import changes
from accounts.verification.enrollment import themselves
from accounts.verification.step_up import StepUpProof
from closure import exchange
from closure.exceptions import CoreAway
from closure.exchange import answers
from closure.exchange.contract import Done, Gateway
from closure.mails import held_until_of
from closure.preflight import asking
from closure.preflight.runner import DEADLINE

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")
TURNED_ON, OFF_ALLOWED, TURNED_OFF = "whitelist.on", "whitelist.off_allowed", "whitelist.off"
TEMPLATE = "whitelist_changed"


def is_on(account: Account) -> bool:
    """Tell whether crypto leaves to whitelisted addresses alone; raises CoreAway where the core does not say."""
    answer: object = _ask(lambda gateway: gateway.whitelist_on(account.pk))
    if not isinstance(answer, bool):
        raise CoreAway
    return answer


def turn_on(account: Account, *, now: datetime) -> None:
    """Let crypto leave to whitelisted addresses alone, and tell the owner; raises CoreAway. Not inside a transaction.

    One that is on stays on and tells nobody.
    """
    if is_on(account):
        return
    done = _switch(account, on=True, key=str(uuid7()))
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=account.pk)
        record(TURNED_ON, actor=themselves(owner), at=now, account=owner, data={"effect": done.effect_id})
        _tell(owner, {"is_on": True, "at": now}, now=now)


def turn_off(account: Account, *, proof: StepUpProof, now: datetime) -> datetime:
    """Let crypto leave to every saved address; returns until when withdrawals are held. Not inside a transaction.

    Withdrawals are held and the owner is told before the core is asked: if its answer gets lost, the address of a thief
    gets nothing before the owner knows. Raises ProofRefused, CoreAway.
    """
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=account.pk)
        changes.use(proof, owner, Purpose.WHITELIST_OFF, now=now)
        until = held_until_of(owner, now=now)
        Account.objects.filter(pk=owner.pk).update(withdrawals_held_until=until)
        record(OFF_ALLOWED, actor=themselves(owner), at=now, account=owner, data={"step_up": str(proof.step_up_id)})
        _tell(owner, {"is_on": False, "at": now, "held_until": until}, now=now)
    done = _switch(account, on=False, key=f"{proof.step_up_id}:{proof.purpose.value}")
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=account.pk)
        record(TURNED_OFF, actor=themselves(owner), at=now, account=owner, data={"effect": done.effect_id})
    return until


def _switch(account: Account, *, on: bool, key: str) -> Done:
    return _ask(lambda gateway: answers.done(gateway.set_whitelist(account.pk, on=on, key=key)))


def _ask(call: Callable[[Gateway], Answer]) -> Answer:
    gateway = exchange.get_gateway()
    try:
        return asking.within(gateway, lambda: call(gateway), deadline=DEADLINE)
    except Exception as error:
        # A GatewayError, or a gateway that breaks its promise to raise nothing else.
        logger.warning("whitelist: no answer: %s", kind_and_place(error))
        raise CoreAway from error


def _tell(owner: Account, said: dict[str, object], *, now: datetime) -> None:
    contacts.tell(contacts.current(owner), owner, TEMPLATE, said, now=now)
