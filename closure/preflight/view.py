"""What a check looks at: the vetted answer of the core and the portal's own facts about the account."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar

from accounts.enums import FactorKind, IdentityStatus, RestrictionKind
from closure.enums import Area
from closure.exchange.contract import CapUse, Item

Kind = TypeVar("Kind", bound=Item)


@dataclass(frozen=True, kw_only=True)
class GivenUp:
    """An asset that the owner gives up, up to an amount; it counts once staff have `confirmed` it (B12)."""

    amount: Decimal
    confirmed: bool


@dataclass(frozen=True, kw_only=True)
class PortalFacts:
    """What the portal itself knows; `factors` are confirmed kinds, `country` is ISO 3166 or empty.

    `legal_hold` tells of a hold of the whole account; restrictions of law and risk are among `restrictions`.
    """

    restrictions: frozenset[RestrictionKind] = frozenset()
    legal_hold: bool = False
    factors: frozenset[FactorKind] = frozenset()
    identity_status: IdentityStatus = IdentityStatus.NONE
    identity_level: int = 0
    country: str = ""
    vip: int = 0
    given_up: Mapping[str, GivenUp] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class AccountView:
    """Every core area is either in `areas`, vetted, or in `unknown`, with the reason for staff and logs."""

    facts: PortalFacts
    areas: Mapping[Area, tuple[Item, ...]] = field(default_factory=dict)
    unknown: Mapping[Area, str] = field(default_factory=dict)
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    cap_used: tuple[CapUse, ...] = ()
    unstaking: Mapping[str, timedelta] = field(default_factory=dict)

    def items(self, area: Area, kind: type[Kind]) -> list[Kind]:
        """Return the items of one kind in an area; an unknown area has none to show."""
        return [item for item in self.areas.get(area, ()) if isinstance(item, kind)]
