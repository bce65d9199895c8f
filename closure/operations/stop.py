"""Stopping by the link of the confirmation alone: no session, no code, and no budget that a stranger could use up."""

from datetime import datetime

from django.db import transaction

from accounts import mailed_links
from accounts.actors import Actor
from accounts.enums import Action
from accounts.journal import record
from closure import lifecycle, offers, status_links
from closure.exceptions import LinkRefused
from closure.models import ClosureRequest
from closure.operations.hold import dispute


def stop_by_link(token: str, *, now: datetime) -> ClosureRequest:
    """Use the link up and dispute what it names, both or neither; raises LinkRefused, TransitionRefused (E07)."""
    link, request = status_links.read_stop(token, now=now)
    holder = Actor.link(link.account_id)
    with transaction.atomic():
        account, locked = lifecycle.lock(request.pk)
        if not offers.dispute(locked) or not mailed_links.use(link, now=now):
            raise LinkRefused
        told = {"link": str(link.pk), "purpose": link.purpose, "request": str(request.pk), "channel": link.channel}
        record(Action.LINK_USED, actor=holder, at=now, account=account, data=told)
        return dispute(request.pk, actor=holder, reason="", now=now)
