"""Reading the links we send, as their recipients do, and opening status sessions with them."""

import re

from django.test import Client

from accounts import clock, mailed_links
from accounts.enums import LinkPurpose, MessageChannel
from accounts.messages import late, payload
from accounts.messages.render import Rendered, render
from accounts.models import OutboxMessage
from closure import status_links
from closure.models import ClosureRequest

PLACE = re.compile(r"/(status|stop)/([A-Za-z0-9_-]{32,86})/")


def delivered(message: OutboxMessage) -> Rendered | None:
    """Return the words of a message as the sender would make them, None where it sends nothing; then it is gone."""
    now = clock.now()
    said = payload.unseal(bytes(message.payload or b""), message.pk)
    whole = late.complete(message, said, now=now)
    message.delete()
    if whole is None:
        return None
    channel = MessageChannel(message.channel)
    return render(message.template, channel=channel, language=whole.language, context=whole.context)


def token_in(words: Rendered | None, purpose: str) -> str:
    """Return the token of the link of this purpose."""
    assert words is not None
    return next(str(token) for kind, token in PLACE.findall(words.text) if kind == purpose)


def asked_for(reference: str, contact: str, client: Client | None = None) -> Rendered | None:
    """Ask by the page and return what was sent, if anything was."""
    answer = (client or Client()).post("/status/", {"reference": reference, "contact": contact})
    assert (answer.status_code, answer["Location"]) == (302, "/status/sent/")
    return delivered(OutboxMessage.objects.get(template=status_links.TEMPLATE))


def in_status(client: Client, request: ClosureRequest, channel: MessageChannel = MessageChannel.EMAIL) -> Client:
    """Open a status session of this request by a link that came by `channel`."""
    answer = client.post(f"/status/{status_token(request, channel)}/")
    assert answer["Location"] == "/status/open/"
    return client


def status_token(request: ClosureRequest, channel: MessageChannel = MessageChannel.EMAIL) -> str:
    """Return the token of a link that shows the request."""
    return mailed_links.issue(
        request.account_id,
        LinkPurpose.STATUS,
        subject_id=request.pk,
        channel=channel,
        lives=status_links.LIVES,
        now=clock.now(),
    )


def stop_token(request: ClosureRequest) -> str:
    """Return the token of a link that stops the request."""
    channel = MessageChannel.EMAIL
    return mailed_links.issue(
        request.account_id, LinkPurpose.STOP, subject_id=request.pk, channel=channel, lives=None, now=clock.now()
    )
