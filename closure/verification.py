"""Which verification a closure asks for, to what it is bound, and whether one satisfies the pinned policy."""

import hashlib
import json
from datetime import datetime
from typing import Any, Protocol

from accounts.enums import SECOND_FACTORS, FactorKind, IdentifierKind, Purpose
from accounts.models import DEVICE_CLASSES, Account, Identifier, StepUp
from accounts.verification import counting
from accounts.verification import step_up as step_ups
from closure.enums import ClosureAction
from closure.models import ClosureRequest
from closure.policy.schema import AskDocument, FinalReauthentication, Policy

# The app needs no network, a text message is quicker than a mail.
NEAREST = (FactorKind.PASSKEY, FactorKind.TOTP, FactorKind.SMS, FactorKind.EMAIL)
SENT = frozenset({FactorKind.SMS, FactorKind.EMAIL})
NOT_CODES = frozenset({FactorKind.PASSWORD, FactorKind.FACE, FactorKind.BACKUP})


class Named(Protocol):
    """What a verification can be bound to (closure.fresh_factor.Provable)."""

    @property
    def value(self) -> str: ...


def digest(request: ClosureRequest, action: Named = ClosureAction.SUBMIT) -> bytes:
    """Return what a verification authorizes on this request of this account under this policy (D07).

    That is one action, taking one kind of file along, looking at the account, or one withdrawal.
    """
    bound = [str(request.pk), str(request.account_id), action.value, request.policy_version]
    return hashlib.sha256(json.dumps(bound).encode()).digest()


def enrolled_kinds(account: Account, accepted: frozenset[FactorKind]) -> frozenset[FactorKind]:
    """Return the accepted kinds of which the account has a factor that counts."""
    found: list[type[Any]] = [each for each in DEVICE_CLASSES if each.kind in accepted]
    return frozenset(each.kind for each in found if counting.rows(each).filter(user=account).exists())


def groups_of(policy: Policy, account: Account) -> list[frozenset[FactorKind]]:
    """Return the groups of which this account gives one code each."""
    return code_groups(policy, enrolled_kinds(account, policy.verification.accepted))


def code_groups(policy: Policy, enrolled: frozenset[FactorKind]) -> list[frozenset[FactorKind]]:
    """Return the groups of which one code each is needed; where policy says so only those that can be met."""
    groups = [group - NOT_CODES for group in policy.verification.required]
    groups = [group for group in groups if group]
    return [group for group in groups if group & enrolled] if policy.verification.all_enrolled else groups


def nearest(policy: Policy, account: Account) -> frozenset[FactorKind]:
    """Return the kinds that complete a verification the nearest way: one of each group, then as many as are needed."""
    enrolled = [kind for kind in NEAREST if kind in enrolled_kinds(account, policy.verification.accepted)]
    groups = code_groups(policy, frozenset(enrolled))
    chosen = [next(kind for kind in enrolled if kind in group) for group in groups if group & set(enrolled)]
    more = [kind for kind in enrolled if kind not in chosen]
    return frozenset([*chosen, *more[: max(0, policy.verification.needed - len(chosen))]])


def asks_password(policy: Policy) -> bool:
    """Tell whether the password is asked, once and last, for either of its two reasons."""
    asked = policy.verification
    return asked.password or asked.final_reauthentication is FinalReauthentication.PASSWORD


def asks_document(policy: Policy, account: Account) -> bool:
    """Tell whether the document number is asked: only where one is on file (D01, D03)."""
    if policy.verification.document_number is not AskDocument.IF_ON_FILE:
        return False
    return Identifier.objects.filter(account=account, kind=IdentifierKind.DOCUMENT).exists()


def asks_face(policy: Policy, account: Account) -> bool:
    """Tell whether staff compare a face, or documents without consent: from an identity level on (D01)."""
    level = policy.verification.face_from_level
    return level is not None and account.identity_level >= level


def meets(kinds: frozenset[FactorKind], policy: Policy, account: Account) -> bool:
    """Tell whether the kinds given meet every group, and bring a second factor beside e-mail (A13)."""
    groups = groups_of(policy, account)
    return bool(kinds & SECOND_FACTORS) and all(group & kinds for group in groups)


def open_verification(request: ClosureRequest) -> StepUp | None:
    """Return the verification that is open for exactly this submission; in time or not."""
    found = step_ups.current(request.account_id, Purpose.CLOSE_ACCOUNT)
    return found if found is not None and bytes(found.digest) == digest(request) else None


def is_done(request: ClosureRequest, policy: Policy, *, now: datetime) -> bool:
    """Tell whether the verification for this submission is complete and in time."""
    running = open_verification(request)
    if running is None or not step_ups.is_complete(running, now):
        return False
    given = frozenset(factor.kind for factor in step_ups.factors(running) if factor.state == "passed")
    return meets(given, policy, request.account)
