"""What staff read before they decide: the account, the dates, the check at submission beside the one of now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.base import actor_words
from accounts.templatetags.portal_ui import when
from closure import queries
from closure.admin.tones import change_tag, flag_tags, is_overdue, state_tag, verdict_tag
from closure.effects import EffectKind
from closure.enums import HeldReason, Verdict
from closure.models import CheckRun, ClosureRequest, Effect
from closure.preflight.difference import Change, difference
from closure.preflight.runner import load_check
from closure.preflight.verdict import Finding

Facts = list[tuple[str, Any]]


def dates(request: ClosureRequest, *, now: datetime) -> Facts:
    """Return where a request stands and when what happens."""
    facts: Facts = [
        (_("State"), state_tag(request)),
        (_("Flags"), flag_tags(request)),
        (_("Submitted"), when(request.submitted_at)),
        (_("Waiting time ends"), when(request.finalizes_after)),
        (_("Due"), when(request.finalizes_before)),
        (_("Released at the latest"), when(request.release_at)),
        (_("Asked by"), request.get_channel_display()),
        (_("Policy"), f"{request.policy_name} {request.policy_version}"),
    ]
    if is_overdue(request, now):
        facts.insert(1, (_("Overdue"), _("It was not decided when it was due.")))
    return facts + _decided(request)


def _decided(request: ClosureRequest) -> Facts:
    facts: Facts = []
    if request.held_at:
        causes = ", ".join(str(HeldReason(reason).label) for reason in request.held_reasons)
        facts += [(_("On hold since"), when(request.held_at)), (_("On hold because"), causes)]
    if request.proposed_by:
        facts += [
            (_("Approval proposed"), when(request.proposed_at)),
            (_("Proposed by"), actor_words(f"staff:{request.proposed_by}")),
        ]
    if request.reviewed_by:
        facts.append((_("Approved by"), actor_words(f"staff:{request.reviewed_by}")))
    if request.parked_at:
        facts.append((_("Parked since"), when(request.parked_at)))
    if request.ended_at:
        facts += [(_("Ended"), when(request.ended_at)), (_("Ended as"), request.end_reason.replace("_", " "))]
    return facts


@dataclass(frozen=True, kw_only=True)
class Row:
    """One finding in both checks; an empty side was not found then."""

    change: SafeString
    area: str
    why: str
    before: "Side | None"
    now: "Side | None"


@dataclass(frozen=True, kw_only=True)
class Side:
    """A finding as one check saw it."""

    verdict: SafeString
    found: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two checks side by side; `verdict` is that of now, `is_repeated` False while there is only the first."""

    verdict: SafeString
    former_at: datetime
    checked_at: datetime
    is_repeated: bool
    rows: Sequence[Row]
    unknown: Sequence[str]


def comparison(one: CheckRun | None, latest: CheckRun | None, *, changes_only: bool = False) -> Comparison | None:
    """Return two checks side by side, all of them or what changed; None where one of them is gone or erased."""
    if one is None or latest is None or not one.result or not latest.result:
        return None
    before, after = load_check(one), load_check(latest)
    former = {finding.code: finding for finding in (*before.blockers, *before.warnings)}
    return Comparison(
        verdict=verdict_tag(after.verdict),
        former_at=one.created_at,
        checked_at=latest.created_at,
        is_repeated=one.pk != latest.pk,
        rows=[
            _row(state, finding, former.get(finding.code))
            for state, finding in difference(before, after)
            if state is not Change.SAME or not changes_only
        ],
        unknown=[str(each.area.label) for each in after.areas if each.verdict is Verdict.UNKNOWN],
    )


def _row(change: Change, finding: Finding, former: Finding | None) -> Row:
    return Row(
        change=change_tag(change),
        area=str(finding.area.label),
        why=finding.why,
        before=None if former is None else _side(former),
        now=None if change is Change.CLEARED else _side(finding),
    )


def _side(finding: Finding) -> Side:
    return Side(verdict=verdict_tag(finding.verdict), found=[f"{each.amount} {each.asset}" for each in finding.found])


def calls(request: ClosureRequest) -> list[Effect]:
    """Return the calls to the exchange that the request caused, oldest first."""
    return list(Effect.objects.filter(request=request).order_by("id"))


CALL_WORDS: dict[str, str | Promise] = {
    EffectKind.FREEZE: gettext_lazy("Freeze the account"),
    EffectKind.UNFREEZE: gettext_lazy("Release the account"),
    EffectKind.REVOKE_KEYS: gettext_lazy("Revoke API keys"),
    EffectKind.LOCK_DEPOSITS: gettext_lazy("Lock deposits"),
    EffectKind.UNLOCK_DEPOSITS: gettext_lazy("Unlock deposits"),
    EffectKind.REMOVE_ADDRESSES: gettext_lazy("Remove withdrawal addresses"),
    EffectKind.CLOSE: gettext_lazy("Close the account"),
}


def call_lines(calls: Sequence[Effect]) -> list[str]:
    """Return calls in words: what, how it stands, and what came last where it failed."""
    lines = [f"{CALL_WORDS.get(call.kind, call.kind)}: {call.get_state_display()}" for call in calls]
    return [f"{line}, {call.last_error}" if call.last_error else line for line, call in zip(lines, calls, strict=True)]


def others(request: ClosureRequest) -> list[ClosureRequest]:
    """Return the other submitted requests of the account, newest first."""
    mine = queries.for_account(request.account).exclude(pk=request.pk)
    return list(mine.filter(submitted_at__isnull=False)[:10])
