"""The very message that a decision would send, before anybody decides: the same words, facts and language (A17)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.actors import Actor
from accounts.enums import MessageChannel
from accounts.messages.render import Rendered, render
from closure.consequences import end_reason
from closure.enums import FINAL_STATES, ClosureAction, ClosureState
from closure.facts import Context, Facts
from closure.lifecycle import find
from closure.mails import mail_of
from closure.operations.review import look


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A message as its customer would get it; without the anti-phishing words, which staff never see."""

    channel: MessageChannel
    language: str
    words: Rendered


def preview(
    request_id: UUID,
    action: ClosureAction,
    *,
    actor: Actor,
    template: str | None = None,
    seen_version: int | None,
    seen_check: UUID | None = None,
    now: datetime,
) -> Preview | None:
    """Return what a decision would send now; None where it sends nothing. Nothing changes.

    Raises as the decision does about who asks and what they saw: NotAllowed, StaleDecision, CheckChanged,
    TransitionRefused, UnknownRequest.
    """
    request = look(request_id, action, actor=actor, seen_version=seen_version, seen_check=seen_check)
    account = request.account
    context = Context(
        request=request,
        account=account,
        actor=actor,
        acting=frozenset(),
        reason="",
        now=now,
        facts=Facts(template=template),
    )
    to = find(ClosureState(request.state), action).to[0]
    ended = end_reason(context, action) if to in FINAL_STATES else ""
    mail = mail_of(context, action, to, end_reason=ended)
    if mail is None:
        return None
    name, said = mail
    channel = MessageChannel.EMAIL if account.email else MessageChannel.SMS
    words = render(name, channel=channel, language=account.language, context=said)
    return Preview(channel=channel, language=account.language, words=words)
