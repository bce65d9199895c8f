"""The page of the regions: what is served, what follows where it is not, and where the reader lives."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from accounts import announcements, regions
from accounts.actors import Actor
from accounts.announcements import Words
from accounts.enums import RestrictionKind, Role
from accounts.models import Account, Restriction
from accounts.regions import Region
from accounts.views.regions import _line
from tests.factories import PASSWORD, make_account, make_staff, totp_code
from tests.pages import house_rules, read, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.row("M05")]
PLACE = "/help/regions/"


def signed_in(account: Account) -> Client:
    client = Client()
    sign_in(client, account.email or "", PASSWORD, totp_code(account))
    return client


def test_every_region_is_listed_with_its_name(client: Client) -> None:
    page = read(client.get(PLACE))
    assert house_rules(page) == []
    assert [each.name for each in regions.regions().values() if each.name not in page.text] == []
    assert "You can withdraw, and you can close your account." in page.text
    assert "Your region" not in page.text


@pytest.mark.parametrize("path", ["/", "/help/"])
def test_it_is_linked_from_the_help_and_from_every_foot(client: Client, path: str) -> None:
    links = [link.get("href") for link in read(client.get(path)).every("a")]
    assert links.count(PLACE) == (2 if path == "/help/" else 1)


def test_a_region_says_what_follows_and_until_when() -> None:
    today = datetime(2026, 6, 30, tzinfo=UTC).date()
    day = timedelta(days=1)
    begun = today - 9 * day
    said = {
        "never": Region(code="A", name="A"),
        "later": Region(code="A", name="A", supported_from=today + day),
        "since": Region(code="A", name="A", supported_from=today),
        "last": Region(code="A", name="A", supported_from=begun, supported_until=today, leave_by=today + day),
        "over": Region(code="A", name="A", supported_from=begun, supported_until=today - day, leave_by=today),
        "gone": Region(code="A", name="A", supported_from=begun, supported_until=today - day, leave_by=today - day),
    }
    words = {name: " ".join(str(each) for each in _line(region, today).says) for name, region in said.items()}
    times = {name: text.count("<time") for name, text in words.items()}
    assert times == {"never": 0, "later": 1, "since": 1, "last": 2, "over": 2, "gone": 1}
    assert words["never"] == "We have never served this region."
    assert "After that day you can withdraw and close your account, but not trade." in words["last"]
    assert 'Not any more since <time datetime="2026-06-30">' in words["over"]


@pytest.mark.row("K03")
@pytest.mark.parametrize(
    ("country", "part", "name", "served"),
    [("US", "CA", "United States", True), ("US", "NY", "New York, United States", False), ("XX", "1", "XX-1", False)],
)
def test_readers_see_where_they_live(country: str, part: str, name: str, *, served: bool) -> None:
    page = read(signed_in(make_account("ana", country=country, region=part)).get(PLACE))
    assert (f"Your region {name}" in page.text, "We do not serve this region." in page.text) == (True, not served)


def test_who_told_no_country_and_staff_see_none() -> None:
    browsers = [signed_in(make_account("ana", country="", region="")), signed_in(make_staff("sam"))]
    assert ["Your region" in read(each.get(PLACE)).text for each in browsers] == [False, False]


def test_first_page_shows_what_concerns_the_reader(client: Client, now: datetime) -> None:
    lea = Actor.staff(make_staff("lea", Role.LEAD))
    for title, codes in (("For everybody", []), ("For Germany", ["DE"])):
        texts = {"en": Words(title=title, text="Words.")}
        announcements.publish(texts, region_codes=codes, starts_at=now, ends_at=None, actor=lea, now=now)
    ana, ben = make_account("ana"), make_account("ben", country="DE", region="")
    shown = [read(each.get("/")).text for each in (client, signed_in(ana), signed_in(ben))]
    assert ["For everybody" in text for text in shown] == [True] * 3
    assert ["For Germany" in text for text in shown] == [False, False, True]
    assert "Concerns: Germany." in read(client.get(PLACE)).text


@pytest.mark.row("K03")
def test_who_is_restricted_for_their_region_is_led_here(now: datetime) -> None:
    ana = make_account("ana")
    kind = RestrictionKind.UNSUPPORTED_REGION
    Restriction.objects.create(account=ana, kind=kind, placed_at=now, placed_by="system:tests")
    client = signed_in(ana)
    links = [link.get("href") for link in read(client.get("/restricted/")).every("a")]
    assert links.count(PLACE) == 2
    # And from here on to where they say that they moved; others write to us.
    back = "/restricted/unsupported_region/"
    there = [each.get(PLACE).content.decode() for each in (client, signed_in(make_account("ben")))]
    assert [(f'href="{back}"' in text, "Write to us: we ask" in text) for text in there] == [
        (True, False),
        (False, True),
    ]
