"""One check an area, in the order in which they are shown. A new check is a file here and a line below."""

from collections.abc import Callable
from datetime import datetime

from closure.enums import Area
from closure.policy.schema import Policy
from closure.preflight.checks import (
    api_keys,
    coinm_futures,
    cross_margin,
    earn_flexible,
    earn_locked,
    fiat,
    funding,
    identity,
    isolated_margin,
    liquidity,
    loans,
    nft,
    options,
    orders,
    p2p,
    referrals,
    restrictions,
    second_factor,
    spot,
    staking,
    transfers,
    usdm_futures,
    web3,
)
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView

AreaCheck = Callable[[AccountView, Policy, datetime], list[Finding]]

CHECKS: tuple[tuple[Area, AreaCheck], ...] = (
    (spot.AREA, spot.check),
    (funding.AREA, funding.check),
    (fiat.AREA, fiat.check),
    (usdm_futures.AREA, usdm_futures.check),
    (coinm_futures.AREA, coinm_futures.check),
    (options.AREA, options.check),
    (cross_margin.AREA, cross_margin.check),
    (isolated_margin.AREA, isolated_margin.check),
    (loans.AREA, loans.check),
    (earn_flexible.AREA, earn_flexible.check),
    (earn_locked.AREA, earn_locked.check),
    (liquidity.AREA, liquidity.check),
    (staking.AREA, staking.check),
    (web3.AREA, web3.check),
    (nft.AREA, nft.check),
    (orders.AREA, orders.check),
    (p2p.AREA, p2p.check),
    (transfers.AREA, transfers.check),
    (api_keys.AREA, api_keys.check),
    (referrals.AREA, referrals.check),
    (restrictions.AREA, restrictions.check),
    (second_factor.AREA, second_factor.check),
    (identity.AREA, identity.check),
)
