"""The message of a decision before anybody decides: the same that is sent afterwards, and nothing changes."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from accounts.enums import MessageChannel, Role
from accounts.exceptions import NotAllowed
from accounts.messages.render import render
from accounts.models import OutboxMessage
from closure.admin.forms import CHOOSABLE
from closure.enums import ClosureAction, ClosureState, Moment
from closure.exceptions import CheckChanged, StaleDecision, TransitionRefused
from closure.exchange.ledger.deposits import deposit
from closure.models import ClosureRequest
from closure.operations.check import check_request
from closure.operations.preview import preview
from closure.operations.review import ask, cancel_by_staff, reject
from tests.closure.scenes import frozen_picture, make_request, staff
from tests.console import case_of
from tests.factories import BY_NAME, make_account
from tests.outbox import messages, opened

pytestmark = pytest.mark.django_db
A, S = ClosureAction, ClosureState
SAM = staff(Role.AGENT)
MAILED = [
    *((reject, A.REJECT, code) for code, _words in CHOOSABLE),
    (ask, A.ASK, None),
    (cancel_by_staff, A.CANCEL, None),
]


@pytest.mark.row("A17", "L01")
@pytest.mark.parametrize(("verb", "action", "template"), MAILED)
@pytest.mark.parametrize("channel", MessageChannel)
def test_what_is_previewed_is_what_is_sent(
    verb: Any, action: ClosureAction, template: str | None, channel: MessageChannel, now: datetime
) -> None:
    address = BY_NAME if channel is MessageChannel.EMAIL else None
    request = make_request(make_account("ana", email=address), S.IN_REVIEW, now=now)
    before = frozen_picture(request)
    seen = preview(request.pk, action, actor=SAM, template=template, seen_version=0, now=now)
    assert frozen_picture(request) == before
    case = case_of(request.account, now)
    verb(request.pk, actor=SAM, reason="Why?", case=case, template=template, seen_version=0, now=now)
    sent = messages(request.account)[-1]
    said = opened(sent)
    assert seen is not None
    assert (seen.channel, seen.language) == (sent.channel, said.language) == (channel, "en")
    assert seen.words == render(sent.template, channel=channel, language=said.language, context=said.context)


def test_approving_sends_nothing(now: datetime) -> None:
    request = make_request(make_account("ana"), S.IN_REVIEW, now=now)
    assert preview(request.pk, A.APPROVE, actor=SAM, seen_version=0, now=now) is None


def test_preview_is_without_the_words_that_staff_never_see(now: datetime) -> None:
    request = make_request(make_account("ana", anti_phishing_code="blue kettle"), S.IN_REVIEW, now=now)
    seen = preview(request.pk, A.REJECT, actor=SAM, template="assets_left", seen_version=0, now=now)
    assert seen is not None
    assert "blue kettle" not in seen.words.text + seen.words.html


def test_preview_is_refused_as_the_decision_is(now: datetime) -> None:
    request = make_request(make_account("ana"), S.IN_REVIEW, now=now)
    shown = check_request(request, Moment.CHECK, now=now).pk
    asked: dict[str, Any] = {"actor": SAM, "seen_version": 0, "now": now}
    owner = replace(SAM, account_id=request.account_id)
    for error, action, facts in (
        (NotAllowed, A.REJECT, {"actor": staff(Role.AUDITOR)}),
        (NotAllowed, A.REJECT, {"actor": owner}),
        (StaleDecision, A.REJECT, {"seen_version": 3}),
        (TransitionRefused, A.ANSWER, {}),
    ):
        with pytest.raises(error):
            preview(request.pk, action, **{**asked, **facts})
    deposit(request.account_id, "BTC", "1", now=now)
    check_request(request, Moment.CHECK, now=now)
    with pytest.raises(CheckChanged):
        preview(request.pk, A.REJECT, **asked, seen_check=shown)
    assert (ClosureRequest.objects.get().version, OutboxMessage.objects.count()) == (0, 0)
