"""`manage.py legal_hold`: places, confirms, reviews, lifts and lists legal holds; who acts is named (H05)."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from accounts import clock, identifiers
from accounts.actors import Actor
from accounts.exceptions import PortalError
from accounts.models import OPEN_FOR_SIGN_IN
from closure.management.options import BatchOptions, Exit, Output, add_batch_options, find_account
from closure.retention import hold_queries, holds
from closure.retention.models import LegalHold
from closure.retention.powers import DECIDE_HOLDS

Act = Callable[[Mapping[str, Any], Actor, datetime], LegalHold]


class Command(BaseCommand):
    help = (
        "Place, confirm, review, lift or list legal holds. Lifting takes two people: the first call proposes, the "
        "second, by another person, lifts. Exit 1: refused; 2: no such account, hold or officer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add one verb each."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="place|confirm|review|lift|list")
        placing = verbs.add_parser("place", help="hold an account, or one sealed record of it, from now on")
        placing.add_argument("account", help="e-mail address, phone number or id; a closed account by its id")
        placing.add_argument("--case", required=True, help="number of the order or case")
        placing.add_argument("--basis", required=True, help="the law or order it rests on")
        placing.add_argument("--record", type=UUID, metavar="ID", help="one sealed record only")
        for verb, said in (
            ("confirm", "confirm what another person placed"),
            ("review", "look at one again, and say when to do so next"),
            ("lift", "propose to lift, then lift"),
        ):
            verbs.add_parser(verb, help=said).add_argument("hold", type=UUID, metavar="HOLD", help="id of the hold")
        for verb in ("place", "review"):
            days = verbs.choices[verb]
            days.add_argument("--review", required=True, type=day, metavar="DATE", help="when to look at it again")
        for verb in ACTS:
            _add_acting(verbs.choices[verb])
        listing = verbs.add_parser("list", help="list holds that stand, those that wait too long for a second first")
        listing.add_argument("--account", help="of one account: e-mail address, phone number or id")
        listing.add_argument("--all", action="store_true", help="lifted ones too")
        add_batch_options(listing, batch_size=1)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it; results on stdout, refusals on stderr."""
        output = Output(self.stdout, self.stderr, as_json=options["json"], progress=options["progress"])
        if options["verb"] == "list":
            self._list(options, output)
            return
        actor = officer(options["by"])
        if actor is None:
            self._end("Nobody of compliance has this e-mail address. Give that of a member of staff.", Exit.USAGE)
            return
        now = clock.now()
        try:
            with transaction.atomic():
                done = ACTS[options["verb"]](options, actor, now)
                transaction.set_rollback(options["dry_run"])
        except PortalError as error:
            self._end(error.message, Exit.USAGE if isinstance(error, holds.UnknownHold) else Exit.FAILED)
            return
        output.line(_line(done, now))
        output.summary({"would_be_done" if options["dry_run"] else "done": 1})

    def _list(self, options: Mapping[str, Any], output: Output) -> None:
        given = BatchOptions.of(options)
        found = hold_queries.by_urgency(
            given.now, LegalHold.objects.all() if options["all"] else hold_queries.standing()
        )
        if options["account"] is not None:
            account = find_account(options["account"])
            if account is None:
                self._end("There is no account with this e-mail address, phone number or id.", Exit.USAGE)
                return
            found = found.filter(account_id=account.pk)
        for hold in found[: given.limit]:
            output.line(_line(hold, given.now))
        output.summary({"holds": output.count})

    def _end(self, message: str, code: Exit) -> None:
        self.stderr.write(message)
        raise SystemExit(code)


def _add_acting(parser: ArgumentParser) -> None:
    parser.add_argument("--by", required=True, metavar="EMAIL", help="the officer of compliance who acts")
    parser.add_argument("--reason", required=True, help="why, for the journal: kept as an erasable note")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, a summary last")
    parser.add_argument("--no-progress", dest="progress", action="store_false", help="no count on the terminal")
    parser.add_argument("--no-input", action="store_true", help="accepted everywhere; nothing is ever asked")


def day(text: str) -> date:
    """Read a date as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no date: write YYYY-MM-DD") from error


def officer(email: str) -> Actor | None:
    """Return the officer of compliance with this address, None where there is none who may sign in."""
    account = identifiers.find_account(email)
    if account is None or not account.is_staff or account.status not in OPEN_FOR_SIGN_IN:
        return None
    actor = Actor.staff(account)
    return actor if actor.may(DECIDE_HOLDS) else None


def _place(given: Mapping[str, Any], actor: Actor, now: datetime) -> LegalHold:
    account = find_account(given["account"])
    if account is None:
        raise holds.UnknownHold("There is no account with this e-mail address, phone number or id.")
    return holds.place(
        account.pk,
        case_number=given["case"],
        basis=given["basis"],
        review_on=given["review"],
        record_id=given["record"],
        reason=given["reason"],
        actor=actor,
        now=now,
    )


def _confirm(given: Mapping[str, Any], actor: Actor, now: datetime) -> LegalHold:
    return holds.confirm(given["hold"], reason=given["reason"], actor=actor, now=now)


def _review(given: Mapping[str, Any], actor: Actor, now: datetime) -> LegalHold:
    return holds.review(given["hold"], review_on=given["review"], reason=given["reason"], actor=actor, now=now)


def _lift(given: Mapping[str, Any], actor: Actor, now: datetime) -> LegalHold:
    proposed = LegalHold.objects.filter(pk=given["hold"], lift_proposed_at__isnull=False).exists()
    verb = holds.lift if proposed else holds.propose_lift
    return verb(given["hold"], reason=given["reason"], actor=actor, now=now)


ACTS: Mapping[str, Act] = {"place": _place, "confirm": _confirm, "review": _review, "lift": _lift}


def _line(hold: LegalHold, now: datetime) -> dict[str, str]:
    return {
        "hold": str(hold.pk),
        "state": hold_queries.state_of(hold, now).value,
        "account": str(hold.account_id),
        "record": str(hold.record_id or ""),
        "case": hold.case_number,
        "placed": hold.placed_at.isoformat(timespec="seconds"),
        "review": hold.review_on.isoformat(),
    }
