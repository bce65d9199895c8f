"""The demo's catchers speak real SMTP and HTTP and keep what they are given in memory."""

import smtplib
from email.message import EmailMessage

import httpx

from portal.demo import catcher


def test_mail_is_caught_with_its_text_part() -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Grüße", "a@example.test", "caught@example.test"
    mail.set_content("plain words\n")
    mail.add_alternative("<p>other words</p>", subtype="html")
    with catcher.catching() as (email_url, _sms_url):
        host, _colon, port = email_url.removeprefix("smtp://").partition(":")
        with smtplib.SMTP(host, int(port), timeout=10) as connection:
            connection.send_message(mail)
    found = catcher.BOX.messages("caught@example.test")
    assert [(each["channel"], each["subject"], each["text"].strip()) for each in found] == [
        ("email", "Grüße", "plain words")
    ]


def test_text_message_is_caught_as_providers_take_it() -> None:
    with catcher.catching() as (_email_url, sms_url):
        answer = httpx.post(f"{sms_url}/2010-04-01/Accounts/demo/Messages.json", data={"To": "+15550100", "Body": "hi"})
    assert (answer.status_code, answer.json()["to"]) == (201, "+15550100")
    assert [each["text"] for each in catcher.BOX.messages("+15550100")] == ["hi"]


def test_box_lists_newest_first_and_only_the_wanted() -> None:
    box = catcher.Box()
    for to, text in (("ana", "one"), ("sam", "two"), ("ana", "three")):
        box.add(channel="sms", to=to, subject="", text=text)
    assert [each["text"] for each in box.messages("ana")] == ["three", "one"]
    assert [each["id"] for each in box.messages()] == [3, 2, 1]
