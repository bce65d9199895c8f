"""Names of states and kinds (docs/contract of the portal); values are what scripts, apps and the exchange core see."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccountStatus(models.TextChoices):
    ACTIVE = "active", _("active")
    INACTIVE = "inactive", _("inactive")
    DORMANT = "dormant", _("dormant")
    DISABLED = "disabled", _("disabled")
    FROZEN = "frozen", _("frozen")
    CLOSED = "closed", _("closed")


class RestrictionKind(models.TextChoices):
    NEGATIVE_BALANCE = "negative_balance", _("negative balance")
    FRAUD_ALERT = "fraud_alert", _("fraud alert")
    UNSUPPORTED_REGION = "unsupported_region", _("unsupported region")
    FAILED_VERIFICATION = "failed_verification", _("failed verification")
    COMPLIANCE_REVIEW = "compliance_review", _("compliance review")
    SECURITY_INVESTIGATION = "security_investigation", _("security investigation")
    RISK_CONTROL = "risk_control", _("risk control")
    JUDICIAL_FREEZE = "judicial_freeze", _("judicial freeze")


class RestrictionMove(models.TextChoices):
    """What the exchange core reports of a restriction."""

    PLACED = "placed", _("placed")
    LIFTED = "lifted", _("lifted")


# To customers these four are one sentence: never the kind, authority, case or date (tipping-off). Two lift each (A12).
TIPPING_OFF = frozenset(
    {
        RestrictionKind.COMPLIANCE_REVIEW,
        RestrictionKind.SECURITY_INVESTIGATION,
        RestrictionKind.RISK_CONTROL,
        RestrictionKind.JUDICIAL_FREEZE,
    }
)


class FactorKind(models.TextChoices):
    PASSWORD = "password", _("password")
    EMAIL = "email", _("e-mail code")
    SMS = "sms", _("text message code")
    TOTP = "totp", _("authenticator code")
    PASSKEY = "passkey", _("passkey")
    BACKUP = "backup", _("backup code")
    FACE = "face", _("face check")


# An e-mail code signs in but is no second factor (A13).
SECOND_FACTORS = frozenset({FactorKind.SMS, FactorKind.TOTP, FactorKind.PASSKEY})
# Of staff neither is a text: who has the phone number moved would have the console (L07).
STAFF_FACTORS = frozenset({FactorKind.TOTP, FactorKind.PASSKEY})


class IdentityStatus(models.TextChoices):
    NONE = "none", _("none")
    PENDING = "pending", _("pending")
    VERIFIED = "verified", _("verified")
    REFUSED = "refused", _("refused")
    REFRESH_DUE = "refresh_due", _("refresh due")


class DocumentType(models.TextChoices):
    PASSPORT = "passport", _("passport")
    PASSPORT_CARD = "passport_card", _("passport card")
    DRIVING_LICENCE = "driving_licence", _("driving licence")
    STATE_ID = "state_id", _("state ID")
    FEDERAL_ID = "federal_id", _("federal ID")
    VISA = "visa", _("visa")
    EMPLOYMENT_AUTHORIZATION = "employment_authorization", _("employment authorization card")
    PERMANENT_RESIDENT = "permanent_resident", _("permanent resident card")
    ID_CARD = "id_card", _("ID card")


class IdentifierKind(models.TextChoices):
    EMAIL = "email", _("e-mail address")
    PHONE = "phone", _("phone number")
    DOCUMENT = "document", _("identity document")
    NATIONAL_NUMBER = "national_number", _("national number")


class Purpose(models.TextChoices):
    """What a verification may authorize; one purpose, one action (D07)."""

    SIGN_IN = "sign_in", _("sign in")
    CLOSE_ACCOUNT = "close_account", _("close the account")
    CANCEL_CLOSURE = "cancel_closure", _("cancel a closure")
    ANSWER_QUESTION = "answer_question", _("answer a question")
    ENROLL_FACTOR = "enroll_factor", _("add a factor")
    RENAME_FACTOR = "rename_factor", _("rename a factor")
    REMOVE_FACTOR = "remove_factor", _("remove a factor")
    TEST_FACTOR = "test_factor", _("check that a factor works")
    BACKUP_CODES = "backup_codes", _("make backup codes")
    CHANGE_CONTACT = "change_contact", _("change an e-mail address or phone number")
    CONFIRM_CONTACT = "confirm_contact", _("confirm a new e-mail address or phone number")
    ANTI_PHISHING = "anti_phishing", _("change the anti-phishing code")
    REVOKE_API_KEYS = "revoke_api_keys", _("revoke API keys")
    REMOVE_ADDRESSES = "remove_addresses", _("remove withdrawal addresses")
    WHITELIST_OFF = "whitelist_off", _("turn off the withdrawal whitelist")
    DOCUMENT_NUMBER = "document_number", _("document number")
    CHANGE_PASSWORD = "change_password", _("change the password")
    RESET_PASSWORD = "reset_password", _("reset the password")
    EXPORT_DATA = "export_data", _("download records")
    READ_ACCOUNT = "read_account", _("look at balances and history")
    WITHDRAW_ASSETS = "withdraw_assets", _("withdraw assets")
    SELL_ASSETS = "sell_assets", _("sell assets")
    OPEN_ARCHIVE = "open_archive", _("open an archive")
    REACTIVATE = "reactivate", _("reactivate the account")
    DISABLE_ACCOUNT = "disable_account", _("disable the account")
    RECOVER = "recover", _("recover lost factors")


class ActorKind(models.TextChoices):
    """Who acts, in the letters of the transition tables: C, S, M, A/L/X, sys, and the exchange core."""

    CUSTOMER = "customer", _("customer")
    STATUS_SESSION = "status_session", _("status session")
    LINK = "link", _("holder of a mailed link")
    STAFF = "staff", _("staff")
    SYSTEM = "system", _("system")
    CORE = "core", _("exchange core")


class Role(models.TextChoices):
    AGENT = "agent", _("agent")
    LEAD = "lead", _("lead")
    COMPLIANCE = "compliance", _("compliance")
    AUDITOR = "auditor", _("auditor")


class CaseKind(models.TextChoices):
    DOCUMENT_NUMBER = "document_number", _("document number")
    LOST_FACTOR = "lost_factor", _("lost factor")
    SUSPICIOUS_SIGN_IN = "suspicious_sign_in", _("suspicious sign-in")
    DISPUTE = "dispute", _("dispute")
    REACTIVATION = "reactivation", _("reactivation")
    CLAIM = "claim", _("claim")
    RESIDENCY = "residency", _("residency")
    OTHER = "other", _("other")


class MatterKind(models.TextChoices):
    """What an owner settles with staff; those of a restriction have its name."""

    FRAUD_ALERT = "fraud_alert", _("fraud alert")
    UNSUPPORTED_REGION = "unsupported_region", _("moving from an unsupported region")
    FAILED_VERIFICATION = "failed_verification", _("failed verification")
    IDENTITY_REFRESH = "identity_refresh", _("identity to be shown again")
    REVIEW = "review", _("review of all restrictions")


class CaseState(models.TextChoices):
    OPEN = "open", _("open")
    WAITING_CUSTOMER = "waiting_customer", _("waiting for the customer")
    RESOLVED = "resolved", _("resolved")


class RecoveryState(models.TextChoices):
    """How a recovery of lost factors stands; the last three are final, and after them a new one may begin."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    NEEDS_MORE = "needs_more", _("waiting for better photos")
    WAITING = "waiting", _("confirmed, waiting")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")
    ENDED = "ended", _("ended")


class RecoveryAction(models.TextChoices):
    START = "start", _("start")
    SUBMIT = "submit", _("submit")
    ASK = "ask", _("ask")
    PROPOSE = "propose", _("propose")
    CONFIRM = "confirm", _("confirm")
    REFUSE = "refuse", _("refuse")
    END = "end", _("end")
    COMPLETE = "complete", _("complete")


class RecoveryRule(models.TextChoices):
    """What photos of a recovery can be sent back for; the words are the customer's too."""

    UNREADABLE = "unreadable", _("The document cannot be read in full.")
    EDGES = "edges", _("All four edges of the document must be in the photo.")
    NAME = "name", _("The name on the document is not the name of the account.")
    FACE = "face", _("The face in the photo is not the face on the document.")
    NOTE = "note", _("The note does not say exactly what we asked for, by hand.")
    HOLDER = "holder", _("You must hold the note yourself, with your face in view.")
    COPY = "copy", _("The photo shows a screen or a copy, not the document itself.")


class InvitedTo(models.TextChoices):
    """What a mailed link alone begins, where documents stand for the proof."""

    RECOVER = "recover", _("recover lost factors")
    REACTIVATE = "reactivate", _("reactivate the account")


class InvitationCause(models.TextChoices):
    """What an invitation came from: two of staff in a case, or what killed the password after documents were seen."""

    STAFF = "staff", _("two of staff")
    REACTIVATED = "reactivated", _("a reactivation")
    READMITTED = "readmitted", _("opened again by staff")
    RECOVERED = "recovered", _("a recovery")


class MessageChannel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    SMS = "sms", _("text message")


class LinkPurpose(models.TextChoices):
    """What the holder of a mailed link may do."""

    STATUS = "status", _("look at a request")
    STOP = "stop", _("stop a request")
    STOP_CHANGE = "stop_change", _("take back a change of contact")
    STOP_SIGN_IN = "stop_sign_in", _("stop a sign-in")
    STOP_DISABLING = "stop_disabling", _("say that disabling was not you")
    RESET_PASSWORD = "reset_password", _("reset the password")
    REACTIVATE = "reactivate", _("reactivate the account")
    RECOVER = "recover", _("recover lost factors")
    STOP_RECOVERY = "stop_recovery", _("stop a recovery")
    STOP_INVITATION = "stop_invitation", _("say that documents must not stand for the proof")
    STOP_REACTIVATION = "stop_reactivate", _("say that reactivating is not you")


class Delivery(models.TextChoices):
    QUEUED = "queued", _("queued")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")


class DeliveryOutcome(models.TextChoices):
    """What a provider reports of a message that it took."""

    SOFT_BOUNCE = "soft_bounce", _("not delivered for now")
    HARD_BOUNCE = "hard_bounce", _("cannot be delivered")
    COMPLAINT = "complaint", _("reported by its reader")


class NoticeMatter(models.TextChoices):
    """What a customer who stays away is told of before its date."""

    DORMANCY = "dormancy", _("dormancy")
    UNCLAIMED = "unclaimed", _("unclaimed property")


class SessionKind(models.TextChoices):
    """Rows a session store holds; an anonymous visitor has none."""

    SIGNING_IN = "signing_in", _("half-finished sign-in")
    CUSTOMER = "customer", _("customer")
    STAFF = "staff", _("staff")
    STATUS = "status", _("status session")


class SignInResult(models.TextChoices):
    COMPLETED = "completed", _("completed")
    REFUSED = "refused", _("refused")


class Action(StrEnum):
    """What the journal can say happened; closure adds its own codes, as plain strings with a dot."""

    ACCOUNT_CREATED = "account.created"
    ACCOUNT_UPDATED = "account.updated"
    STATUS_CHANGED = "account.status_changed"
    RESTRICTION_PLACED = "restriction.placed"
    RESTRICTION_LIFTED = "restriction.lifted"
    WITHDRAWALS_RELEASED = "restriction.withdrawals_released"
    RESTRICTION_CONFIRMED = "restriction.confirmed"
    RESTRICTION_OVERDUE = "restriction.overdue"
    LIFT_ASKED = "restriction.lift_asked"
    LIFT_PROPOSED = "restriction.lift_proposed"
    LIFT_DROPPED = "restriction.lift_dropped"
    SIGNED_IN = "sign_in.completed"
    SIGNED_OUT = "sign_in.ended"
    FACTOR_ADDED = "factor.added"
    FACTOR_REMOVED = "factor.removed"
    FACTOR_REPLACED = "factor.replaced"
    FACTOR_RENAMED = "factor.renamed"
    CONTACT_CHANGED = "contact.changed"
    ANTI_PHISHING_CHANGED = "anti_phishing.changed"
    SESSIONS_ENDED = "sessions.ended"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105  (the name of an event)
    PASSWORD_RESET = "password.reset"  # noqa: S105
    LINK_USED = "link.used"
    STAFF_ENROLLED = "staff.enrolled"
    BLOCKED_FOR_EVER = "block.for_ever"
    BLOCK_REVIEWED = "block.reviewed"
    RELEASE_PROPOSED = "block.release_proposed"
    RELEASE_DROPPED = "block.release_dropped"
    BLOCK_RELEASED = "block.released"
