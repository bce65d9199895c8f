"""What is erased, under names that people know: every table that closing erases belongs to one group (F07)."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from closure.retention.erase import erasures


class ErasedGroup(models.TextChoices):
    """Kinds of what is erased: stored in receipts, in this order, so a change of one is a new version of them."""

    PROFILE = "profile", _("Name, contact and identity details")
    SIGN_INS = "sign_ins", _("Sign-ins and sessions")
    PROTECTION = "protection", _("Passwords, factors and codes")
    EXCHANGE_ACCESS = "exchange_access", _("API keys and saved withdrawal addresses")
    TRADING = "trading", _("Balances, orders, positions and loans")
    TRANSACTIONS = "transactions", _("Transactions and transfers")
    CHECKS = "checks", _("Results of account checks")
    MESSAGES = "messages", _("Messages to you")
    RECORDS = "records", _("Notes and technical records")


G = ErasedGroup
# Restrictions and holds are among other records: a number of their own would tell that there were any (tipping-off).
_TABLES: dict[ErasedGroup, str] = {
    G.PROFILE: "accounts.Account accounts.Identifier accounts.FormerContact accounts.ContactChange",
    G.SIGN_INS: "accounts.SignIn accounts.Session",
    G.PROTECTION: (
        "accounts.PasswordUsed accounts.EmailDevice accounts.SmsDevice accounts.TotpDevice accounts.Passkey "
        "accounts.BackupCode accounts.BackupDevice accounts.OneTimeCode accounts.StepUp accounts.Attempt "
        "accounts.MailedLink accounts.FactorRecovery accounts.RecoveryInvitation "
        "django_otp_webauthn.WebAuthnUserHandle"
    ),
    G.EXCHANGE_ACCESS: "closure.LedgerApiKey closure.LedgerAddress",
    G.TRADING: (
        "closure.LedgerHolding closure.LedgerPosition closure.LedgerOrder closure.LedgerLoan closure.LedgerReferral "
        "closure.LedgerDebt closure.LedgerNft closure.CoreNews"
    ),
    G.TRANSACTIONS: "closure.LedgerTransaction closure.LedgerTransfer",
    G.CHECKS: "closure.CheckRun",
    G.MESSAGES: "accounts.DeliveryEvent accounts.CaseMessage accounts.DormancyNotice",
    G.RECORDS: (
        "accounts.Restriction accounts.Note accounts.IdempotentAnswer closure.LedgerEffect closure.LedgerEvent "
        "closure.LedgerImport closure.Export closure.RemedyRun accounts.CaseContact accounts.CaseLink "
        "accounts.Matter closure.Disabling closure.Evidence closure.Sighting closure.WelcomeBack closure.Reactivation "
        "closure.Readmission retention.LegalHold"
    ),
}
GROUPS: dict[str, ErasedGroup] = {label: group for group, labels in _TABLES.items() for label in labels.split()}


def count(account_ids: Iterable[UUID]) -> dict[UUID, Counter[ErasedGroup]]:
    """Return how many rows of each account erasing will remove or empty, by group: one query a table.

    The caller's transaction has locked the accounts. Raises KeyError for a table without a group.
    """
    found: dict[UUID, Counter[ErasedGroup]] = {key: Counter() for key in account_ids}
    for erasure in erasures():
        for account_id, rows in erasure.count(list(found)).items():
            found[account_id][GROUPS[erasure.model._meta.label]] += rows
    return found
