"""Tables of the embedded core. They know an account by its opaque key only, as a core elsewhere would.

Amounts are text exactly as they were given: SQLite's decimal affinity loses digits past the fifteenth.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.ids import uuid7
from accounts.models.base import OfAccount
from closure.enums import Area, Direction, OrderKind, Side, TransactionKind, TransferKind
from closure.exchange.amounts import MAX_LENGTH as AMOUNT_LENGTH

ID_LENGTH, ASSET_LENGTH, NAME_LENGTH, ADDRESS_LENGTH, KEY_LENGTH = 128, 32, 128, 256, 128


class LedgerRow(OfAccount):
    """A row of one account at the core."""

    account_id = models.UUIDField()

    class Meta:
        abstract = True
        app_label = "closure"

    def __str__(self) -> str:
        return str(self.pk)


def _of_account(name: str, *more: str) -> models.Index:
    return models.Index(fields=["shard", "account_id", *more], name=f"ledger_{name}_of_account")


def _external_id_once(name: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=["account_id", "external_id"], condition=~Q(external_id=""), name=f"ledger_{name}_once"
    )


class LedgerHolding(LedgerRow):
    """So much of an asset in one place; `unbonding` rows move to spot when `unlocks` has passed."""

    area = models.CharField(max_length=16, choices=Area)
    asset = models.CharField(max_length=ASSET_LENGTH)
    amount = models.CharField(max_length=AMOUNT_LENGTH)
    value_usdt = models.CharField(max_length=AMOUNT_LENGTH, null=True)
    unlocks = models.DateTimeField(null=True)
    redeemable = models.BooleanField(default=True)
    unbonding = models.BooleanField(default=False)
    external_id = models.CharField(max_length=ID_LENGTH, blank=True)

    class Meta(LedgerRow.Meta):
        indexes: ClassVar = [_of_account("holding")]
        constraints: ClassVar = [_external_id_once("holding")]


class LedgerPosition(LedgerRow):
    area = models.CharField(max_length=16, choices=Area)
    symbol = models.CharField(max_length=NAME_LENGTH)
    side = models.CharField(max_length=8, choices=Side)
    amount = models.CharField(max_length=AMOUNT_LENGTH)
    value_usdt = models.CharField(max_length=AMOUNT_LENGTH, null=True)

    class Meta(LedgerRow.Meta):
        indexes: ClassVar = [_of_account("position")]


class LedgerOrder(LedgerRow):
    area = models.CharField(max_length=16, choices=Area)
    kind = models.CharField(max_length=16, choices=OrderKind)
    symbol = models.CharField(max_length=NAME_LENGTH)
    side = models.CharField(max_length=8, choices=Side)
    amount = models.CharField(max_length=AMOUNT_LENGTH)
    price = models.CharField(max_length=AMOUNT_LENGTH, null=True)
    external_id = models.CharField(max_length=ID_LENGTH, blank=True)

    class Meta(LedgerRow.Meta):
        indexes: ClassVar = [_of_account("order")]
        constraints: ClassVar = [_external_id_once("order")]


class LedgerLoan(LedgerRow):
    area = models.CharField(max_length=16, choices=Area)
    asset = models.CharField(max_length=ASSET_LENGTH)
    amount = models.CharField(max_length=AMOUNT_LENGTH)

    class Meta(LedgerRow.Meta):
        indexes: ClassVar = [_of_account("loan")]


class LedgerDebt(LedgerRow):
    """What is owed in one asset, and where it can be paid; the row stays, at nothing, when it is settled."""

    asset = models.CharField(max_length=ASSET_LENGTH)
    amount = models.CharField(max_length=AMOUNT_LENGTH)
    network = models.CharField(max_length=ASSET_LENGTH, blank=True)
    address = models.CharField(max_length=ADDRESS_LENGTH, blank=True)

    class Meta(LedgerRow.Meta):
        indexes: ClassVar = [_of_account("debt")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["account_id", "asset"], name="ledger_debt_once")]


class LedgerTransfer(LedgerRow):
    """Money on its way; `fee` is the part of `amount` that does not arrive."""

    direction = models.CharField(max_length=4, choices=Direction)
    kind = models.CharField(max_length=8, choices=TransferKind)
    asset = models.CharField(max_length=ASSET_LENGTH)
    amount = models.CharField(max_length=AMOUNT_LENGTH)
    fee = models.CharField(max_length=AMOUNT_LENGTH, default="0")
    settles = models.DateTimeField(null=True)

    class Meta(LedgerRow.Meta):
        indexes: ClassVar = [_of_account("transfer")]


class LedgerApiKey(LedgerRow):
    """A revoked key stays as such, so that no later import brings it back."""

    key_id = models.CharField(max_length=ID_LENGTH)
    label = models.CharField(max_length=NAME_LENGTH, blank=True)
    scopes = models.JSONField(default=list)
    last_used = models.DateTimeField(null=True)
    revoked = models.BooleanField(default=False)

    class Meta(LedgerRow.Meta):
        indexes: ClassVar = [_of_account("key")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account_id", "key_id"], name="ledger_key_once"),
        ]


class LedgerAddress(LedgerRow):
    asset = models.CharField(max_length=ASSET_LENGTH)
    network = models.CharField(max_length=ASSET_LENGTH)
    address = models.CharField(max_length=ADDRESS_LENGTH)
    label = models.CharField(max_length=NAME_LENGTH, blank=True)
    whitelisted = models.BooleanField(default=False)

    class Meta(LedgerRow.Meta):
        indexes: ClassVar = [_of_account("address")]


class LedgerTransaction(LedgerRow):
    """What happened; `value_usdt` is the value of a withdrawal at its time, None when it was not priced."""

    time = models.DateTimeField()
    kind = models.CharField(max_length=16, choices=TransactionKind)
    asset = models.CharField(max_length=ASSET_LENGTH)
    amount = models.CharField(max_length=AMOUNT_LENGTH)
    fee = models.CharField(max_length=AMOUNT_LENGTH, default="0")
    reference = models.CharField(max_length=ID_LENGTH, blank=True)
    value_usdt = models.CharField(max_length=AMOUNT_LENGTH, null=True)

    class Meta(LedgerRow.Meta):
        indexes: ClassVar = [_of_account("transaction", "time", "id")]


class LedgerReferral(LedgerRow):
    asset = models.CharField(max_length=ASSET_LENGTH)
    amount = models.CharField(max_length=AMOUNT_LENGTH)
    settled = models.BooleanField(default=False)

    class Meta(LedgerRow.Meta):
        indexes: ClassVar = [_of_account("referral")]


class LedgerNft(LedgerRow):
    collection = models.CharField(max_length=NAME_LENGTH)
    token = models.CharField(max_length=NAME_LENGTH)
    chain = models.CharField(max_length=ASSET_LENGTH)

    class Meta(LedgerRow.Meta):
        indexes: ClassVar = [_of_account("nft")]


class LedgerAccountState(LedgerRow):
    """What the core lets an account do; the row that every write of the account locks first."""

    account_id = models.UUIDField(unique=True)
    deposits_locked = models.BooleanField(default=False)
    whitelist_on = models.BooleanField(default=False)
    frozen = models.BooleanField(default=False)
    closed = models.BooleanField(default=False)

    class Meta(LedgerRow.Meta):
        pass


class LedgerEffect(LedgerRow):
    """A write that was done, by its idempotency key, with the answer it gave (invariant 7)."""

    key = models.CharField(max_length=KEY_LENGTH, unique=True)
    call = models.CharField(max_length=32)
    digest = models.BinaryField(max_length=32)
    answer = models.JSONField(default=dict)
    done_at = models.DateTimeField()

    class Meta(LedgerRow.Meta):
        indexes: ClassVar = [_of_account("effect")]


class LedgerEvent(LedgerRow):
    """Something that happened by itself; `position` is the cursor, given out in the order of commits."""

    position = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=16)
    data = models.JSONField(default=dict)

    class Meta(LedgerRow.Meta):
        indexes: ClassVar = [_of_account("event")]


class LedgerCounter(models.Model):
    """The last position given to an event; its row lock is held to the commit, so that no reader skips one."""

    name = models.CharField(max_length=16, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        app_label = "closure"

    def __str__(self) -> str:
        return self.name


class LedgerImport(models.Model):
    """Keyed digest of the line an account was last imported from: the same line again changes nothing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account_id = models.UUIDField(unique=True)
    digest = models.BinaryField(max_length=32)
    key_version = models.PositiveSmallIntegerField()
    imported_at = models.DateTimeField()

    class Meta:
        app_label = "closure"

    def __str__(self) -> str:
        return str(self.pk)
