"""May these details belong to this person? If not, one neutral sentence and a reference that staff can find (G05, G06).

A document, national number, e-mail or phone that another account has, whatever its status, or that is blocked since an
account was closed, is refused alike: nobody but staff learns whose it is, or why. Staff find a case by the reference,
about the account that stands in the way; its event says in which details.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext as _

from accounts import blocked, cases, identifiers
from accounts.actors import Actor
from accounts.enums import CaseKind, CaseState, IdentifierKind
from accounts.exceptions import PortalError
from accounts.fingerprints import every
from accounts.journal import record
from accounts.models import BlockedIdentity, Case, Event, FormerContact

CHECKER = Actor.system("identity_check")
# Of an account whose number somebody else gave: the case about it is another account's.
CLAIMED = "identity.claimed"
NUMBERS = frozenset({IdentifierKind.DOCUMENT, IdentifierKind.NATIONAL_NUMBER})


class Why(StrEnum):
    """What stands in the way, for staff only."""

    TAKEN = "taken"
    BLOCKED = "blocked"


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """One detail that cannot be this person's: `account_id` is the account that has it, or had it and was closed."""

    kind: IdentifierKind
    why: Why
    account_id: UUID


class IdentityRefused(PortalError):
    """These details cannot be used; `reference` is the case about it."""

    code = "identity_refused"

    def __init__(self, reference: str) -> None:
        super().__init__(
            _("We cannot accept these details. Contact support and quote %(reference)s.") % {"reference": reference}
        )
        self.reference = reference


def conflicts(
    claimed: Iterable[tuple[IdentifierKind, str]], *, account_id: UUID | None, now: datetime
) -> list[Conflict]:
    """Return what stands in the way of these details for an account, or for a new one where `account_id` is None.

    Changes nothing but the keys of blocks that are found (accounts.blocked.until). Raises BadIdentifier. Two people
    who give the same details at once are told apart when they are tied to their accounts (identifiers.attach).
    """
    found: list[Conflict] = []
    for kind, value in claimed:
        normal = identifiers.normalize(kind, value)
        found += [
            Conflict(kind=kind, why=Why.TAKEN, account_id=owner)
            for owner in _owners(kind, normal, now=now)
            if owner != account_id
        ]
        if blocked.until(kind, normal, now=now) is not None:
            rows = BlockedIdentity.objects.filter(kind=kind, fingerprint__in=every(kind, normal)).order_by("id")
            standing = [row.account_id for row in rows if blocked.stands(row, now=now)]
            found += [Conflict(kind=kind, why=Why.BLOCKED, account_id=owner) for owner in standing]
    return list(dict.fromkeys(found))


def _owners(kind: IdentifierKind, normal: str, *, now: datetime) -> Sequence[UUID]:
    held = FormerContact.objects.filter(fingerprint__in=every(kind, normal), held_until__gt=now)
    rows = (identifiers.lookup(kind, normal), held)
    return [owner for found in rows for owner in found.order_by("id").values_list("account_id", flat=True)]


def refuse(found: Sequence[Conflict], *, account_id: UUID | None, now: datetime) -> IdentityRefused:
    """Return the refusal of what `conflicts` found, to be raised, with the case that it names.

    Asked again about the same, it names the same case while that is open. Inside a transaction that is kept: one that
    is rolled back takes the case with it.
    """
    about = account_id or found[0].account_id
    told = [{"kind": each.kind.value, "why": each.why.value, "account": str(each.account_id)} for each in found]
    case = _known(about, told) or _open(about, found, told, now=now)
    return IdentityRefused(case.reference)


def has_opened(case: Case) -> bool:
    """Tell whether a check opened a case: whoever knows its reference was refused, and is not whom it is about."""
    opened = Event.objects.filter(account_id=case.account_id, action=cases.OPENED, actor=CHECKER.label)
    wanted = f'"case":"{case.reference}"'.encode()
    return case.account_id is not None and any(wanted in bytes(body) for body in opened.values_list("body", flat=True))


def open_about(account_id: UUID) -> list[Case]:
    """Return the open cases in which a document or national number is two people's, oldest first; two queries.

    This account is one of the two: who gave the number, or who has it.
    """
    return open_by_account([account_id])[account_id]


def open_by_account(account_ids: Collection[UUID]) -> dict[UUID, list[Case]]:
    """Return the same for several accounts at once, by account; two queries however many."""
    named = Event.objects.filter(account_id__in=account_ids, action__in=[cases.OPENED, CLAIMED], actor=CHECKER.label)
    about = {
        (owner, json.loads(bytes(body))["data"]["case"]) for owner, body in named.values_list("account_id", "body")
    }
    waiting = Case.objects.filter(reference__in={reference for _owner, reference in about})
    still = list(waiting.filter(kind=CaseKind.DOCUMENT_NUMBER).exclude(state=CaseState.RESOLVED).order_by("id"))
    return {key: [case for case in still if (key, case.reference) in about] for key in account_ids}


def _known(about: UUID, told: list[dict[str, str]]) -> Case | None:
    opened = Event.objects.filter(account_id=about, action=cases.OPENED, actor=CHECKER.label).order_by("id")
    bodies = [json.loads(bytes(body))["data"] for body in opened.values_list("body", flat=True)]
    references = [body["case"] for body in bodies if body["conflicts"] == told]
    return Case.objects.filter(reference__in=references).exclude(state=CaseState.RESOLVED).first()


def _open(about: UUID, found: Sequence[Conflict], told: list[dict[str, str]], *, now: datetime) -> Case:
    numbers = [each for each in found if each.kind in NUMBERS]
    kind = CaseKind.DOCUMENT_NUMBER if numbers else CaseKind.OTHER
    case = cases.open_unlocked(about, kind, actor=CHECKER, more={"conflicts": told}, now=now)
    # Whoever has the number finds the case in the events of their own account: nobody reads all the others.
    for owner in sorted({each.account_id for each in numbers if each.why is Why.TAKEN} - {about}):
        record(CLAIMED, actor=CHECKER, at=now, account_id=owner, data={"case": case.reference})
    return case
