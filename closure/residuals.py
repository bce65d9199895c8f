"""What stays behind when an account closes, because its owner gave it up: for the receipt and the books (B12)."""

from dataclasses import dataclass
from datetime import datetime

from closure import queries
from closure.enums import ResidualState
from closure.models import ClosureRequest, Residual
from closure.notes import warning_codes
from closure.preflight.dust import WALLETS
from closure.preflight.findings import slug


@dataclass(frozen=True, kw_only=True)
class LeftBehind:
    """An asset that was given up: owed to the person under the sealed identity, never income."""

    residual_id: str
    asset: str
    amount: str
    given_up_at: datetime
    confirmed_at: datetime


def residuals_of(request: ClosureRequest) -> tuple[LeftBehind, ...]:
    """Return what stays behind, oldest first: confirmed, and still there in the last account check of the request.

    Read it while that check is kept, which is until the account is erased.
    """
    run = queries.latest_run(request)
    told = set(warning_codes(run.result)) if run is not None else set()
    confirmed = Residual.objects.filter(account_id=request.account_id, state=ResidualState.CONFIRMED).order_by("id")
    return tuple(
        LeftBehind(
            residual_id=str(each.pk),
            asset=each.asset,
            amount=each.amount,
            given_up_at=each.asked_at,
            confirmed_at=each.decided_at,
        )
        for each in confirmed
        if each.decided_at is not None and told & {f"{area}_given_up_{slug(each.asset)}" for area in WALLETS}
    )
