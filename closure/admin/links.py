"""Other accounts that have to do with a request: what both had, and what they asked for. Nobody's data is read."""

from dataclasses import dataclass, field
from uuid import UUID

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from accounts import linked
from accounts.admin.base import account_link
from accounts.linked import Linked, Tie
from closure.models import ClosureRequest

WORDS: dict[Tie, str | Promise] = {
    Tie.HAS: gettext_lazy("has the same %(kind)s"),
    Tie.HAD: gettext_lazy("had the same %(kind)s until lately"),
    Tie.CLOSED: gettext_lazy("was closed with the same %(kind)s"),
}
MOST = 20


@dataclass(frozen=True, kw_only=True)
class Link:
    """One other account: why it is shown, and its requests."""

    account: SafeString | str
    why: list[str]
    requests: list[ClosureRequest] = field(default_factory=list)


def of(request: ClosureRequest) -> list[Link]:
    """Return the accounts that share an identifier with the account of a request, with their requests."""
    ties: dict[UUID, list[Linked]] = {}
    for each in linked.to(request.account_id):
        ties.setdefault(each.account_id, []).append(each)
    asked: dict[UUID, list[ClosureRequest]] = {key: [] for key in list(ties)[:MOST]}
    for other in ClosureRequest.objects.filter(account_id__in=asked, submitted_at__isnull=False).order_by("-id"):
        asked[other.account_id].append(other)
    return [
        Link(
            account=account_link(key),
            why=[str(WORDS[tie.tie]) % {"kind": tie.kind.label} for tie in ties[key]],
            requests=requests,
        )
        for key, requests in asked.items()
    ]
