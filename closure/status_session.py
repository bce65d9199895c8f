"""The status session: half an hour for one request alone, opened by a mailed link and by POST; nobody is signed in.

What it holds: whose account, which request, and which channel carried the link.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import mailed_links, sign_in
from accounts.actors import Actor
from accounts.enums import FactorKind, MessageChannel, SessionKind
from accounts.models import Account
from closure import status_links
from closure.exceptions import LinkRefused
from closure.models import ClosureRequest

REQUEST, CARRIED_BY = "status_request", "status_carried_by"


@dataclass(frozen=True, kw_only=True)
class StatusSession:
    """Who is looking at which request."""

    request: ClosureRequest
    carried_by: FactorKind

    @property
    def actor(self) -> Actor:
        """The holder of the session, for what needs a fresh factor (S)."""
        return Actor.status_session(self.request.account_id, carried_by=self.carried_by)

    @property
    def holder(self) -> Actor:
        """The holder of the link, for what the link alone may do (M)."""
        return Actor.link(self.request.account_id)


def open_by_link(session: Any, token: str, *, now: datetime, keep: tuple[str, ...] = ()) -> StatusSession:
    """Use the link up and turn this browser's session into a status session under a new key; raises LinkRefused.

    Whoever was signed in here is not any more. `keep` names further values of the old session to hand on.
    """
    link, request = status_links.read_status(token, now=now)
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=link.account_id)
        if mailed_links.take(link, owner, now=now, request=str(request.pk)) is None:
            raise LinkRefused
        carried_by = mailed_links.CARRIED_BY[MessageChannel(link.channel)]
        kept = {key: session[key] for key in (*sign_in.KEPT, *keep) if key in session}
        session.flush()
        session.update(kept)
        session.name_somebody(SessionKind.STATUS, owner.pk)
        session[REQUEST], session[CARRIED_BY] = str(request.pk), carried_by.value
        session.save()
    return StatusSession(request=request, carried_by=carried_by)


def current(session: Any) -> StatusSession | None:
    """Return what this session may look at, None when it is no status session (any more)."""
    subject = session.subject
    if subject is None or subject[0] is not SessionKind.STATUS or REQUEST not in session:
        return None
    mine = ClosureRequest.objects.filter(pk=UUID(session[REQUEST]), account_id=subject[1])
    request = mine.select_related("account").first()
    return StatusSession(request=request, carried_by=FactorKind(session[CARRIED_BY])) if request else None


def end(session: Any) -> None:
    """End it; the row is gone at once."""
    session.flush()
