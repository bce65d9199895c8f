"""Where the answer to a case goes: to the address somebody typed, sealed, until its owner has shown up."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from accounts import contacts, identifiers, sealed
from accounts.contacts import Place
from accounts.enums import CaseState, MessageChannel
from accounts.models import Account, Case, CaseContact, CaseMessage, FactorRecovery
from accounts.models.factor_recovery import OPEN

SEAL_PURPOSE = "case-contact"
MOST_BESIDE = 10


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


def match(row: CaseContact, *, now: datetime) -> Account | None:
    """Note once whose address it is, so that all of it is erased with that account; returns them while it is theirs.

    The case is not theirs by that: anybody can type an address. None for nobody's. Needs a transaction.
    """
    to = value_of(row)
    if row.matched_at is None and row.account_id is None:
        found = identifiers.find_account(to)
        owner = _locked(found.pk if found is not None and not found.is_staff else None, to)
        first = CaseContact.objects.filter(pk=row.pk, matched_at=None, account_id=None)
        if first.update(account_id=owner.pk if owner else None, matched_at=now) and owner is not None:
            CaseMessage.objects.filter(case_id=row.case_id).update(account_id=owner.pk)
        row.refresh_from_db()
        if owner is None or row.account_id == owner.pk:
            return owner
    return _locked(row.account_id, to)


def _locked(account_id: UUID | None, to: str) -> Account | None:
    """Return an account, locked, while an address is its own: it may be erased, or have another one, by now."""
    owner = Account.objects.select_for_update().filter(pk=account_id).first() if account_id is not None else None
    return owner if owner is not None and to in {owner.email, owner.phone} else None


def account_behind(case: Case) -> UUID | None:
    """Return whom a case is about: its account, or until its owner has shown up, whose address was typed."""
    if case.account_id is not None:
        return case.account_id
    return CaseContact.objects.filter(case=case).values_list("account_id", flat=True).first()


def open_beside(case: Case) -> list[Case]:
    """Return the newest other open cases about the same account: its own, and those written from its address."""
    about = account_behind(case)
    if about is None:
        return []
    beside = Case.objects.exclude(pk=case.pk).exclude(state=CaseState.RESOLVED)
    found = beside.filter(Q(account_id=about) | Q(account_id=None, contact__account_id=about))
    return list(found.order_by("-id")[:MOST_BESIDE])


def language_of(case: Case) -> str:
    """Return the language of whoever reads our answers, empty where nobody is known any more."""
    about = account_behind(case)
    owner = Account.objects.filter(pk=about).values_list("language", flat=True).first() if about else None
    return owner or CaseContact.objects.filter(case=case).values_list("language", flat=True).first() or ""


def places(case: Case, account: Account | None) -> list[Place]:
    """Return where to tell that an answer waits: one place, or none that is known any more; the account is locked."""
    if case.account_id is not None:
        return of_owner(case, account)[:1] if account is not None else []
    row = of_case(case)
    if row is None:
        return []
    place = (MessageChannel(row.channel), value_of(row))
    if row.account_id is not None and (account is None or place not in contacts.current(account)):
        return []  # no longer the address of whoever it was
    return [place]


def of_owner(case: Case, account: Account) -> list[Place]:
    """Return the contacts by which an owner has a part in a case: none that its open recovery says is lost.

    Whoever has a lost mailbox must not read, or answer, what staff write to its owner about it.
    """
    open_in_it = FactorRecovery.objects.filter(case=case, state__in=OPEN)
    lost = open_in_it.values_list("lost", flat=True).first() or []
    return without(contacts.current(account), lost)


def without(places: list[Place], lost: Collection[str]) -> list[Place]:
    """Return the places that are not of these lost kinds of factors; a contact's kind has its channel's name."""
    return [place for place in places if place[0].value not in lost]


def _bound_to(row: CaseContact) -> str:
    return f"accounts_casecontact/{row.pk}"
