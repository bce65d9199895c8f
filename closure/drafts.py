"""What the owner writes on a draft before submitting: acknowledgements and finished steps."""

from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.actors import Actor
from closure import lifecycle
from closure.enums import ClosureState
from closure.exceptions import UnknownRequest
from closure.models import ClosureRequest
from closure.permissions import check_prepare


def draft_of(request_id: UUID, *, actor: Actor | None = None) -> ClosureRequest:
    """Return a draft with its account, not locked; raises UnknownRequest, NotAllowed."""
    drafts = ClosureRequest.objects.select_related("account")
    request = drafts.filter(pk=request_id, state=ClosureState.DRAFT).first()
    if request is None:
        raise UnknownRequest
    if actor is not None:
        check_prepare(actor, request)
    return request


def lock_draft(request_id: UUID, *, actor: Actor | None = None) -> ClosureRequest:
    """Return a draft whose account and row are locked; needs a transaction; raises UnknownRequest, NotAllowed."""
    _account, request = lifecycle.lock(request_id)
    if request.state != ClosureState.DRAFT:
        raise UnknownRequest
    if actor is not None:
        check_prepare(actor, request)
    return request


def write(request: ClosureRequest, *, now: datetime, **columns: Any) -> None:
    """Write columns of a locked draft and note that its owner was here; never the state."""
    ClosureRequest.objects.filter(pk=request.pk).update(touched_at=now, **columns)
    request.touched_at = now
    for name, value in columns.items():
        setattr(request, name, value)
