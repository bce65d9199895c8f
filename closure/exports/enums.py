"""How the making of a file for a customer stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ExportState(models.TextChoices):
    """`building` is said of a queued one that somebody is at; it is never stored."""

    QUEUED = "queued", _("waiting")
    BUILDING = "building", _("being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")


class ExportFailure(models.TextChoices):
    """Why an export failed, in words that a customer can act on."""

    CORE = "core_away", _("The exchange did not answer completely while we made the file. Ask for it again later.")
    OURS = "internal_error", _("Something went wrong on our side while we made the file. Ask for it again.")
    LOST = "file_lost", _("The file is not whole any more, so nobody gets it. Ask for it again.")
