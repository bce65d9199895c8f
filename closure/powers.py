"""What staff may do about closures and what comes with them (accounts.powers)."""

from accounts.enums import Role
from accounts.powers import COMPLIANCE, STAFF, Power, view

REQUEST, CLAIM = "closure.ClosureRequest", "closure.DepositClaim"
VIEW_REQUESTS = view(REQUEST)
VIEW_REACTIVATIONS = view("closure.Reactivation")
DECIDE = Power(
    model=REQUEST,
    verb="decide",
    words="check again, record a face check, start parked work again; confirm or refuse what is given up",
    roles=STAFF,
)
# As whom staff act in docs/lifecycle.md: a lead decides what an agent decides, and more.
AS_AGENT = Power(
    model=REQUEST, verb="act_as_agent", words="act as A in lifecycle.md", roles=frozenset({Role.AGENT, Role.LEAD})
)
AS_LEAD = Power(
    model=REQUEST,
    verb="act_as_lead",
    words="act as L in lifecycle.md: approve what another proposed",
    roles=frozenset({Role.LEAD}),
)
AS_COMPLIANCE = Power(model=REQUEST, verb="act_as_compliance", words="act as X in lifecycle.md", roles=COMPLIANCE)
ASSIGN = Power(
    model=REQUEST,
    verb="assign",
    words="say whose work requests are; take one over that another has on their desk",
    roles=frozenset({Role.LEAD}),
)
RELEASE = Power(model=REQUEST, verb="release", words="release a disputed account, by two people", roles=COMPLIANCE)
SETTLE = Power(
    model=CLAIM,
    verb="settle",
    words="settle what another proposed",
    roles=frozenset({Role.LEAD, Role.COMPLIANCE}),
)
SEARCH = Power(model=CLAIM, verb="search", words="ask whose archive a sender is in, for a reason", roles=COMPLIANCE)
POWERS: tuple[Power, ...] = (
    VIEW_REQUESTS,
    view("closure.Residual"),
    view("closure.Effect"),
    view(CLAIM),
    view("closure.HelpFeedback"),
    view("closure.Evidence"),
    VIEW_REACTIVATIONS,
    view("closure.Readmission"),
    DECIDE,
    AS_AGENT,
    AS_LEAD,
    AS_COMPLIANCE,
    ASSIGN,
    RELEASE,
    SETTLE,
    SEARCH,
)
