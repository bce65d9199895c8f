"""The core as remedies ask it: calls bounded in time, answers vetted, what cannot be believed never acted on."""

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from accounts.failures import kind_and_place
from closure.exceptions import CoreAway, RemedyRefused
from closure.exchange import answers
from closure.exchange.contract import Address, Done, Gateway, Quote
from closure.exchange.errors import Refused
from closure.preflight import asking
from closure.preflight.remedies.wordings import REFUSALS, refusal
from closure.preflight.vetting_items import is_amount, is_name, is_time

logger = logging.getLogger(__name__)


class Core:
    """One account at one gateway."""

    def __init__(self, gateway: Gateway, account_id: UUID, *, deadline: timedelta) -> None:
        self._gateway, self._account_id, self._deadline = gateway, account_id, deadline

    def quote(self, ask: Callable[[Gateway, UUID], object]) -> Quote:
        """Return a quote that can be true; raises RemedyRefused where the core says no, CoreAway otherwise."""
        answer = self._read(lambda: ask(self._gateway, self._account_id))
        if not isinstance(answer, Quote) or not all(_facts_of(answer)):
            logger.warning("remedy: a quote that cannot be true")
            raise CoreAway
        return answer

    def addresses(self) -> tuple[Address, ...]:
        """Return the saved withdrawal addresses; raises CoreAway, RemedyRefused."""
        answer: object = self._read(lambda: self._gateway.addresses(self._account_id))
        if not isinstance(answer, tuple | list) or not all(isinstance(each, Address) for each in answer):
            raise CoreAway
        return tuple(answer)

    def write(self, call: Callable[[Gateway, UUID], object]) -> Done:
        """Make a write and return its answer.

        Raises RemedyRefused where the core understood and said no for a reason that we know: nothing moved. Whatever
        else it raises or answers leaves open whether it happened.
        """
        try:
            answer: object = asking.within(
                self._gateway, lambda: call(self._gateway, self._account_id), deadline=self._deadline
            )
        except Refused as error:
            if error.reason not in REFUSALS:
                raise
            raise RemedyRefused(refusal(error.reason), reason=error.reason) from error
        return answers.done(answer)

    def outcome(self, key: str) -> Done | None:
        """Ask what became of a write under a key; None where it was not done. Raises whatever leaves that open."""
        answer: object = asking.within(
            self._gateway, lambda: self._gateway.outcome(self._account_id, key=key), deadline=self._deadline
        )
        return None if answer is None else answers.done(answer)

    def _read(self, call: Callable[[], Any]) -> Any:
        try:
            return asking.within(self._gateway, call, deadline=self._deadline)
        except Refused as error:
            if error.reason not in REFUSALS:
                logger.warning("remedy: the core refuses to say: %s", kind_and_place(error))
                raise CoreAway from error
            raise RemedyRefused(refusal(error.reason), reason=error.reason) from error
        except Exception as error:
            # A GatewayError, or a gateway that breaks its promise to raise nothing else.
            logger.warning("remedy: no answer: %s", kind_and_place(error))
            raise CoreAway from error


def _facts_of(quote: Quote) -> Iterator[bool]:
    """Yield of each fact of a quote whether it can be true."""
    takes: object = quote.takes
    name: object = quote.quote_id
    yield is_name(quote.asset)
    yield is_name(quote.fee_asset)
    yield is_name(quote.receives_asset)
    yield isinstance(name, str) and bool(name)
    yield is_amount(quote.amount)
    yield is_amount(quote.fee)
    yield is_amount(quote.receives)
    yield quote.settles is None or is_time(quote.settles)
    yield isinstance(takes, Mapping) and all(is_name(part) for pair in takes.items() for part in pair)
