"""Sister brands: whoever has no account here may have one there, and is sent there, by the inbox alone (J16).

The message names them and their hosts; it carries no link but ours (invariant 21).
"""

from django.conf import settings

from accounts.messages.payload import Payload


def told(said: Payload) -> Payload | None:
    """Return the message to an address that nobody has here; None where no sister brand is configured."""
    if not settings.SISTER_BRANDS:
        return None
    brands = [f"{name}: {address}" for name, address in settings.SISTER_BRANDS]
    return Payload(to=said.to, language=said.language, context={"way": "sister", "brands": brands})
