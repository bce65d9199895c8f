"""The account check as a table or JSON: what stops an account from closing."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts import clock
from accounts.models import Account
from closure.enums import Area, Moment
from closure.exchange import get_gateway
from closure.management.options import find_account
from closure.policy import loader
from closure.policy.errors import PolicyError
from closure.preflight.runner import load_check, run
from closure.preflight.verdict import Check, Finding, to_text

USAGE, BLOCKED = 2, 3


class Command(BaseCommand):
    help = "Check whether an account may close, and keep the result. Exit 0 clear, 3 blocked or not checkable, 2 usage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", help="e-mail address, phone number or id")
        parser.add_argument("--json", action="store_true", help="one JSON object a line, the summary last")

    def handle(self, *args: Any, **options: Any) -> None:
        account = find_account(options["account"])
        if account is None:
            self.stderr.write("There is no account with this e-mail address, phone number or id.")
            raise SystemExit(USAGE)
        try:
            policy, gateway = loader.current(), get_gateway()
        except PolicyError as error:
            self.stderr.write(str(error))
            raise SystemExit(USAGE) from error
        check = load_check(run(account, policy=policy, gateway=gateway, moment=Moment.CHECK, now=clock.now()))
        for line in as_json(account, check) if options["json"] else as_table(check):
            self.stdout.write(line)
        if not check.may_submit:
            raise SystemExit(BLOCKED)


def as_json(account: Account, check: Check) -> list[str]:
    """Return the check on one line and the summary on the last."""
    found = {"blockers": len(check.blockers), "warnings": len(check.warnings)}
    summary = {"account": str(account.pk), "verdict": check.verdict.value, "earliest": to_text(check.earliest), **found}
    return [json.dumps(check.as_dict()), json.dumps({"summary": summary})]


def as_table(check: Check) -> list[str]:
    """Return a line for each area, then what was found."""
    width = max(len(area) for area in Area)
    areas = [f"{result.area:<{width}}  {result.verdict}" for result in check.areas]
    findings = [line for finding in (*check.blockers, *check.warnings) for line in ["", *_card(finding)]]
    earliest = ", and: ".join(filter(None, [to_text(check.earliest), check.earliest_condition]))
    return [*areas, *findings, "", f"verdict   {check.verdict}", f"earliest  {earliest}"]


def _card(finding: Finding) -> list[str]:
    found = [f"  found  {entry.amount} {entry.asset}" + _worth(entry.value_usdt) for entry in finding.found]
    when = [to_text(finding.clears_at), finding.condition]
    return [
        f"{finding.verdict}: {finding.code}",
        *found,
        f"  why    {finding.why}",
        f"  how    {finding.how}",
        f"  when   {', '.join(text for text in when if text)}",
    ]


def _worth(value: str | None) -> str:
    return "" if value is None else f" ({value} USDT)"
