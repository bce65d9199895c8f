"""The call at the core behind each move, with the arguments that the move keeps; giving up is the portal's own."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from closure.enums import Area
from closure.exchange.contract import Gateway
from closure.preflight.remedies.remedy import QUOTE, Call

Facts = Mapping[str, Any]
WRITES: Mapping[Call, Callable[[Gateway, UUID, Facts, str], object]] = {
    Call.CANCEL_ORDERS: lambda core, account, _facts, key: core.cancel_orders(account, key=key),
    Call.CLOSE_POSITIONS: lambda core, account, facts, key: core.close_positions(
        account, area=Area(facts["area"]), key=key
    ),
    Call.CONVERT_DUST: lambda core, account, facts, key: core.convert_dust(account, quote_id=facts[QUOTE], key=key),
    Call.MOVE_MARGIN: lambda core, account, facts, key: core.move_margin(
        account, area=Area(facts["area"]), asset=facts["asset"], key=key
    ),
    Call.MOVE_WEB3: lambda core, account, facts, key: core.move_web3(account, asset=facts["asset"], key=key),
    Call.REDEEM_EARN: lambda core, account, facts, key: core.redeem_earn(
        account, external_id=facts["external_id"], key=key
    ),
    Call.REMOVE_LIQUIDITY: lambda core, account, facts, key: core.remove_liquidity(
        account, external_id=facts["external_id"], key=key
    ),
    Call.UNSTAKE: lambda core, account, facts, key: core.unstake(account, external_id=facts["external_id"], key=key),
    Call.REPAY_LOAN: lambda core, account, facts, key: core.repay_loan(
        account, area=Area(facts["area"]), asset=facts["asset"], key=key
    ),
    Call.REVOKE_KEYS: lambda core, account, facts, key: core.revoke_keys(
        account, key_ids=tuple(facts["key_ids"]), key=key
    ),
    Call.SELL: lambda core, account, facts, key: core.sell(account, quote_id=facts[QUOTE], key=key),
    Call.WITHDRAW: lambda core, account, facts, key: core.withdraw(account, quote_id=facts[QUOTE], key=key),
    Call.WITHDRAW_FROZEN: lambda core, account, facts, key: core.withdraw_frozen(
        account, quote_id=facts[QUOTE], key=key
    ),
}
