"""Support cases: who handles them, opened and resolved by staff, each with its event; and who they are shown to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts import case_contacts, case_desk
from accounts.actors import Actor
from accounts.enums import ActorKind, CaseKind, CaseState
from accounts.exceptions import NotAllowed, PortalError
from accounts.journal import record
from accounts.models import Account, Case, CaseMessage
from accounts.powers import HANDLE_CASES

OPENED, RESOLVED = "case.opened", "case.resolved"
# Opened by themselves, and their owner was told the reference (accounts.lockout): it may be quoted, and answered in.
TOLD = frozenset({CaseKind.SUSPICIOUS_SIGN_IN, CaseKind.DISPUTE})


class UnknownCase(PortalError):
    """There is no such case, or no account to open one for."""

    code = "unknown_case"


class CaseOver(PortalError):
    """The case is resolved, so nobody writes in it any more."""

    code = "case_over"

    def __init__(self) -> None:
        super().__init__(_("This case is resolved. Open a new one if you still need help."))


class EndedElsewhere(PortalError):
    """The case ends with what it is about, which is decided elsewhere."""

    code = "ended_elsewhere"

    def __init__(self, reference: str) -> None:
        told = {"reference": reference}
        super().__init__(_("This case is about %(reference)s. It ends when that is decided.") % told)


class About(Protocol):
    """Says what of the floor above a case ends with, by the reference of that; "" for nothing."""

    def __call__(self, case: Case) -> str: ...


def nothing(case: Case) -> str:  # noqa: ARG001  (the default asks nothing of the case)
    """Let staff resolve every case."""
    return ""


_about: About = nothing


def set_about(source: About) -> None:
    """Plug in the floor above; `nothing` puts the default back."""
    global _about  # noqa: PLW0603  (wiring is process-wide, done once at start)
    _about = source


def check_handle(actor: Actor) -> None:
    """Staff with a role that decides handle cases; raises NotAllowed."""
    if not actor.may(HANDLE_CASES):
        raise NotAllowed(_("Your role does not handle cases."))


def can_handle(actor: Actor) -> bool:
    """Tell whether the actor may open and resolve cases."""
    return actor.may(HANDLE_CASES)


def lock(case_id: UUID) -> tuple[Account, Case]:
    """Return the account of a case and the case, locked in this order; raises UnknownCase, for one of nobody too."""
    owner = Case.objects.filter(pk=case_id).values_list("account_id", flat=True).first()
    account = Account.objects.select_for_update().filter(pk=owner).first() if owner is not None else None
    if account is None:
        raise UnknownCase(_("There is no such case, or nobody has shown that it is theirs."))
    return account, Case.objects.select_for_update().get(pk=case_id)


def open_case(account_id: UUID, kind: CaseKind, *, actor: Actor, note: str, now: datetime) -> Case:
    """Open a case about an account and journal it; raises NotAllowed, UnknownCase (L01)."""
    check_handle(actor)
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(pk=account_id).first()
        if account is None:
            raise UnknownCase(_("There is no such account."))
        return _open(account, kind, actor=actor, note=note.strip(), now=now)


def open_by_itself(
    account: Account, kind: CaseKind, *, actor: Actor, now: datetime, more: Mapping[str, Any] | None = None
) -> Case:
    """Open a case that something else brings about, in its transaction; the account is locked. Raises NotAllowed.

    `more` is what its event says beside the case.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(_("Your role does not handle cases."))
    return _open(account, kind, actor=actor, note="", now=now, **(more or {}))


def open_unlocked(account_id: UUID, kind: CaseKind, *, actor: Actor, more: Mapping[str, Any], now: datetime) -> Case:
    """Open a case about an account whose row nobody has locked; `more` is what its event says beside the case."""
    case = Case.objects.create(account_id=account_id, kind=kind, created_at=now)
    data = {"case": case.reference, "kind": kind.value, **more}
    record(OPENED, actor=actor, at=now, account_id=account_id, data=data)
    return case


def _open(account: Account, kind: CaseKind, *, actor: Actor, note: str, now: datetime, **more: Any) -> Case:
    case = Case.objects.create(account_id=account.pk, kind=kind, created_at=now)
    data = {"case": case.reference, "kind": CaseKind(kind).value, **more}
    record(OPENED, actor=actor, at=now, account=account, data=data, note=note or None)
    return case


def resolve_case(case_id: UUID, *, actor: Actor, note: str, now: datetime) -> Case:
    """Resolve a case and journal it; one that is resolved stays as it is.

    Raises NotAllowed, UnknownCase, OnAnotherDesk, EndedElsewhere.
    """
    check_handle(actor)
    known = Case.objects.filter(pk=case_id).first()
    reference = _about(known) if known is not None else ""
    if reference:
        raise EndedElsewhere(reference)
    return _resolve(case_id, actor=actor, note=note, now=now)


def lapse_case(case_id: UUID, *, actor: Actor, now: datetime) -> Case:
    """Resolve a case in which nobody wrote for long, and which nobody has shown to be theirs; the sweep's alone."""
    return resolve_by_itself(case_id, actor=actor, why="idle", now=now)


def resolve_by_itself(case_id: UUID, *, actor: Actor, why: str, now: datetime) -> Case:
    """Resolve a case that something else ends, with a code that says what; the system's alone."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(_("Your role does not handle cases."))
    return _resolve(case_id, actor=actor, note="", now=now, why=why)


def _resolve(case_id: UUID, *, actor: Actor, note: str, now: datetime, **more: str) -> Case:
    known = Case.objects.filter(pk=case_id).first()
    if known is None:
        raise UnknownCase(_("There is no such case."))
    with transaction.atomic():
        # The account first, as everywhere.
        about = case_contacts.account_behind(known)
        account = Account.objects.select_for_update().filter(pk=about).first() if about else None
        case = Case.objects.select_for_update().get(pk=case_id)
        if case.state == CaseState.RESOLVED:
            return case
        case_desk.check_free(case, actor, now)
        case.state, case.resolved_at = CaseState.RESOLVED, now
        case.desk_by = case.desk_until = None
        case.save(update_fields=["state", "resolved_at", "desk_by", "desk_until"])
        data = {"case": case.reference, **more}
        record(RESOLVED, actor=actor, at=now, account=account, data=data, note=note.strip() or None)
    return case


def of_account(account_id: UUID) -> list[Case]:
    """Return the cases of an account, newest first."""
    return list(Case.objects.filter(account_id=account_id).order_by("-id"))


def shown_to(account_id: UUID) -> QuerySet[Case]:
    """Return the cases that an account's owner may see, newest first: something is written, or the owner was told.

    An answer of staff is something written: its owner is told that it waits. Others are about the account and none of
    its owner's business: a stranger gave its document as theirs (G05).
    """
    written = Exists(CaseMessage.objects.filter(case=OuterRef("pk")))
    return Case.objects.filter(Q(written) | Q(kind__in=sorted(TOLD)), account_id=account_id).order_by("-id")


def is_by_owner(case: Case) -> bool:
    """Tell whether the owner of the case's account wrote in it: an answer of staff shows nothing of who they are."""
    return case.account_id is not None and CaseMessage.objects.filter(case=case, from_staff=False).exists()
