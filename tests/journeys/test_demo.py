"""The demo as a whole: it starts by one command, moves its clock, and leaves nothing running."""

import signal
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from tests.journeys.running_demo import Demo, leftovers, running_demo
from tests.journeys.visitor import Visitor


def test_demo_serves_codes_and_messages_and_jumps_ahead(demo: Demo) -> None:
    answer = demo.asked("totp", account="agent@demo.test")
    assert (len(answer["code"]), answer["code"].isdecimal(), 0 < answer["valid_for"] <= 30) == (6, True, True)
    frozen = demo.wait_for_message("frozen@demo.test", saying="You asked us to close your account")
    assert frozen["channel"] == "email"
    demo.advance(hours=24 * 6)
    closed = demo.wait_for_message("frozen@demo.test", saying="Your account is closed (")
    assert closed["id"] > frozen["id"]


def test_outbox_page_fits_every_screen(browser: Browser, shared_demo: Demo) -> None:
    visitor = Visitor.open(browser, shared_demo, "clean")
    shared_demo.wait_for_message("frozen@demo.test", saying="You asked us to close your account")
    visitor.goto("/demo/outbox/")
    visitor.scan()
    assert visitor.problems == []


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"advance_hours": "x"}', b'{"advance_hours": -1}', b'{"advance_hours": 1e9}']
)
def test_clock_refuses_what_is_no_time(shared_demo: Demo, body: bytes) -> None:
    answer = httpx.post(f"{shared_demo.origin}/demo/clock/", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["detail"]


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=["ctrl_c", "terminated"])
def test_demo_leaves_nothing_running_and_keeps_its_people(tmp_path: Path, ending: signal.Signals) -> None:
    with running_demo(tmp_path) as first:
        assert leftovers(tmp_path) != []
        first.process.send_signal(ending)
        assert first.process.wait(20) == 0
        assert leftovers(tmp_path) == []
