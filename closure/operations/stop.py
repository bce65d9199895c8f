"""Stopping by the link of the confirmation alone: no session, no code, and no budget that a stranger could use up."""

from datetime import datetime

from django.db import transaction

from accounts import mailed_links
from closure import lifecycle, offers, status_links
from closure.exceptions import LinkRefused
from closure.models import ClosureRequest
from closure.operations.hold import dispute


def stop_by_link(token: str, *, now: datetime) -> ClosureRequest:
    """Use the link up and dispute what it names, both or neither; raises LinkRefused, TransitionRefused (E07)."""
    link, request = status_links.read_stop(token, now=now)
    with transaction.atomic():
        account, locked = lifecycle.lock(request.pk)
        if not offers.dispute(locked):
            raise LinkRefused
        holder = mailed_links.take(link, account, now=now, request=str(request.pk))
        if holder is None:
            raise LinkRefused
        return dispute(request.pk, actor=holder, reason="", now=now)
