"""Names of what is kept and why: stored values, so a change of one is a migration."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class RecordClass(models.TextChoices):
    """What a sealed record holds; each class has a period of its own (H01)."""

    IDENTITY = "identity", _("identity")
    TRANSACTIONS = "transactions", _("transactions")
    CLOSURE_FILE = "closure_file", _("closure file")


class MonthState(models.TextChoices):
    """Of the key that wraps the keys of a purge month."""

    OPEN = "open", _("open")
    DESTROYED = "destroyed", _("destroyed")


class HoldState(models.TextChoices):
    """How a legal hold stands, in words; it follows from who did what when and is stored nowhere."""

    PLACED = "placed", _("waits for a second person")
    OVERDUE = "overdue", _("overdue: nobody confirmed it")
    CONFIRMED = "confirmed", _("confirmed")
    LIFT_PROPOSED = "lift_proposed", _("lifting is proposed")
    LIFTED = "lifted", _("lifted")


class ExtensionReason(models.TextChoices):
    """What keeps an archive beyond its date beside a legal hold."""

    CLAIM = "claim", _("open claim")


class DisclosurePurpose(models.TextChoices):
    """Whom an archive is opened for (F05)."""

    REGULATOR = "regulator", _("regulator or court")
    PERSON = "person", _("the person concerned")


class DisclosureState(models.TextChoices):
    """How a disclosure stands, in words; it follows from who did what and is stored nowhere."""

    APPROVING = "approving", _("waits for approval")
    READY = "ready", _("can be opened")
    OPENED = "opened", _("opened")


class ArchiveAction(StrEnum):
    """What the journal says of archives."""

    PURGED = "archive.purged"
    KEYS_ROTATED = "archive.keys_rotated"
    TEXTS_DESTROYED = "archive.texts_destroyed"


class KeyProblem(models.TextChoices):
    """Why the key of a month does not do its work, found by its canary."""

    GONE = "gone", _("the key is gone")
    UNREADABLE = "unreadable", _("the key or the canary cannot be read")
    NO_CANARY = "no_canary", _("the canary is gone")
