"""Opening a case: by whoever types an address, the same work and answer for all, or by an owner we know (D05, D06).

A stranger's case is a row, the address sealed, one text and one message to queue. Whose address it is, the sender finds
out; the case becomes that account's when its owner opens it (accounts.case_session).
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import asking, case_contacts, cases, contacts, identifiers
from accounts.actors import Actor
from accounts.enums import CaseKind
from accounts.journal import record
from accounts.messages import late
from accounts.messages.payload import Payload
from accounts.models import Account, Case, CaseMessage, OutboxMessage
from accounts.verification import attempts

TEMPLATE = "case_opened"
BUDGET = "case"
FORM = Actor.system("contact_form")


def ask(kind: CaseKind, text: str, contact: str, *, language: str, now: datetime) -> None:
    """Open a case for whoever has this address; raises BadIdentifier, TooManyAttempts, NotAllowed, none by what exists.

    The counters are spent first, so this must not be called inside a transaction.
    """
    sort, to = identifiers.read(contact)
    channel = asking.spend(sort, to, tries=[f"{TEMPLATE} {to}"], budget=BUDGET, now=now)
    with transaction.atomic():
        case = Case.objects.create(kind=kind, created_at=now)
        CaseMessage.objects.create(case=case, text=text.strip(), at=now)
        case_contacts.remember(case, channel, to, language=language)
        record(cases.OPENED, actor=FORM, at=now, data=_told(case))
        asking.queue(TEMPLATE, channel, to, language=language, said={"reference": case.reference}, now=now)


def open_own(account_id: UUID, kind: CaseKind, text: str, *, actor: Actor, now: datetime) -> Case:
    """Open a case for an owner who is signed in or in a status session; raises TooManyAttempts, cases.UnknownCase.

    The budget is spent first, so this must not be called inside a transaction.
    """
    attempts.spend(account_id, BUDGET, now=now)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        if account.pk != actor.account_id:
            raise cases.UnknownCase(_("There is no such account."))
        return open_locked(account, kind, text, actor=actor, now=now)


def open_locked(
    account: Account, kind: CaseKind, text: str, *, actor: Actor, lost: Collection[str] = (), now: datetime
) -> Case:
    """Open a case for an owner in the caller's transaction, with the account locked; raises cases.UnknownCase.

    `lost` are kinds of factors: a contact that is one of them is not told.
    """
    # An account without any contact is erased: nothing is written about it any more.
    places = case_contacts.without(contacts.current(account), lost)[:1]
    if not places:
        raise cases.UnknownCase(_("There is no such account."))
    case = Case.objects.create(account_id=account.pk, kind=kind, created_at=now)
    CaseMessage.objects.create(case=case, account_id=account.pk, text=text.strip(), at=now)
    record(cases.OPENED, actor=actor, at=now, account=account, data=_told(case))
    contacts.tell(places, account, TEMPLATE, {"reference": case.reference}, now=now)
    return case


def complete(message: OutboxMessage, said: Payload, *, now: datetime) -> Payload | None:
    """Find out whose address was typed, and say in their language that the case is open; None when it is erased."""
    if message.account_id is not None:
        return said
    with transaction.atomic():
        case = Case.objects.filter(reference=str(said.context["reference"])).first()
        typed = case_contacts.of_case(case) if case is not None else None
        if typed is None:
            return None
        owner = case_contacts.match(typed, now=now)
    if owner is None:
        return said
    return Payload(to=said.to, language=owner.language, context=said.context, account_id=owner.pk)


def plug() -> None:
    """Let the sender complete these messages (accounts.apps)."""
    late.plug(TEMPLATE, complete)


def _told(case: Case) -> dict[str, str]:
    return {"case": case.reference, "kind": CaseKind(case.kind).value}
