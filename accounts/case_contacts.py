"""Where the answer to a case goes: to the address somebody typed, sealed, until its owner has shown up."""

from datetime import datetime, timedelta

from accounts import contacts, identifiers, sealed
from accounts.contacts import Place
from accounts.enums import MessageChannel
from accounts.models import Account, Case, CaseContact, CaseLink, CaseMessage

SEAL_PURPOSE = "case-contact"
# What nobody we know wrote is kept so long after the case is resolved; a link, after its time is over.
KEPT = timedelta(days=30)


def remember(case: Case, channel: MessageChannel, to: str, *, language: str) -> CaseContact:
    """Keep what was typed, sealed, in the caller's transaction."""
    row = CaseContact(case=case, channel=channel, language=language)
    row.value = sealed.seal(to.encode(), purpose=SEAL_PURPOSE, bound_to=_bound_to(row))
    row.save(force_insert=True)
    return row


def value_of(row: CaseContact) -> str:
    """Return the address in plain."""
    return sealed.open_sealed(bytes(row.value), purpose=SEAL_PURPOSE, bound_to=_bound_to(row)).decode()


def of_case(case: Case) -> CaseContact | None:
    """Return what was typed when the case was opened; None where its account was known, or is erased."""
    return CaseContact.objects.filter(case=case).first()


def match(row: CaseContact) -> Account | None:
    """Note whose address it is, so that all of it is erased with that account; returns it, None for nobody's.

    The case is not theirs by that: anybody can type an address. Needs a transaction.
    """
    to = value_of(row)
    found = identifiers.find_account(to)
    if found is None or found.is_staff:
        return None
    owner = Account.objects.select_for_update().get(pk=found.pk)
    if to not in {owner.email, owner.phone}:
        return None  # erased, or changed, meanwhile
    CaseContact.objects.filter(pk=row.pk).update(account_id=owner.pk)
    CaseMessage.objects.filter(case_id=row.case_id).update(account_id=owner.pk)
    row.account_id = owner.pk
    return owner


def places(case: Case, account: Account | None) -> list[Place]:
    """Return where to tell that an answer waits: one place, or none that is known any more; the account is locked."""
    if case.account_id is not None:
        return contacts.current(account)[:1] if account is not None else []
    row = of_case(case)
    if row is None:
        return []
    place = (MessageChannel(row.channel), value_of(row))
    if row.account_id is not None and (account is None or place not in contacts.current(account)):
        return []  # no longer the address of whoever it was
    return [place]


def forget_old(*, now: datetime) -> int:
    """Delete what nobody we know wrote, long after its case was resolved, and links that are over; return how many.

    What belongs to an account goes with it (closure.retention).
    """
    gone = CaseLink.objects.filter(expires_at__lte=now - KEPT).delete()[0]
    for model in (CaseMessage, CaseContact):
        gone += model.objects.filter(
            account_id=None, case__account_id=None, case__resolved_at__lte=now - KEPT
        ).delete()[0]
    return gone


def _bound_to(row: CaseContact) -> str:
    return f"accounts_casecontact/{row.pk}"
