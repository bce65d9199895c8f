"""What a well-formed policy must not say, and what is legal but odd. Each rule is one line of a table."""

from datetime import timedelta
from decimal import Decimal

from accounts.enums import SECOND_FACTORS, FactorKind
from closure.enums import RequestChannel
from closure.policy.schema import (
    CancelBy,
    DormancyPolicy,
    ExportUntil,
    Policy,
    Review,
    ReviewPolicy,
    StatusShows,
    VerificationPolicy,
    WaitingPolicy,
)

CODE_FACTORS = SECOND_FACTORS | {FactorKind.EMAIL}
WINDOW_LEAST, WINDOW_MOST = timedelta(minutes=5), timedelta(minutes=10)  # D02
EXTENSIONS_MOST = 10
YEARS_BY_LAW = 5  # H01

Rule = tuple[bool, str]


def contradictions(policy: Policy) -> list[str]:
    """Return what cannot hold at the same time, each naming its section and field."""
    rules = [
        (not policy.channels, "channels must name at least one"),
        *_verification(policy.verification),
        *_waiting(policy.waiting),
        *_review(policy.review, face=policy.verification.face_from_level is not None),
        *_dormancy(policy.dormancy),
        *_others(policy),
    ]
    return [text for broken, text in rules if broken]


def _verification(section: VerificationPolicy) -> list[Rule]:
    strange = sorted((section.accepted | _in_groups(section)) - CODE_FACTORS)
    return [
        (bool(strange), f"[verification] accepted: {', '.join(strange)} is no code; use password, face_from_level"),
        (section.needed < 1, "[verification] needed must be 1 at least"),
        (section.needed > len(section.accepted), "[verification] needed is more than the accepted kinds"),
        (frozenset() in section.required, "[verification] required has an empty group"),
        (not _in_groups(section) <= section.accepted, "[verification] required names a kind that is not accepted"),
        (
            _email_is_enough(section),
            "[verification] accepted: an e-mail code alone would be enough, and it is no second factor (A13)",
        ),
        (
            not WINDOW_LEAST <= section.window <= WINDOW_MOST,
            "[verification] window must be 5 to 10 minutes (D02)",
        ),
        (section.extensions > EXTENSIONS_MOST, f"[verification] extensions must be {EXTENSIONS_MOST} at most"),
    ]


def _in_groups(section: VerificationPolicy) -> frozenset[FactorKind]:
    return frozenset().union(*section.required)


def _email_is_enough(section: VerificationPolicy) -> bool:
    groups_met = section.all_enrolled or all(FactorKind.EMAIL in group for group in section.required)
    return FactorKind.EMAIL in section.accepted and section.needed <= 1 and groups_met


def _waiting(section: WaitingPolicy) -> list[Rule]:
    exports = StatusShows.EXPORT in section.status_shows
    return [
        (section.due < section.wait, "[waiting] due is before wait ends"),
        (not section.due, "[waiting] due must be later than submission"),
        (
            section.max_frozen <= section.due + section.brake_adds,
            "[waiting] max_frozen must be longer than due and brake_adds together (E09)",
        ),
        (
            exports is not (section.export_until is ExportUntil.WAIT_ENDS),
            "[waiting] export_until wait_ends and status_shows export go together (B11)",
        ),
    ]


def _review(section: ReviewPolicy, *, face: bool) -> list[Rule]:
    four_eyes = section.four_eyes_above is not None or section.four_eyes_under_brake
    nobody = section.mode is Review.NONE
    return [
        (nobody and four_eyes, "[review] mode none leaves nobody for four_eyes_above and four_eyes_under_brake"),
        (nobody and face, "[review] mode none leaves nobody to compare a face ([verification] face_from_level)"),
    ]


def _dormancy(section: DormancyPolicy) -> list[Rule]:
    dormant = section.dormant_years
    return [
        (not section.inactive_after, "[dormancy] inactive_after must be longer than nothing"),
        (dormant is not None and _years(dormant) <= section.inactive_after, "[dormancy] dormant_years is too early"),
        (section.locks and dormant is None, "[dormancy] locks needs dormant_years"),
        (
            None not in {dormant, section.unclaimed_years} and (section.unclaimed_years or 0) < (dormant or 0),
            "[dormancy] unclaimed_years is before dormant_years",
        ),
        (section.wake_factors < 1, "[dormancy] wake_factors must be 1 at least (J02)"),
    ]


def _years(count: int) -> timedelta:
    return timedelta(days=365) * count


def _others(policy: Policy) -> list[Rule]:
    preflight, blocks, kept = policy.preflight, policy.reregistration, policy.retention
    total = preflight.dust_total
    return [
        (
            total is not None and total < preflight.dust_per_coin,
            "[preflight] dust_total is less than dust_per_coin allows for one",
        ),
        (
            blocks.national_number is not None and blocks.national_number_while_archived,
            "[reregistration] national_number and national_number_while_archived exclude each other",
        ),
        (
            policy.reactivation.offered_first and not policy.reactivation.disable_offered,
            "[reactivation] offered_first needs disable_offered",
        ),
        (
            min(kept.identity_years, kept.transactions_years) < 1 or kept.images_days < 1,
            "[retention] every class is kept for one year or day at least",
        ),
    ]


def warnings(policy: Policy) -> list[str]:
    """Return what is legal but should be meant: each a sentence that names section and field."""
    waiting, by = policy.waiting, policy.cancelling.by
    kept = min(policy.retention.identity_years, policy.retention.transactions_years)
    rules = [
        (not by, "[cancelling] by: nobody may cancel, whatever happens while it waits"),
        (by == {CancelBy.SUPPORT}, "[cancelling] by: customers cannot cancel by themselves"),
        (not waiting.wait, "[waiting] wait is nothing: a mistaken closure cannot be stopped in time"),
        (bool(by) and not waiting.wait, "[cancelling] by: without a wait there is hardly anything to cancel"),
        (waiting.wait == waiting.due, "[waiting] due leaves no time after wait: any delay is overdue"),
        (RequestChannel.WEB not in policy.channels, "channels leave out web: the pages cannot close an account"),
        (policy.verification.needed == 1, "[verification] needed: one code is enough to close"),
        (policy.preflight.dust_total is None, "[preflight] dust_total: any number of small coins may be left behind"),
        (
            policy.preflight.dust_per_coin == Decimal(0) and bool(policy.preflight.dust_total),
            "[preflight] dust_total means nothing while dust_per_coin is 0",
        ),
        (kept < YEARS_BY_LAW, "[retention] less than the five years that anti-money-laundering law asks for (H01)"),
    ]
    return [text for odd, text in rules if odd]
