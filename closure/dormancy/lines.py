"""What time without activity brings by the policy and the law of each place: one line each, found by a range (B3)."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q, QuerySet

from accounts.enums import AccountStatus, NoticeMatter
from accounts.models import Account
from closure import causes
from closure.dormancy.dates import Period, cutoff
from closure.dormancy.jurisdictions import Jurisdiction, table
from closure.policy.schema import DormancyPolicy

# Days before an account is dormant on which its owner is told, furthest first (I06).
DAYS_BEFORE = (60, 7, 1)
ASLEEP = (AccountStatus.INACTIVE, AccountStatus.DORMANT)
# The law does not ask whether somebody can sign in: it runs on for who disabled the account, or was locked out of it.
AWAY = (*ASLEEP, AccountStatus.DISABLED)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: it acts `ahead` days before the period is over, on accounts of these statuses and this condition.

    With a matter it announces a date, `least` days away at least; without one it makes accounts inactive.
    """

    name: str
    period: Period
    statuses: tuple[AccountStatus, ...]
    where: Q = field(default_factory=Q)
    matter: NoticeMatter | None = None
    ahead: int = 0
    least: int = 0

    def end(self, today: date) -> datetime:
        """Return before when whoever is due today was last active."""
        return cutoff(date.fromordinal(today.toordinal() + self.ahead), self.period)

    def accounts(self) -> QuerySet[Account]:
        """Return the accounts that it may act on: none of staff, and none that law or risk holds (invariant 19)."""
        found = Account.objects.filter(self.where, status__in=self.statuses, is_staff=False)
        return found.exclude(causes.held_accounts())


def inactive(policy: DormancyPolicy) -> Line:
    """Return the line by which accounts become inactive (I03)."""
    return Line(name="inactive", period=Period.of(policy.inactive_after), statuses=(AccountStatus.ACTIVE,))


def announced(policy: DormancyPolicy) -> list[Line]:
    """Return the lines that announce a date: dormancy where the policy has it, unclaimed property where a law does."""
    found = []
    if policy.dormant_years is not None:
        found.append(
            Line(
                name=NoticeMatter.DORMANCY.value,
                period=Period(years=policy.dormant_years),
                statuses=(AccountStatus.INACTIVE,),
                matter=NoticeMatter.DORMANCY,
                ahead=DAYS_BEFORE[0],
                least=DAYS_BEFORE[0],
            )
        )
    return [*found, *_unclaimed(policy)]


def _unclaimed(policy: DormancyPolicy) -> list[Line]:
    """Return one line for all places with the same period and notice: each line is a walk of its own."""
    groups: dict[tuple[int, int, int], Q] = defaultdict(Q)
    for place, law in table().items():
        groups[law.years, law.most_days, law.least_days] |= _lives_in(place)
    found = [_line(Jurisdiction(years=y, most_days=m, least_days=n), where) for (y, m, n), where in groups.items()]
    if policy.unclaimed_years is not None:
        countries = {place.partition("-")[0] for place in table()}
        elsewhere = ~Q(country__in=sorted(countries & set(table())))
        found.append(_line(Jurisdiction(years=policy.unclaimed_years), elsewhere, name="unclaimed elsewhere"))
    return found


def _line(law: Jurisdiction, where: Q, *, name: str = "") -> Line:
    return Line(
        name=name or f"unclaimed {law.years}y {law.most_days}-{law.least_days}d",
        period=Period(years=law.years),
        statuses=AWAY,
        where=where,
        matter=NoticeMatter.UNCLAIMED,
        ahead=law.most_days,
        least=law.least_days,
    )


def _lives_in(place: str) -> Q:
    """Return the condition that an address belongs to a listed place; a country has the regions that are not listed."""
    country, _dash, region = place.partition("-")
    if region:
        return Q(country=country, region=region)
    listed = [each.partition("-")[2] for each in table() if each.startswith(f"{country}-")]
    return Q(country=country) & ~Q(region__in=listed)
