"""Which decisions a member of staff is offered about a reactivation, and what each will do, in one sentence."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.actors import Actor
from closure.admin.reactivations.forms import ApproveForm, AskForm, DecisionForm, RefuseForm
from closure.enums import ReactivationState
from closure.models import Reactivation
from closure.operations.preview import Preview
from closure.operations.reactivate import Decision
from closure.reactivation.permissions import can_approve_second, can_decide

S = ReactivationState


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of decision: the shape of what it needs, and whether it shows a mail before."""

    decision: Decision
    mails: bool
    form: type[DecisionForm]

    @property
    def code(self) -> str:
        """Its name in forms."""
        return self.decision.value


KINDS = {
    kind.code: kind
    for kind in (
        Kind(decision=Decision.APPROVE, mails=False, form=ApproveForm),
        Kind(decision=Decision.ASK, mails=True, form=AskForm),
        Kind(decision=Decision.REFUSE, mails=True, form=RefuseForm),
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


def offers(row: Reactivation, actor: Actor, *, tried: Tried | None = None) -> list[Offer]:
    """Return what the actor may decide now."""
    if row.state != S.SUBMITTED or not can_decide(actor, row):
        return []
    return [_offer(kind, row, tried) for kind in KINDS.values() if _offered(kind, row, actor)]


def _offered(kind: Kind, row: Reactivation, actor: Actor) -> bool:
    is_second = kind.decision is Decision.APPROVE and row.proposed_by is not None
    return can_approve_second(actor, row) if is_second else True


def _offer(kind: Kind, row: Reactivation, tried: Tried | None) -> Offer:
    heading, button, consequence = _words(kind, row)
    mine = tried if tried is not None and tried.code == kind.code else None
    form = mine.form if mine else kind.form(auto_id=f"id_{kind.code}_%s", initial={"seen_version": row.version})
    return Offer(
        kind=kind,
        preview=mine.preview if mine else None,
        heading=heading,
        button=button,
        consequence=consequence,
        form=form,
    )


def _words(kind: Kind, row: Reactivation) -> tuple[str, str, str]:
    if kind.decision is Decision.ASK:
        said = _("The customer gets a mail with these rules, and has 30 days. The account stays disabled.")
        return _("Ask for better photos"), _("Ask the customer"), said
    if kind.decision is Decision.REFUSE:
        said = _("It ends here. The customer gets a mail with these rules, and can begin another one at once.")
        return _("Refuse"), _("Refuse reactivation"), said
    if row.proposed_by is None:
        said = _("The account stays disabled. A lead other than you has to confirm.")
        return _("Propose approval"), _("Propose approval"), said
    said = _(
        "The account is active again. The old password works no more, the list of coming back waits, "
        "and withdrawals are held for a time."
    )
    return _("Confirm approval"), _("Confirm approval"), said


def done_words(decision: Decision, done: Reactivation) -> str:
    """Return what the decision did."""
    if decision is Decision.APPROVE and done.state == S.SUBMITTED:
        said = _("Approval of %(reference)s is proposed. A lead other than you confirms.")
    else:
        said = {
            Decision.APPROVE: _("%(reference)s is approved. The account is active again."),
            Decision.ASK: _("%(reference)s waits for better photos."),
            Decision.REFUSE: _("%(reference)s is refused. The customer reads why."),
        }[decision]
    return said % {"reference": done.reference}


def why_nothing(row: Reactivation) -> str:
    """Return why there is nothing to decide, or nothing for this person."""
    if row.state == S.NEEDS_MORE:
        return _("It waits for better photos of the customer.")
    if row.state != S.SUBMITTED:
        return _("It is over. Nothing can be decided any more.")
    return _("Your role does not decide about reactivations.")


def waiting_for(row: Reactivation, actor: Actor) -> str:
    """Return whose turn it is where somebody has proposed; empty otherwise."""
    if row.state != S.SUBMITTED or row.proposed_by is None or can_approve_second(actor, row):
        return ""
    if row.proposed_by == actor.account_id:
        return _("You proposed approval. A lead other than you has to confirm it.")
    return _("Approval is proposed. A lead other than the proposer has to confirm it.")
