"""Passing the captcha of a draft, once, where its policy asks for one (C05)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from closure import captcha, drafts, journey, notes
from closure.exceptions import MissingAcknowledgements
from closure.models import ClosureRequest
from closure.policy import loader


def is_asked(request: ClosureRequest) -> bool:
    """Tell whether the policy of a draft asks for a captcha that was not passed yet."""
    return loader.from_pinned(request.policy).verification.captcha and journey.CAPTCHA_PASSED not in request.progress


def is_asked_of(draft: ClosureRequest | None) -> bool:
    """Tell the same of somebody who may have none yet: it will carry the policy in force."""
    return loader.current().verification.captcha if draft is None else is_asked(draft)


def pass_captcha(request_id: UUID, *, answer: str, waited: str = "", actor: Actor, now: datetime) -> ClosureRequest:
    """Take the answer, or a wait that is over, after the notes; nothing to do where none is asked, or it was passed.

    Spends it before its transaction opens, so this must not be called inside one. Raises CaptchaRefused,
    CaptchaTooEarly, MissingAcknowledgements, UnknownRequest, NotAllowed.
    """
    request = drafts.draft_of(request_id, actor=actor)
    if not is_asked(request):
        return request
    if unread := [code for code in notes.NOTE_CODES if code not in request.acknowledged]:
        raise MissingAcknowledgements(unread)
    captcha.check(request.account, answer=answer, waited=waited, now=now)
    with transaction.atomic():
        locked = drafts.lock_draft(request_id, actor=actor)
        drafts.write(locked, now=now, progress={**locked.progress, journey.CAPTCHA_PASSED: now.isoformat()})
    return locked
