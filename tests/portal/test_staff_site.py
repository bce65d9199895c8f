"""Who may enter the staff console, and what its first page says."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.admin import site as default_site
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django_otp import DEVICE_ID_SESSION_KEY

from accounts import lifting, restrictions
from accounts.enums import RestrictionKind, Role
from accounts.models import Account, EmailDevice, SmsDevice
from accounts.powers import who_views
from closure.enums import ClosureState, EffectState
from closure.models import ClosureRequest, Effect
from closure.retention import holds
from closure.retention.models import PurgeMonth
from portal.staff_site import staff_site
from tests.claiming import claim_of
from tests.console import LIST, address, console, decide, in_review
from tests.factories import PASSWORD, make_account, make_staff, totp_code
from tests.holding import officer, place
from tests.pages import read, sign_in

pytestmark = pytest.mark.django_db


def pages(request: ClosureRequest) -> list[str]:
    """Return an address of every kind that the console has."""
    account = f"/staff/accounts/account/{request.account_id}/"
    return [
        "/staff/",
        "/staff/closure/",
        LIST,
        address(request),
        "/staff/accounts/account/",
        account,
        "/staff/accounts/blockedidentity/",
        "/staff/accounts/case/",
        "/staff/accounts/restriction/",
        "/staff/accounts/event/",
        "/staff/closure/depositclaim/",
        "/staff/closure/helpfeedback/",
    ]


@pytest.mark.row("L07")
def test_visitors_are_sent_to_sign_in_and_back(client: Client, now: datetime) -> None:
    for path in pages(in_review(now=now)):
        sent = client.get(path)
        assert sent.status_code == 302, path
        assert client.get(sent["Location"])["Location"] == f"/sign-in/?next={quote(path, safe='')}"


def test_sign_in_of_the_console_leads_nowhere_else(client: Client) -> None:
    for target in ("https://evil.test/", "//evil.test/", ""):
        assert client.get("/staff/login/", {"next": target})["Location"] == "/sign-in/?next=%2Fstaff%2F"
    sam = console(make_staff("sam"))
    assert sam.get("/staff/login/", {"next": LIST})["Location"] == LIST


@pytest.mark.row("L07", "A13")
def test_a_mailed_code_is_no_second_factor_here(now: datetime) -> None:
    sam = make_staff("sam")
    client = console(sam)
    session: Any = client.session
    session[DEVICE_ID_SESSION_KEY] = EmailDevice.objects.get(user=sam).persistent_id
    session.save()
    for path in pages(in_review(now=now)):
        refused = client.get(client.get(path)["Location"])
        assert (refused.status_code, "sign in with your authenticator app" in read(refused).text) == (403, True)


@pytest.mark.row("L07")
def test_a_texted_code_is_no_second_factor_of_staff(client: Client, now: datetime) -> None:
    sam = make_staff("sam", totp=False)
    device = SmsDevice.objects.create(user=sam, name="phone", confirmed=True, created_at=now)
    answer = client.post("/sign-in/", {"identifier": sam.email, "password": PASSWORD})
    assert (answer.status_code, client.get("/staff/").status_code) == (422, 302)
    lea = console(make_staff("lea", Role.LEAD))
    SmsDevice.objects.filter(pk=device.pk).update(user=Account.objects.get(email="lea@staff.example.test"))
    session: Any = lea.session
    session[DEVICE_ID_SESSION_KEY] = SmsDevice.objects.get().persistent_id
    session.save()
    assert [lea.get(path).status_code for path in ("/staff/", "/security/", "/api/v1/staff/closures/")] == [
        302,
        302,
        403,
    ]


@pytest.mark.row("L07")
def test_staff_without_a_second_factor_do_not_even_sign_in(client: Client) -> None:
    sam = make_staff("sam", totp=False)
    answer = client.post("/sign-in/", {"identifier": sam.email, "password": PASSWORD})
    assert (answer.status_code, client.get("/staff/").status_code) == (422, 302)


@pytest.mark.row("L07")
def test_customers_never_enter(client: Client, now: datetime) -> None:
    ben = make_account("ben")
    sign_in(client, ben.email or "", PASSWORD, totp_code(ben))
    for path in pages(in_review(now=now)):
        refused = client.get(client.get(path)["Location"])
        assert (refused.status_code, "This part is for staff." in read(refused).text) == (403, True)


def test_staff_who_may_not_sign_in_any_more_are_out(now: datetime) -> None:
    account = make_staff("sam")
    client = console(account)
    assert client.get("/staff/").status_code == 200
    Account.objects.filter(pk=account.pk).update(is_staff=False)
    assert client.get("/staff/").status_code == 302


def test_staff_without_a_role_see_nothing(now: datetime) -> None:
    account = make_staff("sam")
    request = in_review(now=now)
    client = console(account)
    account.groups.remove(Group.objects.get(name="agent"))
    assert "You have no role yet." in read(client.get("/staff/")).text
    assert [client.get(path).status_code for path in pages(request)[1:]] == [404, *[403] * 10]


@pytest.mark.parametrize("role", list(Role))
def test_every_role_sees_every_page(role: Role, now: datetime) -> None:
    client = console(make_staff("olga", role))
    assert [client.get(path).status_code for path in pages(in_review(now=now))] == [200] * 12


def test_sign_out_is_by_post(now: datetime) -> None:
    client = console(make_staff("sam"))
    assert client.get("/staff/logout/").status_code == 405
    assert client.get("/staff/").status_code == 200
    assert client.post("/staff/logout/").status_code == 302
    assert client.get("/staff/").status_code == 302


def test_console_has_these_tables_and_edits_none(now: datetime) -> None:
    assert sorted(model._meta.label for model in staff_site._registry) == [
        "accounts.Account",
        "accounts.Announcement",
        "accounts.BlockedIdentity",
        "accounts.Case",
        "accounts.DormancyNotice",
        "accounts.Event",
        "accounts.FactorRecovery",
        "accounts.OutboxMessage",
        "accounts.Restriction",
        "closure.ClosureRequest",
        "closure.DepositClaim",
        "closure.Effect",
        "closure.Evidence",
        "closure.HelpFeedback",
        "closure.Reactivation",
        "closure.Readmission",
        "closure.Residual",
        "retention.Disclosure",
        "retention.LegalHold",
    ]
    # Django's own site, on which packages register themselves, has nothing and is nowhere.
    assert (list(default_site._registry), reverse("admin:index")) == ([], "/staff/")
    assert [model for model in staff_site._registry if who_views(model._meta.label) == frozenset()] == []
    client = console(make_staff("lea", Role.LEAD))
    request = in_review(now=now)
    for path in ("add/", f"{request.pk}/delete/", f"{request.pk}/history/", f"{request.pk}/change/"):
        assert client.get(LIST + path).status_code in {302, 404}, path
    for path in ("password_change/", "autocomplete/", "jsi18n/", f"r/1/{request.pk}/"):
        assert client.get(f"/staff/{path}").status_code == 404, path
    assert [client.post(path).status_code for path in (LIST, address(request))] == [200, 200]
    request.refresh_from_db()
    assert request.version == 0


def test_names_of_the_console_lead_to_lists_rows_and_decisions_only() -> None:
    found = get_resolver("portal.urls").namespace_dict["admin"][1].reverse_dict
    names = {name for name in found if isinstance(name, str)}
    rows = {"accounts_account", "accounts_case", "accounts_event", "accounts_outboxmessage", "accounts_restriction"}
    rows |= {"accounts_blockedidentity", "closure_closurerequest", "closure_depositclaim", "closure_residual"}
    rows |= {"accounts_announcement", "accounts_dormancynotice", "closure_evidence", "closure_helpfeedback"}
    rows |= {"closure_effect", "closure_reactivation", "closure_readmission", "retention_disclosure"}
    rows |= {"retention_legalhold", "accounts_factorrecovery"}
    expected = {f"{row}_{what}" for row in rows for what in ("changelist", "change")}
    expected |= {
        f"closure_closurerequest_{what}" for what in ("decide", "desk", "face", "rearm", "release", "check", "case")
    }
    expected |= {"closure_closurerequest_message", "closure_reactivation_message"}
    expected |= {
        "accounts_account_case",
        "accounts_event_export",
        "accounts_announcement_publish",
        "accounts_account_report",
        "accounts_case_resolve",
        "accounts_case_read",
        "accounts_case_answer",
        "accounts_case_desk",
        "accounts_case_document",
        "accounts_case_accept",
        "accounts_case_ask",
        "accounts_case_refuse",
        "accounts_case_readmit",
        "accounts_case_invite",
        "accounts_case_uninvite",
        "accounts_outboxmessage_requeue",
        "accounts_restriction_place",
    }
    expected |= {f"accounts_{row}_decide" for row in ("announcement", "blockedidentity", "restriction")} | {
        "accounts_dormancynotice_decide",
        "closure_residual_decide",
    }
    expected |= {"closure_evidence_look", "closure_evidence_photo", "closure_effect_decide"}
    expected |= {"closure_readmission_decide", "accounts_factorrecovery_decide", "accounts_factorrecovery_desk"}
    expected |= {f"closure_reactivation_{what}" for what in ("look", "desk", "decide")}
    expected |= {
        "closure_depositclaim_decide",
        "closure_depositclaim_find",
        "retention_legalhold_decide",
        "retention_legalhold_place",
    }
    expected |= {f"retention_disclosure_{what}" for what in ("ask", "decide", "open")}
    expected |= {"index", "figures", "login", "logout", "app_list"}
    assert names == expected


def counts(client: Client) -> dict[str, int]:
    """Return the day's work as the index counts it."""
    work = client.get("/staff/").context["work"]
    return {kind.code: count for kind, count, place in work if place == LIST}


@pytest.mark.row("L06")
def test_index_counts_the_day_s_work_and_links_to_it(now: datetime) -> None:
    client = console(make_staff("sam"))
    assert set(counts(client).values()) == {0}
    in_review("ana", now=now, finalizes_before=now - timedelta(hours=1))
    two = in_review("ben", now=now, four_eyes=True)
    assert decide(client, two, "approve").status_code == 302
    held = in_review("cid", now=now)
    assert decide(client, held, "ask").status_code == 302
    stuck(in_review("dan", now=now, state=ClosureState.FINALIZING), now)
    in_review("eve", now=now, state=ClosureState.FINALIZING, plan={"recheck": {"state": "failed"}})
    in_review("fay", now=now, state=ClosureState.FINALIZING, parked_at=now)
    in_review("gus", now=now, state=ClosureState.FINALIZING, plan={"recheck": {"state": "done"}})
    expected = {"overdue": 1, "second": 1, "unclaimed": 2, "review": 2, "held": 1, "stuck": 3}
    assert counts(client) == expected
    links = [link.get("href", "") for link in read(client.get("/staff/")).every("a")]
    for code, count in expected.items():
        assert f"{LIST}?work={code}" in links
        assert client.get(LIST, {"work": code}).context["cl"].result_count == count


def stuck(request: ClosureRequest, now: datetime) -> None:
    """Give a request a call to the core that waits for staff."""
    Effect.objects.create(
        account_id=request.account_id,
        request=request,
        kind="freeze",
        key=f"{request.reference}:freeze",
        state=EffectState.PARKED,
        created_at=now,
        due_at=now,
    )


def test_index_asks_the_database_as_often_whatever_there_is(now: datetime, django_assert_num_queries: Any) -> None:
    client = console(make_staff("sam"))
    for name in ("ana", "ben"):
        in_review(name, now=now)
        # Session, account, device, roles, the twenty-three counts that agents see, the canaries, whether figures are
        # cheap to count, and the figures.
        with django_assert_num_queries(28 + 5 + 6):
            client.get("/staff/")


@pytest.mark.row("L06", "H05", "F08", "A12")
def test_index_leads_to_what_waits_for_a_second_person(now: datetime) -> None:
    ana = claim_of("ana", now=now).account_id
    place(ana, now=now - timedelta(days=100))
    holds.propose_lift(place(ana, now=now).pk, reason="Over.", actor=officer("omar"), now=now)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=make_account("ben").pk)
        kind = RestrictionKind.JUDICIAL_FREEZE
        row = restrictions.place(account, kind, actor=officer("olga"), note="", now=now)
    lifting.propose(row.pk, actor=officer("omar"), reason="Over.", now=now)
    hold, claim = "/staff/retention/legalhold/", "/staff/closure/depositclaim/"
    waiting = {
        f"{hold}?work=unconfirmed": 2,
        f"{hold}?work=lift": 1,
        f"{hold}?work=review": 1,
        "/staff/accounts/restriction/?work=lift": 1,
        "/staff/accounts/restriction/?work=unconfirmed": 1,
        f"{claim}?work=open": 1,
        f"{claim}?work=settle": 0,
    }
    olga, sam = console(make_staff("olga", Role.COMPLIANCE)), console(make_staff("sam"))
    assert waiting.items() <= tiles(olga).items()
    for path, count in waiting.items():
        assert olga.get(path).context["cl"].result_count == count, path
    assert set(tiles(olga)) - set(tiles(sam)) == {path for path in waiting if path.startswith(hold)}


def tiles(client: Client) -> dict[str, int]:
    """Return what the index counts, by where it leads to."""
    return {f"{place}?work={kind.code}": count for kind, count, place in client.get("/staff/").context["work"]}


@pytest.mark.row("H04")
def test_index_tells_of_archives_that_cannot_be_opened(now: datetime) -> None:
    sam = console(make_staff("sam"))
    assert "cannot be opened" not in read(sam.get("/staff/")).text
    PurgeMonth.objects.create(month="2031-11", problem="gone")
    assert "Archives that end in these months cannot be opened: 2031-11." in read(sam.get("/staff/")).text
