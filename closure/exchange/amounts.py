"""Amounts as exchanges print them: read strictly, counted exactly, written without an exponent."""

import re
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow

MAX_PLACES = 18
MAX_WHOLE_DIGITS = 30
MAX_LENGTH = 64
_NOTATION = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
# Wide enough that no sum or product of two amounts is ever rounded; a rounding nobody asked for is an error.
EXACT = Context(prec=160, traps=[Inexact, InvalidOperation, Overflow])
ZERO = Decimal(0)


class BadAmount(ValueError):
    """A text that is no amount; the message says why, without repeating the text."""


def read(text: str) -> Decimal:
    """Return an amount: not negative, at most 18 places that carry a digit, any notation (`0E-8`, `1e-7`).

    Zeros that only fill up places do not count: exchanges print twenty. Raises BadAmount.
    """
    if len(text) > MAX_LENGTH:
        raise BadAmount(f"is longer than {MAX_LENGTH} characters")
    if text.startswith("-"):
        raise BadAmount("is negative")
    if not _NOTATION.fullmatch(text):
        raise BadAmount("is not a decimal number")
    amount = EXACT.create_decimal(text)
    if not amount:
        return amount
    _sign, digits, exponent = amount.as_tuple()
    trailing = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    if -(int(exponent) + trailing) > MAX_PLACES:
        raise BadAmount(f"has more than {MAX_PLACES} decimal places")
    if amount.adjusted() >= MAX_WHOLE_DIGITS:
        raise BadAmount("is too large")
    return amount


def plain(amount: Decimal) -> str:
    """Return an amount as text, digits and a point only."""
    return f"{amount:f}"


def brief(amount: Decimal) -> str:
    """Return an amount as people read it: without zeros that only fill up places."""
    text = plain(amount)
    return text.rstrip("0").rstrip(".") if "." in text else text


def add(left: Decimal, right: Decimal) -> Decimal:
    """Return the exact sum."""
    return EXACT.add(left, right)


def subtract(left: Decimal, right: Decimal) -> Decimal:
    """Return the exact difference; raises BadAmount when it would be negative."""
    if right > left:
        raise BadAmount("is less than what is taken away")
    return EXACT.subtract(left, right)


def multiply(left: Decimal, right: Decimal) -> Decimal:
    """Return the exact product."""
    return EXACT.multiply(left, right)


def round_down(amount: Decimal, places: int) -> Decimal:
    """Return the amount cut after `places`, never more than it was."""
    context = Context(prec=160, rounding="ROUND_DOWN")
    return amount.quantize(Decimal(1).scaleb(-places), context=context)


def divide_down(left: Decimal, right: Decimal, places: int) -> Decimal:
    """Return the quotient cut after `places`."""
    context = Context(prec=160, rounding="ROUND_DOWN")
    return round_down(context.divide(left, right), places)
