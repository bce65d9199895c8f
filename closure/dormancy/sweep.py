"""The sweep of customers who stay away: inactive, told, told again, dormant (I03-I06). Nothing of theirs is touched.

Each batch is one transaction with its mark, so that a run that was killed goes on where it was, and two at once do
nothing twice. Frozen and closed accounts, staff, and what law or risk holds are left alone; disabled ones are told of
unclaimed property alone.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.enums import AccountStatus, NoticeMatter
from accounts.models import Account, DormancyNotice
from accounts.status import change_status_many
from closure import causes
from closure.dormancy import lines, marks, notices
from closure.dormancy.dates import DAY
from closure.dormancy.lines import DAYS_BEFORE, Line
from closure.policy import loader
from closure.policy.schema import DormancyPolicy

SWEEP = Actor.system("sweep_dormancy")
REASON = "inactivity"
BATCH = 500
# What the worker does of it each minute, beside everything else that is due.
STEP = 2000
Report = Callable[[str, int], None]


@dataclass
class Run:
    """One run: what it is given, and what it has done so far."""

    now: datetime
    policy: DormancyPolicy
    batch_size: int
    left: int | None
    report: Report
    stop: Callable[[], bool]
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def today(self) -> date:
        """The day, in UTC."""
        return self.now.date()

    def size(self) -> int:
        """How many the next batch may have: none when the limit is reached, or somebody asked to stop."""
        if self.stop():
            return 0
        return self.batch_size if self.left is None else min(self.batch_size, self.left)

    def done(self, what: str, *, looked: int, acted: int) -> None:
        """Count a batch and tell it."""
        self.left = None if self.left is None else self.left - looked
        if acted:
            self.counts[what] += acted
            self.report(what, acted)


def step(now: datetime) -> dict[str, int]:
    """Do a small part of what is due today, for the worker; returns how many accounts it was about."""
    return {"dormancy": sum(sweep(now=now, limit=STEP).values())}


def sweep(
    *,
    now: datetime,
    batch_size: int = BATCH,
    limit: int | None = None,
    report: Report = lambda _what, _count: None,
    stop: Callable[[], bool] = lambda: False,
) -> Counter[str]:
    """Do what is due; returns how many accounts of each kind. `limit` bounds the accounts that are looked at."""
    policy = loader.current().dormancy
    run = Run(now=now, policy=policy, batch_size=batch_size, left=limit, report=report, stop=stop)
    _walk(run, lines.inactive(policy))
    if policy.dormant_years is not None:
        for nearer, further in _steps():
            _follow(run, nearer, further)
    for line in lines.announced(policy):
        _walk(run, line)
    return run.counts


def due(*, now: datetime) -> dict[str, int]:
    """Return how many accounts a run would be about, and change nothing."""
    policy, today = loader.current().dormancy, now.date()
    found: dict[str, int] = {}
    for line in (lines.inactive(policy), *lines.announced(policy)):
        end = line.end(today)
        rows = line.accounts().filter(last_active_at__lt=end)
        if line.matter is not None:
            rows = rows.exclude(pk__in=DormancyNotice.objects.filter(matter=line.matter).values("account_id"))
        found[_name(line)] = found.get(_name(line), 0) + rows.count()
    if policy.dormant_years is not None:
        found |= {_told(nearer): _near(nearer, further, today).count() for nearer, further in _steps()}
    return found


def outcomes() -> list[str]:
    """Return what a run can do, in the order in which it tells it."""
    told = [_told(nearer) for nearer, _further in _steps()]
    return [AccountStatus.INACTIVE.value, *(f"{matter.value}_announced" for matter in NoticeMatter), *told]


def _name(line: Line) -> str:
    return AccountStatus.INACTIVE.value if line.matter is None else f"{line.matter.value}_announced"


def _told(days_before: int) -> str:
    return f"told_{days_before}_days_before" if days_before else AccountStatus.DORMANT.value


def _walk(run: Run, line: Line) -> None:
    """Take a line from its mark to its end."""
    end = line.end(run.today)
    while size := run.size():
        mark = marks.of(line.name, end=end, now=run.now)
        if mark.reached_at is not None and mark.reached_at >= end:
            return
        with transaction.atomic():
            found = list(
                line.accounts()
                .filter(marks.beyond(mark, end=end))
                .order_by("last_active_at", "id")
                .values_list("pk", "last_active_at")[:size]
            )
            at, key = (found[-1][1], found[-1][0]) if len(found) == size else (end, None)
            locked = _lock(line.accounts().filter(last_active_at__lt=end), [key for key, _at in found])
            acted = _act(run, line, locked)
            if not marks.move(mark, at=at, key=key):
                # Somebody else took the same batch: theirs stands, and the next is looked for behind their mark.
                transaction.set_rollback(True)
                continue
        run.done(_name(line), looked=len(found), acted=acted)


def _act(run: Run, line: Line, accounts: list[Account]) -> int:
    if line.matter is None:
        moved = change_status_many(accounts, AccountStatus.INACTIVE, actor=SWEEP, reason=REASON, now=run.now)
        return len(moved)
    return notices.announce(line, line.matter, accounts, policy=run.policy, now=run.now)


def _steps() -> Iterable[tuple[int, tuple[int, ...]]]:
    """Yield each step after the first notice, the nearest to its date first, with the notices that may come before it.

    The date itself comes after the last notice alone: nobody becomes dormant untold (I06).
    """
    yield 0, DAYS_BEFORE[-1:]
    for at in range(len(DAYS_BEFORE) - 1, 0, -1):
        yield DAYS_BEFORE[at], DAYS_BEFORE[:at]


def _near(nearer: int, further: tuple[int, ...], today: date) -> QuerySet[DormancyNotice]:
    """Return the notices of dormancy that have come this near to their date."""
    found = DormancyNotice.objects.filter(
        matter=NoticeMatter.DORMANCY,
        days_before__in=further,
        on__lte=today + nearer * DAY,
        account__status=AccountStatus.INACTIVE,
    )
    return found.exclude(causes.legally_held())


def _follow(run: Run, nearer: int, further: tuple[int, ...]) -> None:
    """Take every announced date that has come this near; what was taken is not among them any more."""
    while size := run.size():
        with transaction.atomic():
            near = _near(nearer, further, run.today).order_by("days_before", "on", "id")
            found = list(near.values_list("pk", "account_id")[:size])
            accounts = {each.pk: each for each in _lock(Account.objects.all(), [owner for _key, owner in found])}
            # Asked again behind the locks: who signed in meanwhile has no notice any more.
            rows = list(_near(nearer, further, run.today).filter(pk__in=[key for key, _owner in found]))
            for row in rows:
                row.account = accounts[row.account_id]
            _come(run, nearer, rows)
        run.done(_told(nearer), looked=len(found), acted=len(rows))
        if len(found) < size:
            return


def _come(run: Run, nearer: int, rows: list[DormancyNotice]) -> None:
    if nearer:
        notices.remind(rows, nearer, policy=run.policy, now=run.now)
        return
    owners = [row.account for row in rows]
    change_status_many(owners, AccountStatus.DORMANT, actor=SWEEP, reason=REASON, now=run.now)
    DormancyNotice.objects.filter(pk__in=[row.pk for row in rows]).update(days_before=0)


def _lock(accounts: QuerySet[Account], keys: list[UUID]) -> list[Account]:
    return list(accounts.select_for_update().filter(pk__in=keys).order_by("pk"))
