"""Every route of the URL configuration with what is sent to it: parts of its address and a body that is right."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from accounts.admin.decisions import DecidedAdmin
from closure.notes import OWN_TICK
from portal.staff_site import staff_site

# Parts of addresses that name a thing of somebody.
OWNED = re.compile(r"<(?:uuid:(?:factor|sign_in|run|residual|export)|(?:case|reference):reference)>")
PART = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
# Parts that say what is decided, not about what.
SAYS_WHAT = frozenset({"what", "code"})
OTHERS = ("DELETE", "PUT", "PATCH")
REASON = "Looked at it: all in order."
# What several forms ask for; more is ignored, and forms that ask for more than this say so after letting in.
ANYTHING = {
    **dict.fromkeys(("reason", "note", "text"), REASON),
    "code": "000000",
    "seen_version": "0",
    "kind": "other",
    "review_on": "2099-01-01",
}
# One line for each thing that a route does, by what its address or its body says.
DECISIONS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "admin:closure_closurerequest_decide": {
        "approve": {"decision": "approve"},
        "approve_second": {"decision": "approve", "seen_version": "1"},
        "ask": {"decision": "ask"},
        "reject": {"decision": "reject", "template": "rejected"},
        "cancel": {"decision": "cancel"},
    },
    **{
        f"admin:{row}_desk": {move: {"move": move} for move in ("claim", "take_over", "release")}
        for row in ("closure_closurerequest", "accounts_case", "closure_reactivation", "accounts_factorrecovery")
    },
    "admin:closure_reactivation_decide": {
        "approve": {"decision": "approve"},
        "approve_second": {"decision": "approve"},
        "ask": {"decision": "ask", "note": "taped"},
        "refuse": {"decision": "refuse", "note": "taped"},
    },
    "api:staff-decisions": {
        "approve": {"decision": "approve"},
        "approve_second": {"decision": "approve", "seen_version": "1"},
        "ask": {"decision": "ask"},
        "reject": {"decision": "reject", "template": "rejected"},
        "cancel": {"decision": "cancel"},
    },
    "api:staff-reactivation-decisions": {
        "approve": {"decision": "approve"},
        "ask": {"decision": "ask"},
        "refuse": {"decision": "refuse"},
    },
    "admin:closure_depositclaim_decide": {"propose": {"outcome": "paid"}, "settle": {"outcome": "paid"}},
    "admin:retention_disclosure_ask": {
        "regulator": {"purpose": "regulator", "account": "{closed}", "reference": "BA 12/2026"},
        "person": {"purpose": "person", "account": "{closed}", "reference": "{closed_case}"},
    },
}
BODIES: Mapping[str, Mapping[str, str]] = {
    "admin:accounts_factorrecovery_decide": {"broken": "edges"},
    "close-risks": dict.fromkeys(("understood", *OWN_TICK), "on"),
    "api:exports": {"kind": "transactions"},
    "api:export-verification": {"kind": "transactions"},
    "api:export-factor": {"kind": "transactions"},
    "admin:closure_closurerequest_face": {"outcome": "documents"},
    "api:staff-face": {"outcome": "documents"},
    "admin:closure_depositclaim_find": {"kind": "email", "value": "gil@example.test"},
    "admin:accounts_announcement_publish": {
        "title_en": "Planned work",
        "text_en": "On Sunday.",
        "starts_at": "2026-01-01T00:00",
    },
    "admin:retention_legalhold_place": {
        "account": "{closed}",
        "case_number": "12/2026",
        "basis": "An order",
    },
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One method of one route, or of one thing that it does."""

    method: str
    route: str
    address: str
    what: str = ""

    @property
    def key(self) -> str:
        """How the file names it."""
        return f"{self.method} {self.route}" + (f"[{self.what}]" if self.what else "")

    @property
    def is_for_staff(self) -> bool:
        """Whether it is a page or a call for staff."""
        return self.route.startswith(("admin:", "api:staff-"))

    def body(self, known: Mapping[str, str]) -> dict[str, str]:
        """Return what is posted."""
        given = {**ANYTHING, **BODIES.get(self.route, {}), **DECISIONS.get(self.route, {}).get(self.what, {})}
        return {name: value.format_map(known) for name, value in given.items()}

    def filled(self, known: Mapping[str, str]) -> str:
        """Return the path: the thing of `known` for this line or route alone, else by the name or kind of the part.

        Raises LookupError where a route has a part that nobody gave anything for.
        """

        def part(found: re.Match[str]) -> str:
            name, kind = found["name"], found["kind"] or "str"
            if self.what and name in SAYS_WHAT:
                return self.what
            table = self.route.rpartition("_")[0]
            named = (f"{self.route}[{self.what}]", self.route, table, kind)
            every = (*(f"{each}.{name}" for each in named), name, kind)
            stands = next((known[each] for each in every if each in known), None)
            if stands is None:
                raise LookupError(f"{self.key}: say in tests/portal/matrix/rows.py what stands for {self.route}.{name}")
            return stands

        return "/" + PART.sub(part, self.address)


def lines() -> list[Line]:
    """Return every line, in the order of the configuration."""
    decided: dict[str, Mapping[str, Any]] = {
        f"admin:{admin.route}_decide": {each.code: {} for each in admin.decisions}
        for admin in staff_site._registry.values()
        if isinstance(admin, DecidedAdmin)
    }
    found: list[Line] = []
    for route, address, view in dict.fromkeys(_walk(get_resolver().url_patterns, "", "")):
        whats = {**decided, **DECISIONS}.get(route, {"": {}})
        methods = [method for method in OTHERS if hasattr(view, method.lower())]
        found += [Line(method="GET", route=route, address=address, what=next(iter(whats)))]
        found += [
            Line(method=method, route=route, address=address, what=what)
            for what in whats
            for method in ("POST", *methods)
        ]
    return found


def _walk(patterns: list[Any], prefix: str, space: str) -> list[tuple[str, str, Any]]:
    found: list[tuple[str, str, Any]] = []
    for each in patterns:
        here = prefix + _address(each)
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            found += _walk(each.url_patterns, here, inner)
        else:
            found.append((f"{space}{each.name or 'anything-else'}", here, getattr(each.callback, "view_class", None)))
    return found


def _address(each: URLPattern | URLResolver) -> str:
    text = str(each.pattern)
    if isinstance(each.pattern, RoutePattern) or isinstance(each, URLResolver):
        return text
    return "accounts/" if "app_label" in text else "nothing"
