"""What staff may do, role by role: the one table that checks, groups' permissions and docs/roles.md follow.

Each floor writes its own lines (`powers.py`) and its AppConfig carries them. A check asks `actor.may(POWER)`; what the
database says of groups is written from here after every migration, and gives nobody anything by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.apps import apps

from accounts.enums import Role

VIEW = "view"
EVERYBODY = frozenset(Role)
# An auditor looks, and does nothing.
STAFF = EVERYBODY - {Role.AUDITOR}
COMPLIANCE = frozenset({Role.COMPLIANCE})


@dataclass(frozen=True, kw_only=True)
class Power:
    """One thing that may be done with the rows of a table, in words of docs/roles.md, and the roles that may."""

    model: str
    verb: str
    words: str
    roles: frozenset[Role]

    @property
    def app(self) -> str:
        """Label of the app that the table belongs to."""
        return self.model.partition(".")[0]

    @property
    def table(self) -> str:
        """Name of the table's model, as content types have it."""
        return self.model.partition(".")[2].lower()

    @property
    def codename(self) -> str:
        """Name of Django's permission within the app."""
        return f"{self.verb}_{self.table}"


def view(model: str, roles: frozenset[Role] = EVERYBODY) -> Power:
    """Return the power to see a table's list and its rows in the console."""
    return Power(model=model, verb=VIEW, words="see them in the console", roles=roles)


HANDLE_CASES = Power(
    model="accounts.Case",
    verb="handle",
    words=(
        "open, read, answer and resolve; on one, propose what becomes of a late deposit, and ask for its owner's "
        "archive; send failed messages again"
    ),
    roles=STAFF,
)
TAKE_OVER = Power(
    model="accounts.Case",
    verb="take_over",
    words="take one over that another has on their desk",
    roles=frozenset({Role.LEAD}),
)
LIFT = Power(
    model="accounts.Restriction",
    verb="lift",
    words="lift what one person lifts, accept proofs for it; release withdrawals under a failed verification",
    roles=STAFF,
)
LIFT_HOLDS = Power(
    model="accounts.Restriction", verb="lift_held", words="lift legal and risk holds, by two people", roles=COMPLIANCE
)
DECIDE_BLOCKS = Power(
    model="accounts.BlockedIdentity",
    verb="decide",
    words="block for ever, review; release early, by two people",
    roles=COMPLIANCE,
)
REVIEW_RECOVERY = Power(
    model="accounts.FactorRecovery",
    verb="review",
    words=(
        "propose, refuse by a rule, ask for better photos, stop; in a case, propose that documents stand for the "
        "proof, and end that"
    ),
    roles=frozenset({Role.AGENT, Role.LEAD}),
)
CONFIRM_RECOVERY = Power(
    model="accounts.FactorRecovery",
    verb="confirm",
    words="confirm what another proposed, also that documents stand for the proof",
    roles=frozenset({Role.LEAD}),
)
CONFIRM_UNNAMED = Power(
    model="accounts.FactorRecovery",
    verb="confirm_unnamed",
    words="confirm what another proposed for an account with no name on file",
    roles=COMPLIANCE,
)
EXPORT_JOURNAL = Power(
    model="accounts.Event",
    verb="export",
    words="take events along with their proofs, for a reason",
    roles=COMPLIANCE | {Role.AUDITOR},
)
PUBLISH = Power(model="accounts.Announcement", verb="publish", words="publish and end", roles=frozenset({Role.LEAD}))
HANDLE_UNCLAIMED = Power(
    model="accounts.DormancyNotice",
    verb="handle",
    words="say what was done about unclaimed property whose date has come",
    roles=COMPLIANCE,
)
SEEN = (
    "Account",
    "Announcement",
    "BlockedIdentity",
    "Case",
    "DormancyNotice",
    "Event",
    "FactorRecovery",
    "OutboxMessage",
    "Restriction",
)
POWERS: tuple[Power, ...] = (
    *(view(f"accounts.{name}") for name in SEEN),
    HANDLE_CASES,
    TAKE_OVER,
    LIFT,
    LIFT_HOLDS,
    DECIDE_BLOCKS,
    REVIEW_RECOVERY,
    CONFIRM_RECOVERY,
    CONFIRM_UNNAMED,
    EXPORT_JOURNAL,
    PUBLISH,
    HANDLE_UNCLAIMED,
)


@cache
def every() -> tuple[Power, ...]:
    """Return the powers of all floors, the lowest first."""
    found: list[Power] = []
    for config in apps.get_app_configs():
        given: Iterable[Power] = getattr(config, "powers", ())
        found += given
    return tuple(found)


def who_views(model: str) -> frozenset[Role]:
    """Return the roles that see a table; none where no line says so."""
    return frozenset(role for power in every() if (power.model, power.verb) == (model, VIEW) for role in power.roles)
