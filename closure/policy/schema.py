"""What a policy can say: frozen, typed sections, one field for each line of docs/lifecycle.md "Policy"."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from accounts.enums import FactorKind
from closure.enums import RequestChannel


class DustAbove(StrEnum):
    """What dust within both limits is (A02): a single warning, or a warning for each coin. Above, it always blocks."""

    WARN = "warn"
    RESOLVE_EACH = "resolve_each"


class ApiKeys(StrEnum):
    """A11: the customer deletes each key first, or submission revokes them all."""

    DELETED_FIRST = "deleted_first"
    REVOKE = "revoke"


class AskDocument(StrEnum):
    NO = "no"
    IF_ON_FILE = "if_on_file"


class FinalReauthentication(StrEnum):
    NONE = "none"
    PASSWORD = "password"  # noqa: S105  (the name of a factor)


class StatusShows(StrEnum):
    TIMELINE = "timeline"
    EXPORT = "export"
    BALANCES = "balances"
    HISTORY = "history"


class CancelBy(StrEnum):
    CUSTOMER = "customer"
    SUPPORT = "support"


class ExportUntil(StrEnum):
    SUBMISSION = "submission"
    WAIT_ENDS = "wait_ends"


class Review(StrEnum):
    """Who looks before closing: nobody, the machine unless four eyes are due, one agent, or an agent if flagged."""

    NONE = "none"
    AUTOMATIC = "automatic"
    IF_FLAGGED = "if_flagged"
    ONE_AGENT = "one_agent"


@dataclass(frozen=True, kw_only=True)
class PreflightPolicy:
    dust_per_coin: Decimal  # USDT; below it a coin is dust; 0: every unit blocks
    dust_total: Decimal | None  # USDT over all dust together; None: no limit
    dust_within: DustAbove
    api_keys: ApiKeys
    identity_verified_required: bool


@dataclass(frozen=True, kw_only=True)
class VerificationPolicy:
    password: bool  # asked once, last
    # Every group in `required` must be met by one of its kinds; `needed` counts codes in all.
    required: tuple[frozenset[FactorKind], ...]
    accepted: frozenset[FactorKind]
    needed: int  # code factors needed at least
    all_enrolled: bool  # a group asks only where one of its kinds is enrolled; otherwise a group nobody can meet blocks
    face_from_level: int | None
    document_number: AskDocument
    captcha: bool
    final_reauthentication: FinalReauthentication
    window: timedelta
    extensions: int


@dataclass(frozen=True, kw_only=True)
class WaitingPolicy:
    wait: timedelta
    due: timedelta  # finalizes_before counts from submission
    brake_adds: timedelta
    brake_looks_back: timedelta
    max_frozen: timedelta
    status_shows: frozenset[StatusShows]
    export_until: ExportUntil


@dataclass(frozen=True, kw_only=True)
class CancellingPolicy:
    by: frozenset[CancelBy]


@dataclass(frozen=True, kw_only=True)
class ReviewPolicy:
    mode: Review
    four_eyes_above: Decimal | None  # USDT withdrawn in 30 days
    four_eyes_under_brake: bool
    flagged_above: Decimal  # USDT withdrawn in 30 days: a flag


@dataclass(frozen=True, kw_only=True)
class ReregistrationPolicy:
    email: timedelta | None
    email_for_ever_review: timedelta | None  # compliance may block for ever and looks again this often; None: may not
    phone: timedelta | None
    document: timedelta | None
    national_number: timedelta | None
    national_number_while_archived: bool


@dataclass(frozen=True, kw_only=True)
class ReactivationPolicy:
    disable_offered: bool
    offered_first: bool


@dataclass(frozen=True, kw_only=True)
class DormancyPolicy:
    inactive_after: timedelta
    dormant_years: int | None  # calendar years: a timedelta cannot hold them; None: never
    unclaimed_years: int | None  # state law goes before it; None: the jurisdiction's own period
    locks: bool
    wake_factors: int
    withdrawals_held_after_reset: timedelta


@dataclass(frozen=True, kw_only=True)
class RetentionPolicy:
    identity_years: int
    transactions_years: int
    images_days: int
    jurisdiction_may_lengthen: bool


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One published system, whole. `name` is the preset's; the version is a hash of the contents (policy.loader)."""

    name: str
    channels: frozenset[RequestChannel]
    preflight: PreflightPolicy
    verification: VerificationPolicy
    waiting: WaitingPolicy
    cancelling: CancellingPolicy
    review: ReviewPolicy
    reregistration: ReregistrationPolicy
    reactivation: ReactivationPolicy
    dormancy: DormancyPolicy
    retention: RetentionPolicy
