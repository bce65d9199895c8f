"""Which decisions a member of staff is offered about a request, and what each will do, in one sentence."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.templatetags.portal_ui import when
from closure.admin.forms import AskForm, CancelForm, DecisionForm, RejectForm
from closure.enums import ClosureAction, ClosureState
from closure.models import CheckRun, ClosureRequest
from closure.operations import review
from closure.operations.preview import Preview
from closure.permissions import can_approve_second, can_decide, letters
from closure.policy import loader
from closure.policy.schema import CancelBy
from closure.transitions import TRANSITIONS

A = ClosureAction
Operation = Callable[..., ClosureRequest]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of decision: its operation, the shape of what it needs, and whether it writes to the customer."""

    code: str
    mails: bool
    action: ClosureAction
    operation: Operation
    form: type[DecisionForm]


KINDS = {
    kind.code: kind
    for kind in (
        Kind(code="approve", mails=False, action=A.APPROVE, operation=review.approve, form=DecisionForm),
        Kind(code="ask", mails=True, action=A.ASK, operation=review.ask, form=AskForm),
        Kind(code="reject", mails=True, action=A.REJECT, operation=review.reject, form=RejectForm),
        Kind(code="cancel", mails=True, action=A.CANCEL, operation=review.cancel_by_staff, form=CancelForm),
    )
}


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A form that was sent, to be shown with what was typed; `preview` is the mail that it asked to see."""

    code: str
    form: DecisionForm
    preview: Preview | None = None


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A decision as the page offers it: a verb, its consequence, its form."""

    kind: Kind
    preview: Preview | None
    heading: str
    button: str
    consequence: str
    form: DecisionForm

    @property
    def question(self) -> str:
        """What the customer would read beside the mail: the reason of asking is the question itself."""
        return str(self.form.cleaned_data["reason"]) if self.preview and self.kind.action is A.ASK else ""


def offers(request: ClosureRequest, actor: Actor, *, check: CheckRun | None, tried: Tried | None = None) -> list[Offer]:
    """Return what the actor may decide now, looking at this account check."""
    if not can_decide(actor, request) or request.sealed_at is not None:
        return []
    return [_offer(kind, request, check, tried) for kind in KINDS.values() if _offered(kind, request, actor)]


def _offered(kind: Kind, request: ClosureRequest, actor: Actor) -> bool:
    transition = TRANSITIONS.get((ClosureState(request.state), kind.action))
    if transition is None or not letters(actor, request) & transition.roles:
        return False
    if kind.action is A.CANCEL:
        return CancelBy.SUPPORT in loader.from_pinned(request.policy).cancelling.by
    if kind.action is A.APPROVE and is_proposed(request):
        return can_approve_second(actor, request)
    return True


def is_proposed(request: ClosureRequest) -> bool:
    """Tell whether one of two people has proposed approval."""
    return request.four_eyes_due and request.proposed_by is not None


def _offer(kind: Kind, request: ClosureRequest, check: CheckRun | None, tried: Tried | None) -> Offer:
    heading, button, consequence = _words(kind, request, check)
    mine = tried if tried is not None and tried.code == kind.code else None
    form = mine.form if mine else kind.form(auto_id=f"id_{kind.code}_%s", initial=looked_at(request, check))
    return Offer(
        kind=kind,
        preview=mine.preview if mine else None,
        heading=heading,
        button=button,
        consequence=consequence,
        form=form,
    )


def _words(kind: Kind, request: ClosureRequest, check: CheckRun | None) -> tuple[str, str, str]:
    is_second = kind.action is A.APPROVE and is_proposed(request)
    if is_second and check is not None and review.differs_from_proposal(request, check):
        said = _("The account check changed since approval was proposed. You propose it anew; another lead confirms.")
        return _("Propose approval again"), _("Propose approval again"), said
    return _WORDS[kind.action](request)


def looked_at(request: ClosureRequest, check: CheckRun | None) -> dict[str, str]:
    """Return what a form says that its page shows: the version of the request, and the account check."""
    return {"seen_version": str(request.version), "seen_check": str(check.pk) if check else ""}


def _approve(request: ClosureRequest) -> tuple[str, str, str]:
    ends = format_html(
        _("The waiting time ends at {time}. Then the account closes and nobody can bring it back."),
        time=when(request.finalizes_after),
    )
    if is_proposed(request):
        return _("Confirm approval"), _("Confirm approval"), ends
    if request.four_eyes_due:
        said = _("Nothing closes yet. A lead other than you has to confirm.")
        return _("Propose approval"), _("Propose approval"), said
    return _("Approve"), _("Approve closing"), ends


def _ask(_request: ClosureRequest) -> tuple[str, str, str]:
    said = _("The request waits for an answer, 14 days at most. The account stays frozen and the customer gets a mail.")
    return _("Ask for more"), _("Ask the customer"), said


def _reject(_request: ClosureRequest) -> tuple[str, str, str]:
    said = _("The request ends and the account is active again. Withdrawals stay held for 24 hours.")
    return _("Reject"), _("Reject request"), said + " " + _("The customer gets a mail with the words you choose.")


def _cancel(_request: ClosureRequest) -> tuple[str, str, str]:
    said = _("The request ends and the account is active again. Withdrawals stay held for 24 hours.")
    return _("Cancel for the customer"), _("Cancel closure"), said + " " + _("The customer gets a mail.")


_WORDS: dict[ClosureAction, Callable[[ClosureRequest], tuple[str, str, str]]] = {
    A.APPROVE: _approve,
    A.ASK: _ask,
    A.REJECT: _reject,
    A.CANCEL: _cancel,
}


def done_words(kind: Kind, done: ClosureRequest) -> str:
    """Return what the decision did."""
    if kind.action is A.APPROVE and done.reviewed_at is None:
        return _("Approval of %(reference)s is proposed. A lead other than you confirms.") % {
            "reference": done.reference
        }
    return {
        A.APPROVE: _("%(reference)s is approved."),
        A.ASK: _("%(reference)s waits for the customer's answer."),
        A.REJECT: _("%(reference)s is rejected and the account released."),
        A.CANCEL: _("%(reference)s is cancelled and the account released."),
    }[kind.action] % {"reference": done.reference}


def why_nothing(request: ClosureRequest) -> str:
    """Return why there is nothing to decide, or nothing for this person."""
    if (ClosureState(request.state), A.REJECT) not in TRANSITIONS:
        return _("This request is over. Nothing can be decided any more.")
    if request.sealed_at is not None:
        return _("The data is sealed and being erased. From here on it only goes forward.")
    return _("Your role does not decide about this request.")


def waiting_for(request: ClosureRequest, actor: Actor) -> str:
    """Return whose turn it is where one of two people has proposed; empty otherwise."""
    if request.state != ClosureState.IN_REVIEW or not is_proposed(request) or can_approve_second(actor, request):
        return ""
    if request.proposed_by == actor.account_id:
        return _("You proposed approval. A lead other than you has to confirm it.")
    return _("Approval is proposed. A lead other than the proposer has to confirm it.")
