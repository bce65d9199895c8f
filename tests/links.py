"""Reading messages to whoever, as their recipients do: the newest one to an address, sent or found to be nothing."""

import re

from accounts import clock
from accounts.enums import MessageChannel
from accounts.messages import late, payload
from accounts.messages.render import Rendered, render
from accounts.models import OutboxMessage

TOKEN = re.compile(r"/(?:register|password-reset|recover|stop)/([A-Za-z0-9_-]{32,86})/")


def received(template: str) -> Rendered | None:
    """Return the words of the newest message of a template, None where the sender sends nothing; then it is gone."""
    message = OutboxMessage.objects.filter(template=template).latest("created_at", "id")
    said = late.complete(message, payload.unseal(bytes(message.payload or b""), message.pk), now=clock.now())
    message.delete()
    if said is None:
        return None
    channel = MessageChannel(message.channel)
    return render(message.template, channel=channel, language=said.language, context=said.context)


def token_in(words: Rendered | None) -> str:
    """Return the token of the link in a message; fails where there is none."""
    found = TOKEN.search(words.text if words else "")
    assert found is not None, words
    return found.group(1)
