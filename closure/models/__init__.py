"""Tables of closing; the embedded ledger's tables belong to closure.exchange.ledger and are registered here."""

from closure.exchange.ledger import models as ledger
from closure.models.check_run import CheckRun
from closure.models.core_cursor import CoreCursor
from closure.models.deposit_claim import DepositClaim
from closure.models.disabling import Disabling
from closure.models.effect import Effect
from closure.models.evidence import Evidence, Sighting
from closure.models.export import Export
from closure.models.help_feedback import HelpFeedback
from closure.models.reactivation import Reactivation
from closure.models.readmission import Readmission
from closure.models.receipt import Receipt
from closure.models.remedy import RemedyRun
from closure.models.request import ClosureRequest
from closure.models.residual import Residual
from closure.models.welcome import CoreNews, WelcomeBack

__all__ = [
    "CheckRun",
    "ClosureRequest",
    "CoreCursor",
    "CoreNews",
    "DepositClaim",
    "Disabling",
    "Effect",
    "Evidence",
    "Export",
    "HelpFeedback",
    "Reactivation",
    "Readmission",
    "Receipt",
    "RemedyRun",
    "Residual",
    "Sighting",
    "WelcomeBack",
    "ledger",
]
