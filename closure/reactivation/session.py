"""The session of a reactivation: half an hour for this account's reactivation alone, by a mailed link and by POST.

Until its holder has given the password, or a factor that the link did not carry, it shows nothing and nothing can be
done in it: whoever has the mailbox alone learns that a link came, and no more. Where documents stand for the proof, by
an invitation of accounts.recovering, the holder of the link says that they can give neither.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import mailed_links, sign_in
from accounts.actors import Actor
from accounts.enums import AccountStatus, FactorKind, InvitedTo, MessageChannel, SessionKind
from accounts.models import Account, RecoveryInvitation
from accounts.recovering import invitations
from closure.exceptions import LinkRefused, TransitionRefused
from closure.models import Reactivation
from closure.reactivation import lifecycle, links, permissions, proof, starts

LINK, CARRIED_BY = "reactivation_link", "reactivation_carried_by"
PROVEN, REACTIVATION = "reactivation_proven", "reactivation"
# Its own: what is tried at signing in, by whoever knows the address, does not shut out who has the link.
PASSWORD_BUDGET = "password_reactivate"  # noqa: S105  (the name of a budget)


@dataclass(frozen=True, kw_only=True)
class ReactivationSession:
    """Who is behind a link, whether they have shown more than the link, and what they see then."""

    account: Account
    link_id: UUID
    carried_by: FactorKind
    proven: bool
    reactivation: Reactivation | None

    @property
    def actor(self) -> Actor:
        """The proven owner (S), or the holder of a link (M), who may do nothing here."""
        if not self.proven:
            return Actor.link(self.account.pk)
        return permissions.owner(self.account, carried_by=self.carried_by)


def open_by_link(session: Any, token: str, *, now: datetime, keep: tuple[str, ...] = ()) -> ReactivationSession:
    """Use the link up and turn this browser's session into one of the reactivation, under a new key.

    Whoever was signed in here is not any more. `keep` names further values of the old session to hand on. Raises
    LinkRefused.
    """
    link, _owner = links.read(token, now=now)
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=link.account_id)
        if owner.status != AccountStatus.DISABLED or mailed_links.take(link, owner, now=now) is None:
            raise LinkRefused
        carried_by = mailed_links.CARRIED_BY[MessageChannel(link.channel)]
        kept = {key: session[key] for key in (*sign_in.KEPT, *keep) if key in session}
        session.flush()
        session.update(kept)
        session.name_somebody(SessionKind.STATUS, owner.pk)
        session[LINK], session[CARRIED_BY] = str(link.pk), carried_by.value
        session.save()
    return ReactivationSession(account=owner, link_id=link.pk, carried_by=carried_by, proven=False, reactivation=None)


def current(session: Any) -> ReactivationSession | None:
    """Return what this session is about, None when it is no session of a reactivation (any more)."""
    subject = session.subject
    if subject is None or subject[0] is not SessionKind.STATUS or LINK not in session:
        return None
    account = Account.objects.filter(pk=subject[1], status=AccountStatus.DISABLED).first()
    if account is None:
        return None
    proven = bool(session.get(PROVEN))
    return ReactivationSession(
        account=account,
        link_id=UUID(session[LINK]),
        carried_by=FactorKind(session[CARRIED_BY]),
        proven=proven,
        reactivation=_reactivation_of(session, account) if proven else None,
    )


def prove_by_password(session: Any, password: str, *, now: datetime) -> ReactivationSession:
    """Show more than the link by the password; the reactivation is begun, or gone on with.

    Raises WrongPassword, TooManyAttempts (TooManyStarts too), LinkRefused without such a session, and what
    `lifecycle.start` raises. Must not be called inside a transaction.
    """
    visit = _of(session)
    sign_in.confirm_password(visit.account, password, budget=PASSWORD_BUDGET, now=now)
    starts.spend(visit.account.pk, now=now)
    return _proven(session, visit, now=now)


def may_go_by_documents(visit: ReactivationSession, *, now: datetime) -> bool:
    """Tell whether documents stand for the proof now, or did when what is open was begun."""
    return _invitation(visit.account, now=now) is not None


def go_by_documents(session: Any, *, now: datetime) -> ReactivationSession:
    """Go on with nothing but the link, on an invitation: two people look at the documents as ever.

    Raises LinkRefused without such a session or an invitation, TooManyStarts, and what `lifecycle.start` raises. Not
    inside a transaction.
    """
    visit = _of(session)
    if _invitation(visit.account, now=now) is None:
        raise LinkRefused
    starts.spend(visit.account.pk, now=now)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=visit.account.pk)
        invitation = _invitation(locked, now=now)
        if invitation is None:
            raise LinkRefused
        found = _proven(session, visit, now=now)
        if found.reactivation is not None and invitation.begun_id != found.reactivation.pk:
            # The reactivation wrote its events on this row.
            locked.refresh_from_db()
            invitations.note_use(invitation, found.reactivation.pk, account=locked, actor=found.actor, now=now)
    return found


def prove_by_factor(session: Any, *, now: datetime) -> ReactivationSession:
    """Show more than the link by the factor that was given (closure.reactivation.proof), using it up.

    Raises ProofRefused, LinkRefused, TooManyStarts, and what `lifecycle.start` raises. Not inside a transaction.
    """
    visit = _of(session)
    starts.spend(visit.account.pk, now=now)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=visit.account.pk)
        proof.use(locked, visit.link_id, carried_by=visit.carried_by, now=now)
        return _proven(session, visit, now=now)


def start_again(session: Any, *, now: datetime) -> ReactivationSession:
    """Begin another one where the last is over, at once.

    Raises LinkRefused without a session that has shown more, and TooManyStarts. Not inside a transaction.
    """
    visit = _of(session)
    if not visit.proven:
        raise LinkRefused
    starts.spend(visit.account.pk, now=now)
    return _proven(session, visit, now=now)


def end(session: Any) -> None:
    """End it; the row is gone at once."""
    session.flush()


def _of(session: Any) -> ReactivationSession:
    visit = current(session)
    if visit is None:
        raise LinkRefused
    return visit


def _proven(session: Any, visit: ReactivationSession, *, now: datetime) -> ReactivationSession:
    owner = permissions.owner(visit.account, carried_by=visit.carried_by)
    try:
        row = lifecycle.start(visit.account.pk, actor=owner, now=now)
    except TransitionRefused as error:
        # Released meanwhile, or the policy changed: there is nothing to go on with.
        raise LinkRefused from error
    session[PROVEN], session[REACTIVATION] = True, str(row.pk)
    session.save()
    return ReactivationSession(
        account=visit.account, link_id=visit.link_id, carried_by=visit.carried_by, proven=True, reactivation=row
    )


def _invitation(account: Account, *, now: datetime) -> RecoveryInvitation | None:
    row = lifecycle.open_of(account.pk)
    begun_id = row.pk if row is not None else None
    return invitations.standing(account, InvitedTo.REACTIVATE, begun_id=begun_id, now=now)


def _reactivation_of(session: Any, account: Account) -> Reactivation | None:
    mine = Reactivation.objects.filter(pk=UUID(session[REACTIVATION]), account=account)
    return mine.select_related("account", "case").first()
