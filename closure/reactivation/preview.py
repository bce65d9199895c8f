"""The very message that a decision about a reactivation would send, before anybody decides (A17, J15)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.actors import Actor
from accounts.enums import MessageChannel
from accounts.messages.render import render
from closure.enums import ReactivationAction, ReactivationState
from closure.exceptions import StaleDecision
from closure.models import Reactivation
from closure.operations.preview import Preview
from closure.reactivation import lifecycle, mails
from closure.reactivation.exceptions import UnknownReactivation
from closure.reactivation.facts import Context, Facts
from closure.reactivation.permissions import check_decide
from closure.reactivation.rules import Rule


def preview(
    reactivation_id: UUID,
    action: ReactivationAction,
    *,
    broken: Sequence[Rule],
    text: str,
    seen_version: int | None,
    actor: Actor,
    now: datetime,
) -> Preview | None:
    """Return what asking again or refusing would send now; nothing changes; None where it sends nothing.

    Raises as the decision does about who asks and what they saw: NotAllowed, StaleDecision, TransitionRefused,
    UnknownReactivation.
    """
    row = Reactivation.objects.select_related("account", "case").filter(pk=reactivation_id).first()
    if row is None:
        raise UnknownReactivation
    check_decide(actor, row)
    if row.version != seen_version:
        raise StaleDecision
    lifecycle.find(ReactivationState(row.state), action)
    asked = text if action is ReactivationAction.ASK else ""
    facts = Facts(seen_version=seen_version, broken=tuple(broken), asked=asked)
    context = Context(
        reactivation=row, account=row.account, actor=actor, acting=frozenset(), reason=text, now=now, facts=facts
    )
    mail = mails.mail_of(context, action)
    if mail is None:
        return None
    template, said = mail
    account = row.account
    channel = MessageChannel.EMAIL if account.email else MessageChannel.SMS
    words = render(template, channel=channel, language=account.language, context=said)
    return Preview(channel=channel, language=account.language, words=words)
