"""A hypothesis machine over every operation of closing: Ana and Bob, their core, staff, time, and bad luck.

Rules only try: a refusal is an outcome, anything else that is raised is a finding. After each step the invariants are
asked of the database. Each example runs in a transaction of its own that is rolled back.
"""

from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from accounts import clock, journal, restrictions
from accounts.actors import Actor
from accounts.enums import CaseKind, Purpose, RestrictionKind, Role, SessionKind
from accounts.exceptions import PortalError
from accounts.ids import uuid7
from accounts.models import Account, Case, Checkpoint, Session, StepUp
from closure import lifecycle
from closure.enums import LIVE_STATES, OPEN_STATES, ClosureAction, ClosureState, HeldReason, RequestChannel
from closure.exchange.ledger.deposits import deposit
from closure.exchange.ledger.models import LedgerHolding
from closure.models import ClosureRequest
from closure.operations import hold as holds
from closure.operations import review
from closure.operations.start import start
from closure.operations.submit import submit
from closure.operations.sweep import run_sweeps
from tests.closure.by_operations import ready, submitted
from tests.closure.machine_holds import HOLD_VERBS, OFFICERS, HoldVerb, free
from tests.closure.machine_steps import PREPARATIONS, keep, prove
from tests.closure.scenes import SYSTEM, staff
from tests.factories import PASSWORD, make_account
from tests.invariants import violations
from tests.restricting import lift_all

NAMES = ("ana", "bob")
names = st.sampled_from(NAMES)
picks = st.integers(0, 1)
STAFF = [staff(Role.AGENT), staff(Role.LEAD), staff(Role.COMPLIANCE), staff(Role.AUDITOR)]
# "ready": only the last word is left; "reviewing": submitted under the brake, so two people decide; "due": waited.
BEGINNINGS = ("fresh", "ready", "waiting", "reviewing", "reviewing", "due")
# What moves on is tried more often than what ends.
VERBS: list[Callable[..., ClosureRequest]] = [review.approve] * 3 + [review.ask] * 2 + [review.propose, review.reject]
DECIDERS = [*STAFF[:2] * 3, *STAFF]
KINDS = [RestrictionKind.JUDICIAL_FREEZE, RestrictionKind.FRAUD_ALERT, RestrictionKind.UNSUPPORTED_REGION]
JUMPS = [timedelta(minutes=6), timedelta(minutes=61), timedelta(hours=25), timedelta(days=7), timedelta(days=15)]
# (state, action) as often as it happened, over all examples of the process: campaigns print it.
HIT: Counter[tuple[str, str]] = Counter()


def somebody(*states: ClosureState) -> Callable[["ClosureMachine"], bool]:
    """Return a precondition: a request of Ana or Bob is in one of these states."""
    return lambda _machine: ClosureRequest.objects.filter(state__in=sorted(states)).exists()


class ClosureMachine(RuleBasedStateMachine):
    """Everything that can happen to two customers who may want to leave."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = timedelta()
        clock.set_offset_source(lambda: self.ahead)
        self.example = transaction.atomic()
        # Attempts and finalization open durable blocks, as they may inside a test case.
        self.example._from_testcase = True  # type: ignore[attr-defined]
        self.example.__enter__()
        self.balances: dict[str, Decimal] = dict.fromkeys(NAMES, Decimal(0))
        # What somebody outside kept of the journal.
        self.published: list[str] = []

    def teardown(self) -> None:
        """Undo everything."""
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)
        clock.set_offset_source(None)

    @initialize(begin=st.tuples(st.sampled_from(BEGINNINGS), st.sampled_from(BEGINNINGS)))
    def meet(self, begin: tuple[str, str]) -> None:
        """Ana and Bob have accounts with nothing in them, and are somewhere on their way."""
        self.people = {name: make_account(name).pk for name in NAMES}
        for name, at in zip(NAMES, begin, strict=True):
            if at == "reviewing":
                self.change_factor(name)
            if at == "ready":
                ready(self.account(name), clock.now(), name)
            elif at != "fresh":
                submitted(self.account(name), clock.now(), name)
                HIT["draft", "submit"] += 1
        if "due" in begin:
            self.ahead += timedelta(days=7)

    # Helpers

    def account(self, name: str) -> Account:
        return Account.objects.get(pk=self.people[name])

    def attempt(
        self, states: Collection[ClosureState], pick: int, action: str, call: Callable[[ClosureRequest], object]
    ) -> None:
        """Try something on one of the requests in these states; a refusal is fine."""
        found = list(ClosureRequest.objects.filter(state__in=sorted(states)).select_related("account").order_by("id"))
        if not found:
            return
        request = found[pick % len(found)]
        try:
            call(request)
        except PortalError:
            return
        HIT[request.state, action] += 1

    # The owner

    @rule(name=names)
    def sign_in(self, name: str) -> None:
        """A session where sign-in is open."""
        account, now = self.account(name), clock.now()
        if account.is_active:
            Session.objects.create(
                key_digest=uuid7().bytes * 2,
                kind=SessionKind.CUSTOMER,
                account_id=account.pk,
                created_at=now,
                expires_at=now + timedelta(hours=12),
            )

    @rule(name=names)
    def start(self, name: str) -> None:
        account = self.account(name)
        try:
            start(account, channel=RequestChannel.WEB, actor=Actor.customer(account), now=clock.now())
        except PortalError:
            return
        HIT["-", "start"] += 1

    @precondition(somebody(ClosureState.DRAFT))
    @rule(pick=picks, step=st.sampled_from(sorted(PREPARATIONS)))
    def prepare(self, pick: int, step: str) -> None:
        """Take one step, open or not."""
        self.attempt({ClosureState.DRAFT}, pick, step, PREPARATIONS[step])

    @precondition(somebody(ClosureState.DRAFT))
    @rule(pick=picks, by=st.sampled_from(["owner", "owner", *NAMES]), password=st.sampled_from([PASSWORD] * 3 + ["no"]))
    def submit(self, pick: int, by: str, password: str) -> None:
        """Submit, perhaps as somebody else and with their verification."""

        def call(request: ClosureRequest) -> None:
            person = request.account if by == "owner" else self.account(by)
            given = StepUp.objects.filter(account=person).order_by("-id").first()
            facts: dict[str, Any] = {"password": password, "channel": RequestChannel.WEB, "now": clock.now()}
            submit(request.pk, step_up_id=given.pk if given else None, actor=Actor.customer(person), **facts)
            assert person.pk == request.account_id, "somebody submitted for somebody else"

        self.attempt({ClosureState.DRAFT}, pick, "submit", call)

    @rule(name=names)
    def change_factor(self, name: str) -> None:
        """What the take-over brake looks for."""
        account = Account.objects.select_for_update().get(pk=self.people[name])
        journal.record("factor.added", actor=Actor.customer(account), at=clock.now(), account=account)

    @rule(name=names)
    def go_on(self, name: str) -> None:
        """Do what the first open step needs, until only the last word is left."""
        if self.is_broken(name):
            return
        with suppress(PortalError):
            ready(self.account(name), clock.now(), name)

    @precondition(somebody(ClosureState.DRAFT))
    @rule(pick=picks, luck=st.integers(0, 4))
    def keep_account(self, pick: int, luck: int) -> None:
        """Think better of it; seldom."""
        if luck == 0:
            self.attempt({ClosureState.DRAFT}, pick, "discard", keep)

    # The owner, without a sign-in

    @precondition(somebody(*LIVE_STATES))
    @rule(pick=picks, purpose=st.sampled_from([Purpose.CANCEL_CLOSURE, Purpose.CLOSE_ACCOUNT]))
    def cancel(self, pick: int, purpose: Purpose) -> None:
        def call(request: ClosureRequest) -> None:
            session, given = Actor.status_session(request.account_id), prove(request, ClosureAction.CANCEL, purpose)
            holds.cancel(request.pk, step_up_id=given, actor=session, reason="", now=clock.now())
            assert purpose is Purpose.CANCEL_CLOSURE, "a verification for closing cancelled"

        self.attempt(LIVE_STATES, pick, "cancel", call)

    @precondition(somebody(*LIVE_STATES))
    @rule(pick=picks, luck=st.integers(0, 4))
    def dispute(self, pick: int, luck: int) -> None:
        """Say "I did not ask for this"; seldom, for it ends everything."""

        def call(request: ClosureRequest) -> None:
            holds.dispute(request.pk, actor=Actor.link(request.account_id), reason="not me", now=clock.now())

        if luck == 0:
            self.attempt(LIVE_STATES, pick, "dispute", call)

    @precondition(somebody(ClosureState.HELD))
    @rule(pick=picks)
    def answer(self, pick: int) -> None:
        """Answer what staff asked."""

        def call(request: ClosureRequest) -> None:
            session, given = Actor.status_session(request.account_id), prove(request, ClosureAction.ANSWER)
            holds.answer(request.pk, "it was me", step_up_id=given, actor=session, now=clock.now())

        self.attempt({ClosureState.HELD}, pick, "answer", call)

    # Staff

    @precondition(somebody(*LIVE_STATES))
    @rule(pick=picks, who=st.sampled_from(DECIDERS), verb=st.sampled_from(VERBS), luck=st.integers(0, 5))
    def decide(self, pick: int, who: Actor, verb: Callable[..., ClosureRequest], luck: int) -> None:
        """Decide about a review; seldom about something else, or on what was seen before it changed."""

        def call(request: ClosureRequest) -> None:
            seen = request.version + (luck == 0)
            verb(request.pk, actor=who, reason="looked", seen_version=seen, now=clock.now())
            assert luck != 0, "a decision on what nobody saw"

        states = LIVE_STATES if luck == 1 else {ClosureState.IN_REVIEW}
        self.attempt(states, pick, verb.__name__, call)

    @precondition(somebody(*LIVE_STATES))
    @rule(pick=picks, who=st.sampled_from(STAFF[:2]), own=st.booleans())
    def cancel_for_customer(self, pick: int, who: Actor, *, own: bool) -> None:
        """Cancel on a case, of this customer or of nobody."""

        def call(request: ClosureRequest) -> None:
            about = request.account_id if own else uuid7()
            case = Case.objects.create(account_id=about, kind=CaseKind.OTHER, created_at=clock.now())
            facts: dict[str, Any] = {"reason": "asked", "case": case.reference, "seen_version": request.version}
            review.cancel_by_staff(request.pk, actor=who, now=clock.now(), **facts)
            assert own, "cancelled on the case of somebody else"

        self.attempt(LIVE_STATES, pick, "cancel", call)

    @precondition(somebody(*LIVE_STATES))
    @rule(pick=picks, who=st.sampled_from(STAFF), cause=st.sampled_from(list(HeldReason)))
    def hold(self, pick: int, who: Actor, cause: HeldReason) -> None:
        """Stop a request for a cause, given or not."""

        def call(request: ClosureRequest) -> None:
            holds.hold(request.pk, {cause}, actor=who, reason="stop", now=clock.now())

        self.attempt(LIVE_STATES, pick, "hold", call)

    @rule(name=names, kind=st.sampled_from(KINDS))
    def restrict(self, name: str, kind: RestrictionKind) -> None:
        account = Account.objects.select_for_update().get(pk=self.people[name])
        if account.status != "closed":
            restrictions.place(account, kind, actor=SYSTEM, note="", now=clock.now())

    @rule(name=names)
    def unrestrict(self, name: str) -> None:
        lift_all(self.people[name], now=clock.now())

    @rule(name=names, person=picks, verb=st.sampled_from(HOLD_VERBS))
    def hold_by_law(self, name: str, person: int, verb: HoldVerb) -> None:
        """One of two officers places, confirms, proposes to lift or lifts a legal hold, as far as they may."""
        with suppress(PortalError):
            verb(self.people[name], OFFICERS[person], clock.now())

    @rule(name=names)
    def free_from_holds(self, name: str) -> None:
        """Two officers lift whatever stands."""
        free(self.people[name], clock.now())

    # The core

    @rule(name=names, asset=st.sampled_from(["BTC", "USDT", "XYZ"]))
    def arrive(self, name: str, asset: str) -> None:
        if self.is_broken(name):
            return
        if deposit(self.people[name], asset, "0.5", now=clock.now()).kind == "deposit":
            self.balances[name] += Decimal("0.5")

    @rule(name=names)
    def leave(self, name: str) -> None:
        LedgerHolding.objects.filter(account_id=self.people[name]).delete()
        self.balances[name] = Decimal(0)

    @rule(name=names)
    def talk_nonsense(self, name: str) -> None:
        """The core answers what cannot be true, until everything has left."""
        if not self.is_broken(name):
            LedgerHolding.objects.create(account_id=self.people[name], area="spot", asset="BTC", amount="a lot")

    def is_broken(self, name: str) -> bool:
        return LedgerHolding.objects.filter(account_id=self.people[name], amount="a lot").exists()

    # Time, and anybody who tries anything

    @rule(jump=st.sampled_from(JUMPS), sweeps=st.booleans())
    def wait(self, jump: timedelta, *, sweeps: bool) -> None:
        """Let time pass, with or without a worker."""
        self.ahead += jump
        if sweeps:
            self.sweep()

    @rule()
    def sweep(self) -> None:
        """Do what is due."""
        before = dict(ClosureRequest.objects.values_list("pk", "state"))
        assert run_sweeps(clock.now())["failed"] == 0
        self.published += Checkpoint.objects.order_by("tree_size").values_list("note", flat=True)[len(self.published) :]
        for key, after in ClosureRequest.objects.values_list("pk", "state"):
            if after != before[key]:
                HIT[before[key], f"sweep to {after}"] += 1

    @precondition(somebody(*OPEN_STATES))
    @rule(pick=picks, action=st.sampled_from(list(ClosureAction)), number=st.integers(0, 8))
    def try_anything(self, pick: int, action: ClosureAction, number: int) -> None:
        """Any action by anybody, bringing nothing along."""

        def call(request: ClosureRequest) -> None:
            owner = request.account
            own = [Actor.customer(owner), Actor.status_session(owner.pk), Actor.link(owner.pk)]
            actor = [*own, *STAFF, SYSTEM, Actor.core()][number]
            lifecycle.apply(request.pk, action, actor=actor, reason="because", now=clock.now())

        self.attempt(frozenset(ClosureState), pick, f"{action.value} bare", call)

    # What must hold

    @invariant()
    def everything_holds(self) -> None:
        """Ask the database."""
        assert violations(published=self.published) == []

    @invariant()
    def money_is_where_the_core_put_it(self) -> None:
        """25: nothing but the outside moves a balance."""
        if not hasattr(self, "people"):
            return
        for name in NAMES:
            held = LedgerHolding.objects.filter(account_id=self.people[name]).exclude(amount="a lot")
            assert sum((Decimal(row.amount) for row in held), Decimal(0)) == self.balances[name]
