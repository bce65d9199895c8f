"""What counts as an answer of a core to a write."""

from closure.exchange.contract import Done
from closure.exchange.errors import Nonsense


def done(answer: object) -> Done:
    """Return the answer; raises Nonsense for what is none: a page of a proxy does not say that anything was done."""
    told: object = answer.effect_id if isinstance(answer, Done) else None
    if not isinstance(answer, Done) or not isinstance(told, str) or not told:
        raise Nonsense("not an answer to a write")
    return answer
