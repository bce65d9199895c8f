"""A case of a reactivation ends with it: resolved before, its photos would go while somebody still looks at them."""

from accounts import cases
from accounts.models import Case
from closure.models import Reactivation
from closure.models.reactivation import OPEN_REACTIVATIONS


def about(case: Case) -> str:
    """Return the reference of the open reactivation that a case ends with."""
    standing = Reactivation.objects.filter(case=case, state__in=sorted(OPEN_REACTIVATIONS))
    return standing.values_list("reference", flat=True).first() or ""


def plug() -> None:
    """Keep such cases open until it is decided (closure.apps)."""
    cases.set_about(about)
