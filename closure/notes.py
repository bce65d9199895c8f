"""The risk notes that everybody acknowledges before closing, and what of them and of the warnings is still missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from closure.enums import Verdict
from closure.models import CheckRun, ClosureRequest
from closure.policy.schema import Policy

# A check older than this says nothing about now (C05, invariant 1).
CHECK_FRESH_FOR = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Note:
    """One note; `code` is what programs acknowledge."""

    code: str
    text: str | Promise


IDENTIFIERS_BLOCKED, PRIVILEGES_END, IRREVERSIBLE = "identifiers_blocked", "privileges_end", "irreversible"
# Acknowledged item by item, like every warning of the account check; the other notes by one tick together.
OWN_TICK = (PRIVILEGES_END, IRREVERSIBLE)
NOTES: tuple[Note, ...] = (
    Note(
        code="data_gone",
        text=gettext_lazy("Your settings, addresses and trading data are erased. We cannot bring them back."),
    ),
    Note(
        code=IDENTIFIERS_BLOCKED,
        text=gettext_lazy("You cannot use the same e-mail, phone or document for a new account for some time."),
    ),
    Note(
        code="uncleared_cannot_submit",
        text=gettext_lazy("You can ask us to close only when nothing is left in your account."),
    ),
    Note(
        code="locked_first",
        text=gettext_lazy(
            "Locked and staked assets must be redeemed first. Some have a date before which they cannot."
        ),
    ),
    Note(
        code="never_converted",
        text=gettext_lazy("We convert and refund nothing by ourselves. What you leave unsettled is lost at closing."),
    ),
    Note(
        code=PRIVILEGES_END,
        text=gettext_lazy("VIP level, fee discounts and staking privileges end when your account closes. No grace."),
    ),
    Note(
        code=IRREVERSIBLE,
        text=gettext_lazy("A closed account can never be opened again, by you or by us."),
    ),
)
NOTE_CODES = tuple(note.code for note in NOTES)


def notes(policy: Policy, *, vip: int = 0) -> tuple[Note, ...]:
    """Return the notes with the policy's periods and the customer's VIP level in their words (C04, C12, C13)."""
    said = {IDENTIFIERS_BLOCKED: _periods_text(policy)}
    if vip:
        ends = _("Your VIP level %(level)d, your fee discounts and staking privileges end at closing. No grace.")
        said[PRIVILEGES_END] = ends % {"level": vip}
    return tuple(Note(code=note.code, text=said.get(note.code, note.text)) for note in NOTES)


def _periods_text(policy: Policy) -> str:
    blocked = policy.reregistration
    periods = [
        text
        for text, period in (
            (_("your e-mail for %(days)s"), blocked.email),
            (_("your phone for %(days)s"), blocked.phone),
            (_("your document for %(days)s"), blocked.document),
            (_("your national number for %(days)s"), blocked.national_number),
        )
        if period is not None
        for text in [text % {"days": _days(period)}]
    ]
    if blocked.national_number_while_archived:
        periods.append(_("your national number for as long as we keep your identity records"))
    if periods:
        return _("You cannot use these for a new account: %(what)s.") % {"what": ", ".join(periods)}
    return _("You can use your e-mail, phone and document for a new account at once.")


def _days(period: timedelta) -> str:
    return ngettext("%(n)d day", "%(n)d days", period.days) % {"n": period.days}


def warning_codes(result: Mapping[str, Any]) -> list[str]:
    """Return the codes of the warnings of a stored check, each once, in order."""
    return list(dict.fromkeys(str(warning["code"]) for warning in result.get("warnings", ())))


def missing(request: ClosureRequest, result: Mapping[str, Any] | None) -> list[str]:
    """Return the codes of notes, then of warnings of the check, that the customer has not acknowledged."""
    wanted = [*NOTE_CODES, *(warning_codes(result) if result is not None else ())]
    return [code for code in wanted if code not in request.acknowledged]


def is_fresh(run: CheckRun, now: datetime) -> bool:
    """Tell whether a check is recent enough to act on."""
    return now - run.created_at <= CHECK_FRESH_FOR


def allows(request: ClosureRequest, run: CheckRun) -> bool:
    """Tell whether a check allows closing: its own, by the pinned policy, and every warning acknowledged."""
    return (
        run.verdict in {Verdict.CLEAR, Verdict.WARNING}
        and run.request_id == request.pk
        and run.policy_version == request.policy_version
        and not missing(request, run.result)
    )
