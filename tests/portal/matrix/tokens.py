"""A live token for each kind of link that we send."""

from datetime import datetime

from accounts import mailed_links, registration, signing, staff_enrollment
from accounts.actors import Actor
from accounts.enums import LinkPurpose, MessageChannel, Role
from accounts.messages.payload import Payload
from accounts.models import Account
from accounts.recovering import links as recover_links
from accounts.signing import Signed
from accounts.verification import recovery
from closure.enums import EvidenceKind
from closure.models import ClosureRequest
from closure.reactivation import links
from tests.closure import reactivating
from tests.closure.links import status_token, stop_token


def tokens_of(account: Account, request: ClosureRequest, now: datetime) -> dict[str, str]:
    """Return the parts of the addresses of mailed links, by route: whoever has one holds it."""
    said = Payload(to="new@example.test", language="en", context={})
    reset = mailed_links.issue(
        account.pk,
        LinkPurpose.RESET_PASSWORD,
        subject_id=account.pk,
        channel=MessageChannel.EMAIL,
        lives=recovery.LIVES,
        now=now,
    )
    recover = mailed_links.issue(
        account.pk,
        LinkPurpose.RECOVER,
        subject_id=account.pk,
        channel=MessageChannel.EMAIL,
        lives=recover_links.LIVES,
        now=now,
    )
    reactivate = mailed_links.issue(
        account.pk,
        LinkPurpose.REACTIVATE,
        subject_id=account.pk,
        channel=MessageChannel.EMAIL,
        lives=links.LIVES,
        now=now,
    )
    register = registration._issue(MessageChannel.EMAIL, said, now=now)
    enroll = staff_enrollment.invite("new@staff.example.test", Role.AGENT, actor=Actor.system("tests"), now=now)
    keys = {f"{kind}-key.key": signing.key_id(signing.public_keys(kind)[0]) for kind in (Signed.RECEIPT, Signed.BUNDLE)}
    return {
        **keys,
        "register-link.token": register,
        "password-reset-link.token": reset,
        "password-reset-passkey.token": reset,
        "recover-link.token": recover,
        "recover-photo.kind": EvidenceKind.NOTE.value,
        "enroll.token": enroll,
        "enroll-qr.token": enroll,
        "reactivate-link.token": reactivate,
        "status-link.token": status_token(request),
        "api:status-open.token": status_token(request),
        "stop.token": stop_token(request),
        "api:reactivation-open.token": reactivating.token(reactivating.disabled("mia", now=now)),
    }
