"""Whose archive an e-mail, phone or document is found in, so that a late deposit goes to the right person (F08)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import identifiers
from accounts.actors import Actor
from accounts.enums import IdentifierKind
from accounts.exceptions import NotAllowed
from accounts.journal import record
from closure.enums import ClosureState
from closure.models import ClosureRequest
from closure.operations.claims import open_claim
from closure.powers import SEARCH
from closure.retention import archive

SEARCHED = "claim.searched"


@dataclass(frozen=True, kw_only=True)
class Match:
    """One sealed identity, by opaque key and the reference of its closing; `is_claim` when the claim is its."""

    account_id: UUID
    request_id: UUID
    reference: str
    is_claim: bool


def search(
    claim_id: UUID, kind: IdentifierKind, value: str, *, reason: str, actor: Actor, now: datetime
) -> list[Match]:
    """Return whose sealed identity had this identifier, for one open claim; nothing of it is opened.

    Each search is journaled with its reason, whatever it finds, and never what was typed (invariant 24). Raises
    NotAllowed, SecondPersonRequired for the owner, ReasonRequired, UnknownClaim, ClaimRefused for one that is settled,
    BadIdentifier, and KeyGone or Unreadable while a month's key does not open: nobody found would mean nothing then.
    """
    if not actor.may(SEARCH):
        raise NotAllowed(_("Compliance asks whose archive it is."))
    normal = identifiers.normalize(kind, value)
    with transaction.atomic():
        account, claim = open_claim(claim_id, actor, reason)
        owners = archive.find(kind, normal, now=now)
        told = {"claim": str(claim.pk), "kind": kind.value, "found": [str(key) for key in owners]}
        record(SEARCHED, actor=actor, at=now, account=account, data=told, note=reason.strip())
    closings = ClosureRequest.objects.filter(account_id__in=owners, state=ClosureState.CLOSED).order_by("pk")
    return [
        Match(
            account_id=each.account_id,
            request_id=each.pk,
            reference=each.reference,
            is_claim=each.account_id == claim.account_id,
        )
        for each in closings
    ]
