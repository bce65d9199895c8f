"""Pages as a customer gets them, each looked at for what every page keeps to."""

from typing import Any

from django.test import Client

from tests.accounts.test_views_public import LARGEST_PAGE, MOST_REQUESTS, weight
from tests.pages import house_rules, read


def shown(tab: Client, address: str) -> Any:
    """Return a page that keeps the rules of every page and is light (acceptance 17)."""
    answer = tab.get(address)
    page, (size, requests) = read(answer), weight(answer)
    assert (answer.status_code, house_rules(page)) == (200, []), address
    assert (size <= LARGEST_PAGE, requests <= MOST_REQUESTS) == (True, True), (address, size, requests)
    return page
