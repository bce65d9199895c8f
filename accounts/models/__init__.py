"""Tables of the lowest floor."""

from accounts.models.account import OPEN_FOR_SIGN_IN, Account
from accounts.models.announcement import Announcement
from accounts.models.backup import BackupCode, BackupDevice
from accounts.models.blocked_identity import BlockedIdentity
from accounts.models.case import Case, CaseContact, CaseLink, CaseMessage
from accounts.models.checkpoint import Checkpoint, JournalLeaf, JournalNode
from accounts.models.contact_change import ContactChange
from accounts.models.delivery_event import DeliveryEvent
from accounts.models.dormancy import DormancyNotice, SweepMark
from accounts.models.factor import BaseDevice, EmailDevice, OneTimeCode, SmsDevice, TotpDevice
from accounts.models.factor_recovery import FactorRecovery
from accounts.models.former_contact import FormerContact
from accounts.models.idempotent_answer import IdempotentAnswer
from accounts.models.identifier import Identifier
from accounts.models.invitation import RecoveryInvitation
from accounts.models.journal import Event, Note
from accounts.models.mailed_link import MailedLink
from accounts.models.matter import Matter
from accounts.models.outbox import OutboxMessage
from accounts.models.passkey import Passkey
from accounts.models.password import PasswordUsed
from accounts.models.registration import RegistrationLink
from accounts.models.restriction import Restriction
from accounts.models.restriction_report import RestrictionReport
from accounts.models.sign_in import Session, SignIn
from accounts.models.step_up import Attempt, StepUp
from accounts.models.tally import Tally

# Every kind of factor that gives codes, in the order in which factors are listed.
DEVICE_CLASSES: tuple[type[BaseDevice], ...] = (EmailDevice, SmsDevice, TotpDevice, Passkey, BackupDevice)

__all__ = [
    "DEVICE_CLASSES",
    "OPEN_FOR_SIGN_IN",
    "Account",
    "Announcement",
    "Attempt",
    "BackupCode",
    "BackupDevice",
    "BaseDevice",
    "BlockedIdentity",
    "Case",
    "CaseContact",
    "CaseLink",
    "CaseMessage",
    "Checkpoint",
    "ContactChange",
    "DeliveryEvent",
    "DormancyNotice",
    "EmailDevice",
    "Event",
    "FactorRecovery",
    "FormerContact",
    "IdempotentAnswer",
    "Identifier",
    "JournalLeaf",
    "JournalNode",
    "MailedLink",
    "Matter",
    "Note",
    "OneTimeCode",
    "OutboxMessage",
    "Passkey",
    "PasswordUsed",
    "RecoveryInvitation",
    "RegistrationLink",
    "Restriction",
    "RestrictionReport",
    "Session",
    "SignIn",
    "SmsDevice",
    "StepUp",
    "SweepMark",
    "Tally",
    "TotpDevice",
]
