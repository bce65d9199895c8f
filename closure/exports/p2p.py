"""P2P orders: those that wait, from what the account holds now, and those that are done, from its history (B10)."""

from collections.abc import Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from closure.enums import Area, TransactionKind
from closure.exchange import amounts
from closure.exchange.contract import Order
from closure.exports import history, holdings
from closure.exports.work import Work

COLUMNS: Mapping[str, str | Promise] = {
    "status": _("open or done."),
    "time": _("When it was done, in UTC; empty while it is open."),
    "market": _("What was traded: a market such as USDT/EUR, or the coin alone."),
    "side": _("buy or sell; empty where the exchange does not say."),
    "amount": _("How much, with every digit that the exchange has."),
    "price": _("The price of one; empty where the exchange does not say."),
    "fee": _("The fee of an order that is done."),
    "reference": _("The name of the order at the exchange."),
}
HEADER = tuple(COLUMNS)


def table(work: Work) -> Iterator[tuple[str, ...]]:
    """Yield the header, then the cells of each P2P order, open ones first; raises GatewayError."""
    yield HEADER
    for item in holdings.of_area(work.account, Area.P2P, now=work.now):
        if isinstance(item, Order):
            price = "" if item.price is None else amounts.plain(item.price)
            yield ("open", "", item.symbol, item.side.value, item.text, price, "", item.external_id)
    for each in work.counted(history.transactions(work.account.pk)):
        if each.kind is TransactionKind.P2P:
            yield ("done", history.moment(each.time), each.asset, "", each.text, "", each.fee, each.reference)
