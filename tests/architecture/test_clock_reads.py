"""Only accounts/clock.py reads the time, and only edges ask it: domain code is given `now`."""

import ast

from tests.architecture.layers import CALLED_BY_DJANGO, LAYERS, layer_of
from tests.architecture.source import Module, product

WALL_CLOCKS = frozenset({
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "timezone.localtime",
    "timezone.localdate", "time.time", "time.time_ns", "time.gmtime", "time.localtime", "Now",
})  # fmt: skip
# Real time by design: what an authenticator shows and what orders keys must not move with the portal's clock,
# which the demo moves.
REAL_TIME = (
    "accounts/clock.py",
    "accounts/ids.py",
    "accounts/models/factor.py",
    "accounts/verification/factors/totp.py",
    "portal/demo/",
)


def wall_clock_reads(module: Module) -> list[str]:
    # The last two names are enough: `datetime.datetime.now` and `datetime.now` read the same clock.
    return [
        module.at(call) for call in module.calls() if ".".join(ast.unparse(call.func).split(".")[-2:]) in WALL_CLOCKS
    ]


def portal_clock_reads(module: Module) -> list[str]:
    called = [module.at(call) for call in module.calls() if ast.unparse(call.func).endswith("clock.now")]
    imported = [f"{module.relative}:{line}" for target, line in module.imports() if target == "accounts.clock.now"]
    return called + imported


def test_wall_clock_is_read_by_the_clock_alone() -> None:
    assert [
        read for module in product() if not module.relative.startswith(REAL_TIME) for read in wall_clock_reads(module)
    ] == []


def test_wall_clock_search_finds_the_clock() -> None:
    clock = next(module for module in product() if module.relative == "accounts/clock.py")
    assert len(wall_clock_reads(clock)) >= 1


def test_domain_never_asks_for_the_time() -> None:
    domain = [
        module
        for module in product()
        if layer_of(module.name) <= LAYERS.index("domain")
        and not module.name.startswith("portal")
        and module.name not in CALLED_BY_DJANGO
    ]
    assert [read for module in domain for read in portal_clock_reads(module)] == []
