"""People who close, a marker in every field of theirs, and staff who write of them before and afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import block_review, clock, restrictions, withdrawal_release
from accounts.enums import RestrictionKind
from accounts.models import Account, BlockedIdentity, OutboxMessage
from closure import claims
from closure.enums import Area, ClaimOutcome, ClosureState, ExportKind
from closure.exchange.contract import Transaction
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerEvent, LedgerHolding, LedgerTransaction
from closure.models import ClosureRequest, DepositClaim
from closure.operations.claims import propose_settlement, settle
from tests.claiming import report
from tests.closure.closing import make_request
from tests.closure.exporting import built
from tests.closure.marking import STOPPING, Markers, mark
from tests.closure.scanning import found
from tests.factories import make_account
from tests.holding import lift, officer, place

# What stops a closing, and what the core writes down while it is closed.
LATE = (*STOPPING, "closure.LedgerEffect")
LONG_ENOUGH = 8


class BooksLate(LedgerGateway):
    """The real ledger, which books what would have stopped a closing once nobody looks any more."""

    def __init__(self, people: "People") -> None:
        super().__init__(clock.now)
        self.people = people

    def transactions(self, account_id: UUID) -> Iterator[Transaction]:
        """Tell the history, which is sealed next: the last check is over by now."""
        if ClosureRequest.objects.filter(account_id=account_id, state="finalizing").exists():
            LedgerHolding.objects.create(account_id=account_id, area=Area.SPOT, asset="BTC", amount="0")
            self.people.mark(account_id, self._clock(), only=LATE)
        return super().transactions(account_id)


@dataclass
class People:
    """Who closes, each marked everywhere."""

    folder: Path
    markers: Markers = field(default_factory=Markers)
    requests: list[ClosureRequest] = field(default_factory=list)
    own: list[str] = field(default_factory=list)

    def make(self, name: str, now: datetime) -> ClosureRequest:
        """Make a due closure of somebody with files on the disk and a marker wherever one fits.

        The name is part of a document's number. Five letters of it turn up in random text now and then.
        """
        assert len(name) >= LONG_ENOUGH, f"{name} is too short to be looked for"
        account = make_account(name)
        LedgerTransaction.objects.create(account_id=account.pk, time=now, kind="deposit", asset="BTC", amount="1")
        told = len(self.requests) + 1
        LedgerEvent.objects.create(account_id=account.pk, position=told, at=now, kind="deposit", data={})
        for kind in ExportKind:
            built(account, now, kind)
        request = make_request(account, now=now, state=ClosureState.APPROVED)
        self.fail_verification(account.pk, now)
        self.restrict(account.pk, now)
        self.hold(account.pk, now)
        self.mark(account.pk, now, but=(*LATE, "accounts.Note", "retention.LegalHold"))
        self.own += [f"{name}@example.test", str(account.phone), f"X{name.upper()}1"]
        self.requests.append(request)
        return request

    def mark(self, account_id: UUID, now: datetime, **which: Any) -> None:
        """Write markers into the tables of an account."""
        mark(Account.objects.get(pk=account_id), self.markers, now, **which)

    def fail_verification(self, account_id: UUID, now: datetime) -> None:
        """Let an account withdraw though its verification failed, for a while; why is marked."""
        olga, make = officer("olga"), self.markers.make
        with transaction.atomic():
            account = Account.objects.select_for_update().get(pk=account_id)
            kind, why = RestrictionKind.FAILED_VERIFICATION, make("why verification failed")
            placed = restrictions.place(account, kind, actor=olga, note=why, now=now)
            withdrawal_release.release_withdrawals(placed.pk, actor=olga, reason=make("why released"), now=now)
            restrictions.lift(placed.pk, actor=olga, reason=make("why verified"), now=now)
        # What told the owner has long been delivered.
        OutboxMessage.objects.filter(account_id=account_id).delete()

    def restrict(self, account_id: UUID, now: datetime) -> None:
        """Restrict an account for a while; why is marked."""
        olga, make = officer("olga"), self.markers.make
        with transaction.atomic():
            account = Account.objects.select_for_update().get(pk=account_id)
            kind, why = RestrictionKind.FRAUD_ALERT, make("why restricted")
            placed = restrictions.place(account, kind, actor=olga, note=why, now=now)
            restrictions.lift(placed.pk, actor=olga, reason=make("why lifted"), now=now)

    def hold(self, account_id: UUID, now: datetime) -> None:
        """Hold an account for a while by an order that is marked."""
        order = {part: self.markers.make(f"order: {part}") for part in ("case_number", "basis", "reason")}
        lift(place(account_id, now=now, **order), now=now)

    def settle_late_deposit(self, account_id: UUID, now: datetime) -> None:
        """Settle what arrived too late; whom it goes to is marked."""
        claims.take(report(account_id, at=now, event_id=f"core-{account_id}"), now=now)
        claim, paid = DepositClaim.objects.get(account_id=account_id), ClaimOutcome.PAID
        for verb, name in ((propose_settlement, "olga"), (settle, "omar")):
            why = self.markers.make(f"claim: {verb.__name__}")
            verb(claim.pk, paid, reason=why, actor=officer(name), now=now)

    def release_block(self, account_id: UUID, now: datetime) -> None:
        """Release the block of an address; why is marked."""
        block = BlockedIdentity.objects.filter(account_id=account_id).earliest("pk")
        for verb, name in ((block_review.propose_release, "olga"), (block_review.confirm_release, "omar")):
            why = self.markers.make(f"block: {verb.__name__}")
            verb(block.pk, reason=why, actor=officer(name), now=now)

    def seen(self) -> dict[str, set[str]]:
        """Return what can be read of any of them, and where: markers by the place that they were written to."""
        places = self.markers.places
        return {places.get(each, each): where for each, where in found([*places, *self.own], self.folder).items()}

    def places(self) -> set[str]:
        """Return where markers were written to."""
        return set(self.markers.places.values())
