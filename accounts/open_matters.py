"""Which matters are open: each is bound to what stood on the account when it was opened, and ends with that (K02-K05).

A restriction that ended and stands again is another one: what was sent for the first proves nothing of the second.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import case_messages, cases
from accounts.actors import Actor
from accounts.enums import CaseState, IdentityStatus, MatterKind, RestrictionKind
from accounts.models import Account, Matter, Restriction

M = MatterKind
GUARD, OVERTAKEN = Actor.system("matters"), "restriction_over"
# Matters of a restriction have its name.
OF_RESTRICTIONS = {M(kind.value): kind for kind in RestrictionKind if kind.value in M}
RESTRICTING = sorted(kind.value for kind in OF_RESTRICTIONS.values())


def stands(account: Account, kind: MatterKind) -> bool:
    """Tell whether what a kind of matter is about stands on the account."""
    if kind is M.IDENTITY_REFRESH:
        return account.identity_status == IdentityStatus.REFRESH_DUE or _is_unproven(account)
    wanted = RESTRICTING if kind is M.REVIEW else [kind.value]
    return Restriction.objects.filter(account_id=account.pk, lifted_at=None, kind__in=wanted).exists()


def _is_unproven(account: Account) -> bool:
    """Tell whether somebody who may have moved has no verified identity, which their new home needs (K03).

    Where the identity failed, that matter verifies it.
    """
    if account.identity_status == IdentityStatus.VERIFIED:
        return False
    standing = _kinds_of(account.pk)
    return RestrictionKind.UNSUPPORTED_REGION in standing and RestrictionKind.FAILED_VERIFICATION not in standing


def _kinds_of(account_id: UUID) -> set[str]:
    """Return the kinds of what restricts an account."""
    return set(Restriction.objects.filter(account_id=account_id, lifted_at=None).values_list("kind", flat=True))


def open_of(account_id: UUID) -> dict[MatterKind, Matter]:
    """Return the matters of an account that are open, by kind: of what stood when each was opened, and still does."""
    found = _unsettled(account_id).filter(_about_what_stands()).select_related("case").order_by("id")
    return {M(row.kind): row for row in found}


def newest_of(account_id: UUID, kind: MatterKind) -> Matter | None:
    """Return the newest matter of a kind about what stands, open or decided; None where there is none."""
    found = Matter.objects.filter(_about_what_stands(), account_id=account_id, kind=kind)
    return found.order_by("-id").first()


def counts(matter: Matter) -> bool:
    """Tell whether a matter is open, and about what stands."""
    return _unsettled(matter.account_id).filter(_about_what_stands(), pk=matter.pk).exists()


def end_overtaken(account: Account, *, now: datetime) -> None:
    """Resolve the cases of matters whose restriction was lifted elsewhere, and say so in them; the account is locked.

    Its head in the journal is read again.
    """
    over = list(_unsettled(account.pk).exclude(_about_what_stands()).select_related("case").order_by("id"))
    for row in over:
        with translation.override(account.language):
            said = _("What this case is about has ended, and so has the case. You need to do nothing more.")
        case_messages.tell_decided(row.case, said, account=account, actor=GUARD, now=now)
        cases.resolve_by_itself(row.case_id, actor=GUARD, why=OVERTAKEN, now=now)
        account.refresh_from_db(fields=["journal_head"])


def _unsettled(account_id: UUID) -> QuerySet[Matter]:
    unanswered = Matter.objects.filter(account_id=account_id, accepted_at=None, refused_at=None)
    return unanswered.exclude(case__state=CaseState.RESOLVED)


def _about_what_stands() -> Q:
    """Return the condition that what a matter is about stood when it was opened, and has stood since."""
    stood = Restriction.objects.filter(
        account_id=OuterRef("account_id"), lifted_at=None, placed_at__lte=OuterRef("opened_at")
    )
    of_its_own = Q(Exists(stood.filter(kind=OuterRef("kind"))))
    refresh = Q(kind=M.IDENTITY_REFRESH, account__identity_status=IdentityStatus.REFRESH_DUE)
    moved = Q(Exists(stood.filter(kind=RestrictionKind.UNSUPPORTED_REGION)), kind=M.IDENTITY_REFRESH)
    unproven = moved & ~Q(account__identity_status=IdentityStatus.VERIFIED)
    review = Q(Exists(stood.filter(kind__in=RESTRICTING)), kind=M.REVIEW)
    return of_its_own | refresh | unproven | review
