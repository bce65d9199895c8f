"""Messages of a case, both ways: each with its event, with the account locked; texts are erased with the account."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import case_contacts, case_desk, cases, contacts, identity_check, tallies
from accounts.actors import Actor
from accounts.cases import CaseOver, UnknownCase
from accounts.enums import ActorKind, CaseState
from accounts.exceptions import PortalError, ReasonRequired
from accounts.journal import record
from accounts.messages import outbox
from accounts.models import Account, Case, CaseMessage
from accounts.tallies import Limit, Use

WRITTEN, ANSWERED, READ = "case.written", "case.answered", "case.read"
TEMPLATE = "case_answer"
MAX_TEXT = 4000
A_DAY = Limit(name="case_messages", most=20, within=timedelta(days=1))


class NobodyToAnswer(PortalError):
    """An answer would reach nobody, or somebody whose case it is not."""

    code = "nobody_to_answer"


def of_case(case: Case) -> list[CaseMessage]:
    """Return what was written, oldest first."""
    return list(CaseMessage.objects.filter(case=case).order_by("id"))


def newest_of_owner(case_id: UUID) -> UUID | None:
    """Return the key of what the customer of a case wrote last, None where they wrote nothing."""
    theirs = CaseMessage.objects.filter(case_id=case_id, from_staff=False)
    return theirs.order_by("-id").values_list("pk", flat=True).first()


def write(case_id: UUID, text: str, *, actor: Actor, now: datetime) -> CaseMessage:
    """Write in one's own case; raises UnknownCase, CaseOver, TooManyAttempts. Not inside a transaction.

    `actor` is the signed-in owner, or a status session of this very case (accounts.case_session).
    """
    tallies.spend([Use(limit=A_DAY, of=str(case_id))], now=now)
    with transaction.atomic():
        case, account, about = _lock(case_id)
        if not _is_own(case, actor) or (about is not None and not _is_there(account)):
            raise UnknownCase(_("There is no such case."))
        message = _add(case, text, about=about, from_staff=False, now=now)
        _move(case, CaseState.OPEN)
        record(WRITTEN, actor=actor, at=now, account=account, data=_told(case, message))
    return message


def answer(case_id: UUID, text: str, *, actor: Actor, now: datetime) -> CaseMessage:
    """Answer a case; its owner is told that an answer waits, and where. Raises NotAllowed, CaseOver, NobodyToAnswer,
    OnAnotherDesk.
    """
    cases.check_handle(actor)
    with transaction.atomic():
        case, account, about = _lock(case_id)
        places = case_contacts.places(case, account)
        if not places or (about is not None and not _is_there(account)):
            raise NobodyToAnswer(_("Nobody can be told: the account is closed, or no address is known."))
        if identity_check.has_opened(case):
            raise NobodyToAnswer(_("A check opened this case: an answer would go to somebody else than was refused."))
        case_desk.check_free(case, actor, now)
        message = _add(case, text, about=about, from_staff=True, now=now)
        _move(case, CaseState.WAITING_CUSTOMER)
        record(ANSWERED, actor=actor, at=now, account=account, data=_told(case, message))
        _tell(case, account, about, now=now)
    return message


def tell_decided(case: Case, text: str, *, account: Account, actor: Actor, now: datetime) -> None:
    """Write what was decided into the case that it is about, and tell its owner where to read it.

    The account is locked. Of one without any contact, which is erased, nothing is written any more.
    """
    if not contacts.current(account):
        return
    message = _add(case, text, about=account.pk, from_staff=True, now=now)
    record(ANSWERED, actor=actor, at=now, account=account, data=_told(case, message))
    _tell(case, account, account.pk, now=now)


def read(case_id: UUID, *, actor: Actor, reason: str, now: datetime) -> list[CaseMessage]:
    """Return what was written, for staff who say why, which is journaled with the newest of it (H07).

    Raises NotAllowed, ReasonRequired, UnknownCase.
    """
    cases.check_handle(actor)
    if not reason.strip():
        raise ReasonRequired
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        raise UnknownCase(_("There is no such case."))
    with transaction.atomic():
        about = case_contacts.account_behind(case)
        # The newest before the messages: what comes in between is read and counts as not read.
        newest = newest_of_owner(case.pk)
        data = {"case": case.reference, **({"message": str(newest)} if newest is not None else {})}
        record(READ, actor=actor, at=now, account_id=about, data=data, note=reason.strip())
        return of_case(case)


def _lock(case_id: UUID) -> tuple[Case, Account | None, UUID | None]:
    """Lock the account first, as everywhere, then the case; the account is None where nobody is known."""
    known = Case.objects.filter(pk=case_id).first()
    if known is None:
        raise UnknownCase(_("There is no such case."))
    about = case_contacts.account_behind(known)
    account = Account.objects.select_for_update().filter(pk=about).first() if about else None
    case = Case.objects.select_for_update().get(pk=case_id)
    if case.state == CaseState.RESOLVED:
        raise CaseOver
    return case, account, about


def _is_there(account: Account | None) -> bool:
    """Whether an account has not been erased: then it has no contact, and nothing is written about it any more."""
    return account is not None and bool(contacts.current(account))


def _is_own(case: Case, actor: Actor) -> bool:
    if actor.kind is ActorKind.CUSTOMER:
        return cases.shown_to(actor.account_id).filter(pk=case.pk).exists() if actor.account_id else False
    return actor.kind is ActorKind.STATUS_SESSION and actor.name == str(case.pk)


def _add(case: Case, text: str, *, about: UUID | None, from_staff: bool, now: datetime) -> CaseMessage:
    return CaseMessage.objects.create(case=case, account_id=about, from_staff=from_staff, text=text.strip(), at=now)


def _move(case: Case, state: CaseState) -> None:
    case.state = state
    case.save(update_fields=["state"])


def _told(case: Case, message: CaseMessage) -> dict[str, str]:
    return {"case": case.reference, "message": str(message.pk), "state": str(case.state)}


def _tell(case: Case, account: Account | None, about: UUID | None, *, now: datetime) -> None:
    said = {"reference": case.reference}
    places = case_contacts.places(case, account)
    if account is not None:
        contacts.tell(places, account, TEMPLATE, said, now=now)
        return
    typed = case_contacts.of_case(case)
    for channel, to in places:
        language = typed.language if typed is not None else ""
        outbox.enqueue(
            account_id=about, template=TEMPLATE, channel=channel, to=to, language=language, context=said, now=now
        )
