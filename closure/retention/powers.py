"""What staff may do about legal holds and archives (accounts.powers)."""

from accounts.enums import Role
from accounts.powers import COMPLIANCE, Power, view

HOLD, DISCLOSURE = "retention.LegalHold", "retention.Disclosure"
# An order of an authority is for compliance and for who audits it.
SEE_ORDERS = COMPLIANCE | {Role.AUDITOR}
VIEW_HOLDS = view(HOLD, SEE_ORDERS)
DECIDE_HOLDS = Power(model=HOLD, verb="decide", words="place; confirm and lift, by two people", roles=COMPLIANCE)
VIEW_ORDERS = Power(
    model=DISCLOSURE, verb="view_ordered", words="see those that an authority ordered", roles=SEE_ORDERS
)
APPROVE_AS_AGENT = Power(
    model=DISCLOSURE,
    verb="approve_as_agent",
    words="approve the person's documents as agent",
    roles=frozenset({Role.AGENT}),
)
APPROVE_AS_LEAD = Power(
    model=DISCLOSURE,
    verb="approve_as_lead",
    words="approve the person's documents as lead",
    roles=frozenset({Role.LEAD}),
)
OPEN = Power(
    model=DISCLOSURE,
    verb="open",
    words="ask for an authority; open an archive, after a fresh factor and for a reason",
    roles=COMPLIANCE,
)
POWERS: tuple[Power, ...] = (
    VIEW_HOLDS,
    view(DISCLOSURE),
    DECIDE_HOLDS,
    VIEW_ORDERS,
    APPROVE_AS_AGENT,
    APPROVE_AS_LEAD,
    OPEN,
)
