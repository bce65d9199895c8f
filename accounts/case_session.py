"""A status session of one case: half an hour for this case alone, opened by a mailed link and by POST (E07).

Whoever opens the link has shown that the address is theirs, so from then on the case is the account's.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import case_links, contacts, sign_in
from accounts.actors import Actor
from accounts.asking import LinkGone
from accounts.enums import Action, ActorKind, SessionKind
from accounts.journal import record
from accounts.models import Account, Case, CaseLink

CASE = "status_case"
CONFIRMED = "case.confirmed"


@dataclass(frozen=True, kw_only=True)
class CaseVisit:
    """Which case somebody looks at."""

    case: Case

    @property
    def actor(self) -> Actor:
        """The holder of the session, for this case alone: its name is the case's key, wherever no account is known."""
        return Actor(kind=ActorKind.STATUS_SESSION, account_id=self.case.account_id, name=str(self.case.pk))


def open_by_link(session: Any, token: str, *, now: datetime, keep: tuple[str, ...] = ()) -> CaseVisit:
    """Use the link up and turn this browser's session into one of its case, under a new key; raises LinkGone.

    Whoever was signed in here is not any more. `keep` names further values of the old session to hand on.
    """
    link = case_links.read(token, now=now)
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=link.account_id) if link.account_id else None
        if owner is not None and not contacts.current(owner):
            raise LinkGone  # erased meanwhile
        if not case_links.use(link, now=now):
            raise LinkGone
        case = Case.objects.select_for_update().get(pk=link.case_id)
        holder = Actor(kind=ActorKind.LINK, account_id=owner.pk if owner else None, name=str(case.pk))
        told = {"link": str(link.pk), "purpose": "case", "case": case.reference, "channel": link.channel}
        record(Action.LINK_USED, actor=holder, at=now, account=owner, data=told)
        _confirm(case, link, owner, holder, now=now)
        kept = {key: session[key] for key in (*sign_in.KEPT, *keep) if key in session}
        session.flush()
        session.update(kept)
        # A case of nobody we know stands for itself.
        session.name_somebody(SessionKind.STATUS, owner.pk if owner else case.pk)
        session[CASE] = str(case.pk)
        session.save()
    return CaseVisit(case=case)


def _confirm(case: Case, link: CaseLink, owner: Account | None, holder: Actor, *, now: datetime) -> None:
    if owner is None or case.account_id is not None:
        return
    case.account_id = owner.pk
    case.save(update_fields=["account_id"])
    data = {"case": case.reference, "link": str(link.pk)}
    record(CONFIRMED, actor=holder, at=now, account=owner, data=data)


def current(session: Any) -> CaseVisit | None:
    """Return which case this session may look at, None when it is no session of a case (any more)."""
    subject = session.subject
    if subject is None or subject[0] is not SessionKind.STATUS or CASE not in session:
        return None
    case = Case.objects.filter(pk=UUID(session[CASE])).first()
    if case is None or subject[1] != (case.account_id or case.pk):
        return None
    return CaseVisit(case=case)
