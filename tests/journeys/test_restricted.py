"""Restricted customers land on what restricts them, with and without scripts; a hold is never named."""

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.running_demo import Demo
from tests.journeys.visitor import Visitor

HEADING = "What restricts your account"
JAVASCRIPT = pytest.mark.parametrize("javascript", [True, False], ids=["with_javascript", "without_javascript"])


@pytest.mark.row("A12", "K01", "K05", "N06")
@JAVASCRIPT
def test_restricted_customers_land_on_their_restriction(browser: Browser, shared_demo: Demo, javascript: bool) -> None:
    for name, says in (
        ("restricted", "Your balance is negative."),
        ("judicial", "A legal or risk hold applies; we cannot say more."),
    ):
        visitor = Visitor.open(browser, shared_demo, name, javascript=javascript)
        visitor.sign_in(lands_on=HEADING)
        expect(visitor.page.get_by_role("article")).to_contain_text(says)
        visitor.look(javascript)
        visitor.follow("Go to Security")
        visitor.look(javascript)
        visitor.follow("What restricts your account, and what to do")
        visitor.heading(HEADING)
        assert visitor.problems == []
