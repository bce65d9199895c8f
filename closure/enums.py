"""Names of closure states, areas and kinds: what scripts, apps and the exchange core see."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClosureState(models.TextChoices):
    DRAFT = "draft", _("draft")
    COOLING_OFF = "cooling_off", _("cooling off")
    IN_REVIEW = "in_review", _("in review")
    APPROVED = "approved", _("approved")
    FINALIZING = "finalizing", _("finalizing")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")
    REJECTED = "rejected", _("rejected")
    EXPIRED = "expired", _("expired")
    HELD = "held", _("held")


FINAL_STATES = frozenset({ClosureState.CLOSED, ClosureState.CANCELLED, ClosureState.REJECTED, ClosureState.EXPIRED})
# The account is frozen in these; `finalizing` is live only before sealing (guards look at the plan).
LIVE_STATES = frozenset(
    {
        ClosureState.IN_REVIEW,
        ClosureState.COOLING_OFF,
        ClosureState.APPROVED,
        ClosureState.HELD,
        ClosureState.FINALIZING,
    }
)
OPEN_STATES = LIVE_STATES | {ClosureState.DRAFT}


class ClosureAction(models.TextChoices):
    START = "start", _("start")
    DISCARD = "discard", _("discard")
    LAPSE = "lapse", _("lapse")
    SUBMIT = "submit", _("submit")
    PROPOSE = "propose", _("propose")
    APPROVE = "approve", _("approve")
    ASK = "ask", _("ask")
    ANSWER = "answer", _("answer")
    ELAPSE = "elapse", _("elapse")
    BEGIN = "begin", _("begin")
    HOLD = "hold", _("hold")
    RESUME = "resume", _("resume")
    TIME_OUT = "time_out", _("time out")
    REJECT = "reject", _("reject")
    CANCEL = "cancel", _("cancel")
    DISPUTE = "dispute", _("dispute")
    PARK = "park", _("park")
    UNPARK = "unpark", _("unpark")
    FINISH = "finish", _("finish")
    REPLAY = "replay", _("replay")
    REPLACE = "replace", _("replace")


class ReactivationState(models.TextChoices):
    """How a reactivation stands; the last three are final, and after them a new one may begin at once."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    NEEDS_MORE = "needs_more", _("waiting for better photos")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ReactivationAction(models.TextChoices):
    START = "start", _("start")
    SUBMIT = "submit", _("submit")
    ASK = "ask", _("ask")
    PROPOSE = "propose", _("propose")
    TAKE_BACK = "take_back", _("take back")
    APPROVE = "approve", _("approve")
    REFUSE = "refuse", _("refuse")
    WITHDRAW = "withdraw", _("withdraw")
    LAPSE = "lapse", _("lapse")


class Age(models.TextChoices):
    """How much of its time a review has used."""

    FRESH = "fresh", _("fresh")
    HALF = "half", _("half gone")
    LAST_QUARTER = "last_quarter", _("last quarter")
    OVERDUE = "overdue", _("overdue")


class HeldReason(models.TextChoices):
    DEPOSIT = "deposit", _("a deposit arrived")
    BLOCKER = "blocker", _("something has to be cleared again")
    RESTRICTION = "restriction", _("a restriction applies")
    LEGAL = "legal", _("a legal or risk hold applies")
    UNREACHABLE = "unreachable", _("the account could not be checked")
    QUESTION = "question", _("we asked you something")


class FaceOutcome(models.TextChoices):
    """What staff found where the policy asks for a face: compared with consent, or documents looked at instead."""

    MATCH = "match", _("the face matches")
    NO_MATCH = "no_match", _("the face does not match")
    DOCUMENTS = "documents", _("confirmed by documents")


class Area(models.TextChoices):
    """Areas of the account check, in the order in which they are shown."""

    SPOT = "spot", _("Spot wallet")
    FUNDING = "funding", _("Funding wallet")
    FIAT = "fiat", _("Fiat balances")
    USDM_FUTURES = "usdm_futures", _("USD-margined futures")
    COINM_FUTURES = "coinm_futures", _("Coin-margined futures")
    OPTIONS = "options", _("Options")
    CROSS_MARGIN = "cross_margin", _("Cross margin")
    ISOLATED_MARGIN = "isolated_margin", _("Isolated margin")
    LOANS = "loans", _("Loans")
    EARN_FLEXIBLE = "earn_flexible", _("Flexible Earn")
    EARN_LOCKED = "earn_locked", _("Locked Earn")
    LIQUIDITY = "liquidity", _("Liquidity pools")
    STAKING = "staking", _("Staking")
    WEB3 = "web3", _("Web3 wallet")
    NFT = "nft", _("NFTs")
    ORDERS = "orders", _("Open orders")
    P2P = "p2p", _("P2P orders")
    TRANSFERS = "transfers", _("Transfers on their way")
    API_KEYS = "api_keys", _("API keys")
    REFERRALS = "referrals", _("Referral commissions")
    RESTRICTIONS = "restrictions", _("Restrictions")
    SECOND_FACTOR = "second_factor", _("Second factor")
    IDENTITY = "identity", _("Identity")


# Answered by the exchange core; the last three areas are the portal's own.
CORE_AREAS: tuple[Area, ...] = tuple(Area)[:20]


class Verdict(models.TextChoices):
    CLEAR = "clear", _("clear")
    WARNING = "warning", _("warning")
    BLOCKED = "blocked", _("blocked")
    UNKNOWN = "unknown", _("could not be checked")


class Moment(models.TextChoices):
    """When an account check ran."""

    CHECK = "check", _("check")
    SUBMIT = "submit", _("submission")
    APPROVE = "approve", _("approval")
    SWEEP = "sweep", _("while waiting")
    FINALIZE = "finalize", _("finalization")


class OrderKind(models.TextChoices):
    LIMIT = "limit", _("limit order")
    STOP_LIMIT = "stop_limit", _("stop-limit order")
    OCO = "oco", _("one-cancels-the-other order")
    CONDITIONAL = "conditional", _("conditional order")
    P2P = "p2p", _("P2P order")


class TransferKind(models.TextChoices):
    BANK = "bank", _("bank transfer")
    SWIFT = "swift", _("SWIFT transfer")
    LOCAL = "local", _("local transfer")
    CRYPTO = "crypto", _("crypto transfer")


class TransactionKind(models.TextChoices):
    TRADE = "trade", _("trade")
    DEPOSIT = "deposit", _("deposit")
    WITHDRAWAL = "withdrawal", _("withdrawal")
    TRANSFER = "transfer", _("transfer")
    FEE = "fee", _("fee")
    REWARD = "reward", _("reward")
    COMMISSION = "commission", _("commission")
    P2P = "p2p", _("P2P")
    CONVERSION = "conversion", _("conversion")


class CoreEventKind(models.TextChoices):
    """What a core tells by itself. A late deposit arrived after deposits were locked: it was not credited (F08)."""

    DEPOSIT = "deposit", _("deposit")
    LATE_DEPOSIT = "late_deposit", _("late deposit")


class CoreActivityKind(models.TextChoices):
    """What a core saw an owner do; either counts as activity (I03)."""

    SIGN_IN = "sign_in", _("sign-in")
    TRADE = "trade", _("trade")


class CoreNewsKind(models.TextChoices):
    """What happened to what somebody holds while they were away (I07, I08, I09)."""

    MIGRATED = "migrated", _("token migrated")
    MATURED = "matured", _("product matured")
    ORDER_GONE = "order_gone", _("order canceled")


class WelcomeTask(models.TextChoices):
    """What somebody who comes back looks through, in this order (J06, N01-N07)."""

    WALLETS = "wallets", _("wallets")
    PASSWORD = "password", _("password")
    CONTACTS = "contacts", _("e-mail and phone")
    AUTHENTICATOR = "authenticator", _("authenticator")
    WORDS = "words", _("anti-phishing words")
    WHITELIST = "whitelist", _("withdrawal whitelist")
    DEVICES = "devices", _("devices and sign-ins")
    API_KEYS = "api_keys", _("API keys")


class ClaimOutcome(models.TextChoices):
    """What became of money that arrived too late; none of them is income of ours."""

    PAID = "paid", _("paid to the person")
    RETURNED = "returned", _("sent back to where it came from")
    HANDED_OVER = "handed_over", _("handed over as unclaimed property")


class Side(models.TextChoices):
    BUY = "buy", _("buy")
    SELL = "sell", _("sell")
    LONG = "long", _("long")
    SHORT = "short", _("short")


class Direction(models.TextChoices):
    IN = "in", _("in")
    OUT = "out", _("out")


class RequestChannel(models.TextChoices):
    """Where a request came from: the browser session is `web`, a bearer token the app."""

    WEB = "web", _("web")
    APP = "app", _("app")
    API = "api", _("API")


class Step(models.TextChoices):
    """Steps of the journey, in order."""

    RISKS = "risks", _("Risks")
    CHECK = "check", _("Check")
    EXPORT = "export", _("Export")
    VERIFY = "verify", _("Verify")
    DOCUMENT = "document", _("Document")
    CONFIRM = "confirm", _("Confirm")


class StepState(models.TextChoices):
    DONE = "done", _("done")
    OPEN = "open", _("open")
    LOCKED = "locked", _("not yet")


class EffectState(models.TextChoices):
    PENDING = "pending", _("pending")
    DONE = "done", _("done")
    PARKED = "parked", _("parked for staff")


class RemedyCode(models.TextChoices):
    """What clears a blocker on the spot (B12), by the code that pages and API use."""

    FIX = "fix", _("fix what we can")
    CANCEL_ORDERS = "cancel_orders", _("cancel orders")
    CLOSE_POSITIONS = "close_positions", _("close positions")
    CONVERT_DUST = "convert_dust", _("convert small balances")
    MOVE_MARGIN = "move_margin", _("move margin to spot")
    REPAY_LOANS = "repay_loans", _("repay loans")
    REDEEM_EARN = "redeem_earn", _("redeem Earn products")
    REMOVE_LIQUIDITY = "remove_liquidity", _("remove liquidity")
    UNSTAKE = "unstake", _("unstake")
    EMPTY_WEB3 = "empty_web3", _("empty the Web3 wallet")
    REVOKE_KEYS = "revoke_keys", _("revoke API keys")
    SELL = "sell", _("sell for USDT")
    WITHDRAW_CRYPTO = "withdraw_crypto", _("withdraw crypto")
    WITHDRAW_FIAT = "withdraw_fiat", _("withdraw money")
    GIVE_UP = "give_up", _("give up an asset")


class Needs(StrEnum):
    """What a remedy does to the account, in the columns of the table of restrictions (docs/lifecycle.md)."""

    NOTHING = "nothing"
    UNWIND = "unwind"  # brings the owner's own assets together; nothing is bought, sold or sent
    TRADE = "trade"
    WITHDRAW = "withdraw"


class RemedyState(models.TextChoices):
    """How a remedy that was confirmed stands; `doing` until it is certain what became of each move."""

    DOING = "doing", _("not certain yet")
    DONE = "done", _("done")
    PARTLY = "partly", _("done in part")
    REFUSED = "refused", _("refused")


class MoveState(StrEnum):
    """What became of one move of a remedy."""

    TODO = "todo"
    DONE = "done"
    REFUSED = "refused"


class ResidualState(models.TextChoices):
    """How giving up an asset stands: two parties, the owner who asks and one of the staff who decides."""

    ASKED = "asked", _("waiting for staff")
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", _("refused")
    TAKEN_BACK = "taken_back", _("taken back")


class ExportKind(models.TextChoices):
    """What a customer can take along (B10)."""

    TRANSACTIONS = "transactions", _("All transactions")
    P2P = "p2p", _("P2P orders")
    IDENTITY = "identity", _("Identity data")
    ARCHIVE = "archive", _("Everything in one archive")


class Reading(StrEnum):
    """What a fresh factor opens for looking: balances and history of the account, together (E02)."""

    ACCOUNT = "read_account"


class EvidenceKind(models.TextChoices):
    """What a photo of evidence shows (J07, J09)."""

    NOTE = "note", _("the person with the note")
    DOCUMENT_FRONT = "document_front", _("the front of the document")
    DOCUMENT_BACK = "document_back", _("the back of the document")
