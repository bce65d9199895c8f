"""Words of messages: every template in every shape, times in words, links to the configured origin alone."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.enums import MessageChannel
from accounts.messages.render import render
from tests.pages import Page

EMAILS = Path(settings.BASE_DIR) / "templates" / "emails"
TEMPLATES = sorted(path.stem for path in EMAILS.glob("*.subject"))
CODES = ["closing_code", "confirmation_code", "sign_in_code"]
MOMENT = datetime(2026, 3, 10, 14, 20, tzinfo=UTC)
FACTS: dict[str, Any] = {
    "code": "246810",
    "minutes": 10,
    "hours": 72,
    "reference": "CL-7F2A-94KD",
    "reason": "See https://evil.example/ & <b>www.evil.example</b>\r\nBcc: everybody@example.test",
    "finalizes_after": MOMENT,
    "finalizes_before": MOMENT,
    "closed_at": MOMENT,
    "at": MOMENT,
    "what": "authenticator_added",
    "held_until": MOMENT,
    "until": MOMENT,
    "looks_back": "72 hours",
    "longer": "7 days",
    "token": "t0ken",
    "stop": "st0p",
    "case": "SC-7F2A-94KD",
    "cancel_by": "customer",
    "on": MOMENT,
    "law": "A law",
    "receipt": "9f0d5c1e-8a4b-4c6d-9e2f-0123456789ab",
    "account": "…a1b2c3",
}
ORIGIN = settings.PORTAL_ORIGIN
ADDRESS = re.compile(r"[a-z]+://[^\s<\"]*|www\.")


def words(template: str, channel: MessageChannel = MessageChannel.EMAIL, **facts: Any) -> Any:
    return render(template, channel=channel, language="en", context=FACTS | facts)


def test_known_messages_are_all_there() -> None:
    assert TEMPLATES == [
        "account_disabled",
        "account_locked",
        "balance_settled",
        "case_answer",
        "case_opened",
        "closing_code",
        "closure_brake",
        "closure_cancelled",
        "closure_closed",
        "closure_confirmation",
        "closure_dispute_released",
        "closure_disputed",
        "closure_held",
        "closure_rejected",
        "confirmation_code",
        "contact_changed",
        "contact_code",
        "dormancy_notice",
        "invitation_notice",
        "matter_accepted",
        "matter_word",
        "new_sign_in",
        "password_changed",
        "password_reset",
        "password_was_reset",
        "reactivation_approved",
        "reactivation_asked",
        "reactivation_link",
        "reactivation_refused",
        "reactivation_started",
        "reactivation_submitted",
        "reactivation_withdrawn",
        "recovery_link",
        "recovery_notice",
        "recovery_word",
        "registration",
        "residual_decided",
        "security_change",
        "sign_in_code",
        "staff_alarm",
        "staff_dispute",
        "staff_hold_overdue",
        "staff_report",
        "status_link",
        "unclaimed_notice",
        "whitelist_changed",
        "withdrawals_released",
    ]


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("channel", list(MessageChannel))
def test_every_message_has_words_and_our_address_only(template: str, channel: MessageChannel) -> None:
    message = words(template, channel)
    assert "{" not in message.subject + message.text + message.html
    assert "\n" not in message.subject
    found = ADDRESS.findall(message.subject + message.text + message.html)
    assert [each for each in found if each.rstrip(".") != ORIGIN and not each.startswith(f"{ORIGIN}/")] == []
    assert bool(message.html) == (channel is MessageChannel.EMAIL)


@pytest.mark.parametrize("template", CODES)
@pytest.mark.parametrize("channel", list(MessageChannel))
def test_code_is_in_the_message(template: str, channel: MessageChannel) -> None:
    assert "246810" in words(template, channel).text


@pytest.mark.parametrize("template", CODES)
def test_text_message_fits_two_parts(template: str) -> None:
    assert len(words(template, MessageChannel.SMS).text) <= 306


@pytest.mark.row("C10")
def test_confirmation_tells_reference_dates_and_how_to_cancel() -> None:
    text = words("closure_confirmation").text
    for told in ("CL-7F2A-94KD", "10 Mar 2026, 14:20 UTC", "Cancel", f"{ORIGIN}/status/", f"{ORIGIN}/stop/st0p/"):
        assert told in text


@pytest.mark.row("C10", "E03")
@pytest.mark.parametrize("channel", list(MessageChannel))
def test_confirmation_says_who_can_cancel(channel: MessageChannel) -> None:
    texts = {by: words("closure_confirmation", channel, cancel_by=by).text for by in ("customer", "support", "nobody")}
    assert ["cannot be cancelled" in text for text in texts.values()] == [False, False, True]
    assert ["ontact us" in text for text in texts.values()] == [False, True, False]


@pytest.mark.parametrize("channel", list(MessageChannel))
@pytest.mark.parametrize("template", ["closure_cancelled", "closure_rejected", "closure_dispute_released"])
def test_release_says_until_when_withdrawals_are_held(template: str, channel: MessageChannel) -> None:
    assert "10 Mar 2026, 14:20 UTC" in words(template, channel).text


@pytest.mark.row("J15")
@pytest.mark.parametrize("channel", list(MessageChannel))
def test_better_photos_are_asked_for_until_a_date(channel: MessageChannel) -> None:
    assert "until 10 Mar 2026, 14:20 UTC" in words("reactivation_asked", channel).text


def test_facts_are_escaped_in_html_and_plain_in_text() -> None:
    message = words("closure_rejected")
    assert "& <b>" in message.text
    assert "&amp; &lt;b&gt;" in message.html


def test_unknown_language_falls_back() -> None:
    told = render("closing_code", channel=MessageChannel.SMS, language="xx", context=FACTS)
    assert told == words("closing_code", MessageChannel.SMS)


@pytest.mark.row("L05", "M04")
@pytest.mark.parametrize("channel", list(MessageChannel))
@pytest.mark.parametrize("template", ["password_changed", "password_was_reset", "security_change"])
def test_who_did_not_do_it_is_told_where_to_write(template: str, channel: MessageChannel) -> None:
    assert f"ontact us at once: {ORIGIN}/help/contact/" in words(template, channel).text


@pytest.mark.row("L05", "J07")
def test_locked_account_is_told_how_it_is_used_again() -> None:
    text = words("account_locked").text
    assert (f"{ORIGIN}/status/" in text, f"{ORIGIN}/reactivate/" in text) == (True, True)


@pytest.mark.row("M07")
@pytest.mark.parametrize("template", TEMPLATES)
def test_text_and_html_say_the_same_words(template: str) -> None:
    message = words(template, anti_phishing_code="blue heron 7", reason="1 < 2 & a -- b")
    text = " ".join(message.text.replace("\n--\n", " ").split())
    page = Page(message.html)
    assert page.text == f"Northbank Northbank {text}"
    assert page.every("html") == [{"lang": "en"}]
    assert "Your anti-phishing words: blue heron 7." in text


@pytest.mark.row("M07")
def test_no_code_is_said_where_none_was_chosen() -> None:
    assert "anti-phishing" not in words("closing_code", anti_phishing_code="").text


def test_every_message_is_written_once_and_names_no_address() -> None:
    """Links are written `{{ origin }}/...`; the HTML is made from the text (docs/decisions/0008)."""
    files = {path.name: path.read_text() for path in EMAILS.iterdir()}
    assert [name for name in files if name.endswith(".html")] == ["layout.html"]
    assert [name for name, source in files.items() if ADDRESS.search(source)] == []
    once = {f"{template}.{kind}" for template in TEMPLATES for kind in ("subject", "txt", "sms")}
    assert sorted(files) == sorted(once | {"layout.html", "layout.txt"})


def test_links_of_a_mail_are_links() -> None:
    page = Page(words("closure_confirmation").html)
    assert [link["href"] for link in page.every("a")] == [f"{ORIGIN}/status/", f"{ORIGIN}/stop/st0p/"]
