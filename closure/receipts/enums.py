"""What a receipt says, and what checking one says: stored in receipts, so a change of one is a new version of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReceiptAnswer(models.TextChoices):
    """What checking a receipt says."""

    VALID = "valid", _("valid")
    CHANGED = "changed", _("changed")
    NOT_OURS = "not_ours", _("not ours")
    NOT_A_RECEIPT = "not_a_receipt", _("not a receipt")


class LeftBehind(models.TextChoices):
    """What an owner accepted to lose: stored in receipts."""

    BALANCE = "balance", _("Small balances")
    NFT = "nft", _("NFTs")
    COMMISSION = "commission", _("Unsettled commissions")
