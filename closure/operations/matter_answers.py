"""What staff answer where a matter is not proved: more is asked for, or it is refused, each with the rules (L04).

One person decides. Its owner is told what to do; after a refusal they may begin again, as often as cases are opened.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import case_claiming, cases, contacts, open_matters
from accounts.actors import Actor
from accounts.enums import CaseState, MatterKind
from accounts.exceptions import PortalError
from accounts.journal import record
from accounts.models import Account, Case, Matter
from closure import matter_rules
from closure.operations.matter_deciding import Seen, check_seen, lock

ASKED, REFUSED, TEMPLATE = "matter.asked", "matter.refused", "matter_word"


class RuleRequired(PortalError):
    """Staff say which rule is broken, of those that this matter has."""

    code = "rule_required"

    def __init__(self) -> None:
        super().__init__(_("Choose at least one rule."))


def ask(matter_id: UUID, *, broken: Collection[str], reason: str, seen: Seen, actor: Actor, now: datetime) -> Matter:
    """Ask its owner for more, with the rules that what they sent breaks; the case waits for them.

    Raises RuleRequired, and what `closure.operations.matters.accept` raises of who decides and what they have seen.
    """
    with transaction.atomic():
        account, matter = _lock(matter_id, broken=broken, reason=reason, seen=seen, actor=actor, now=now)
        matter.asked_at = now
        matter.save(update_fields=["asked_at", "broken"])
        _record(ASKED, matter, account, actor=actor, reason=reason, now=now)
        Case.objects.filter(pk=matter.case_id).update(state=CaseState.WAITING_CUSTOMER)
        case_claiming.clear(matter.case)
        _tell(matter, account, "asked", now=now)
    return matter


def refuse(matter_id: UUID, *, broken: Collection[str], reason: str, seen: Seen, actor: Actor, now: datetime) -> Matter:
    """Refuse it, with the rules that it breaks: its case is resolved, and what it is about stands. Raises as `ask`."""
    with transaction.atomic():
        account, matter = _lock(matter_id, broken=broken, reason=reason, seen=seen, actor=actor, now=now)
        matter.refused_at, matter.refused_by = now, actor.account_id
        matter.save(update_fields=["refused_at", "refused_by", "broken"])
        _record(REFUSED, matter, account, actor=actor, reason=reason, now=now)
        cases.resolve_case(matter.case_id, actor=actor, note="", now=now)
        _tell(matter, account, "refused", now=now)
    return matter


def last_word(account_id: UUID, kind: MatterKind) -> list[str]:
    """Return what the newest matter about what stands was refused for, in words of now; nothing where it was not."""
    last = open_matters.newest_of(account_id, kind)
    return words_of(last) if last is not None and last.refused_at is not None else []


def words_of(matter: Matter) -> list[str]:
    """Return the rules that staff named last, as its owner reads them."""
    return [matter_rules.words(rule) for rule in matter_rules.read(MatterKind(matter.kind), matter.broken)]


def _lock(
    matter_id: UUID, *, broken: Collection[str], reason: str, seen: Seen, actor: Actor, now: datetime
) -> tuple[Account, Matter]:
    account, matter = lock(matter_id, reason=reason, actor=actor, now=now)
    check_seen(matter, seen, actor)
    try:
        rules = matter_rules.read(MatterKind(matter.kind), broken)
    except ValueError:
        raise RuleRequired from None
    if not rules:
        raise RuleRequired
    matter.broken = [rule.value for rule in rules]
    return account, matter


def _record(action: str, matter: Matter, account: Account, *, actor: Actor, reason: str, now: datetime) -> None:
    told = {"matter": str(matter.pk), "kind": matter.kind, "case": matter.case.reference, "broken": matter.broken}
    record(action, actor=actor, at=now, account=account, data=told, note=reason.strip())


def _tell(matter: Matter, account: Account, stage: str, *, now: datetime) -> None:
    with translation.override(account.language):
        rules = words_of(matter)
    said = {"what": matter.kind, "stage": stage, "reference": matter.case.reference, "rules": rules}
    contacts.tell(contacts.current(account), account, TEMPLATE, said, now=now)
