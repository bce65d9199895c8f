"""Pages of the demo: caught messages, current authenticator codes, a clock that jumps ahead, deposits that arrive."""

import json
import time
from datetime import timedelta

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from accounts import clock
from accounts.identifiers import find_account
from closure.enums import ClosureState
from closure.models import ClosureRequest
from closure.operations.sweep import run_sweeps
from portal.demo import clock_file, codes, deposits
from portal.demo.catcher import BOX

MAX_HOURS = 24 * 366 * 10
MOST_SECONDS = 15.0
PAUSE_SECONDS = 0.2


@never_cache
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """Show what was sent, the codes of today and the clock."""
    context = {
        "sent": BOX.messages(request.GET.get("to", "")),
        "people": codes.current(),
        "now": clock.now(),
        "ahead": clock_file.read(),
    }
    return render(request, "demo/outbox.html", context)


@never_cache
@require_GET
def outbox_json(request: HttpRequest) -> JsonResponse:
    """Answer with what was sent, newest first; `?to=` for one recipient."""
    return JsonResponse(BOX.messages(request.GET.get("to", "")), safe=False)


@never_cache
@require_GET
def totp_json(request: HttpRequest) -> JsonResponse:
    """Answer with the current authenticator code of one demo person."""
    account = find_account(request.GET.get("account", ""))
    code = codes.of(account) if account is not None else None
    if code is None:
        return JsonResponse({"detail": "Nobody with this address has an authenticator."}, status=404)
    return JsonResponse({"code": code.code, "valid_for": code.valid_for})


@csrf_exempt
@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """Jump ahead and run what has come due, before answering: JSON from scripts, a form from the outbox page."""
    if request.content_type == "application/x-www-form-urlencoded":
        return _move_by_form(request)
    try:
        body = json.loads(request.body)
        counts = _jump(body.get("advance_hours") if isinstance(body, dict) else None)
    except ValueError as error:
        return JsonResponse({"detail": str(error)}, status=400)
    return JsonResponse({"now": clock.now().isoformat(), "done": counts})


@csrf_protect
def _move_by_form(request: HttpRequest) -> HttpResponse:
    try:
        _jump(request.POST.get("advance_hours"))
    except ValueError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The clock moved ahead.")
    return redirect("demo-outbox")


@csrf_exempt
@require_POST
def arrive(request: HttpRequest) -> HttpResponse:
    """Let a deposit arrive and run what follows, before answering: JSON from scripts, a form from the outbox page."""
    if request.content_type == "application/x-www-form-urlencoded":
        return _arrive_by_form(request)
    try:
        deposits.arrive(deposits.read(request))
    except ValueError as error:
        return JsonResponse({"detail": str(error)}, status=400)
    return JsonResponse({"done": catch_up()})


@csrf_protect
def _arrive_by_form(request: HttpRequest) -> HttpResponse:
    try:
        deposits.arrive(deposits.read(request))
    except ValueError as error:
        messages.error(request, str(error))
    else:
        catch_up()
        messages.success(request, "The deposit has arrived.")
    return redirect("demo-outbox")


def _jump(given: object) -> dict[str, int]:
    try:
        hours = float(str(given))
    except ValueError as error:
        raise ValueError('Send {"advance_hours": 24}.') from error
    if not 0 <= hours <= MAX_HOURS:
        raise ValueError(f"advance_hours must be from 0 to {MAX_HOURS}.")
    clock_file.advance(timedelta(hours=hours))
    return catch_up()


def catch_up() -> dict[str, int]:
    """Run the sweeps until nothing more moves, and wait for what the worker took up at the same moment."""
    totals: dict[str, int] = {}
    ends = time.monotonic() + MOST_SECONDS
    while time.monotonic() < ends:
        counts = {name: count for name, count in run_sweeps(now=clock.now()).items() if count}
        for name, count in counts.items():
            totals[name] = totals.get(name, 0) + count
        if not counts and not _is_closing():
            break
        time.sleep(PAUSE_SECONDS)
    return totals


def _is_closing() -> bool:
    due = Q(state__in=[ClosureState.COOLING_OFF, ClosureState.APPROVED], finalizes_after__lte=clock.now())
    running = Q(state=ClosureState.FINALIZING, parked_at=None)
    return ClosureRequest.objects.filter(due | running).exists()
