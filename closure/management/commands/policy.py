"""Shows, checks and lists closure policies: the effective values, their version, and what is odd about them."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import BaseCommand

from closure.policy import loader

FAILED, SOME_FAILED = 1, 3


class Command(BaseCommand):
    requires_system_checks: ClassVar[list[str]] = []  # type: ignore[misc]  # it must tell what stops the portal
    help = "Show the effective policy, check policy files, or list the presets. Exit 3: a file checked is not usable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object a line, a summary last")
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="show|check|list")
        show = verbs.add_parser("show", help="print a policy as it is understood")
        show.add_argument("policy", nargs="?", help="preset or path of a TOML file; default: PORTAL_POLICY")
        check = verbs.add_parser("check", help="check policies; all presets and PORTAL_POLICY by default")
        check.add_argument("policies", nargs="*", metavar="policy", help="presets or paths of TOML files")
        listing = verbs.add_parser("list", help="list the presets")
        for verb in (show, check, listing):
            verb.add_argument(
                "--json", action="store_true", default=False, dest="json_after", help="as before the verb"
            )

    def handle(self, *args: Any, **options: Any) -> None:
        as_json = options["json"] or options["json_after"]
        if options["verb"] == "show":
            self._show(options["policy"] or settings.PORTAL_POLICY, as_json=as_json)
        elif options["verb"] == "check":
            self._check(options["policies"] or _all(), as_json=as_json)
        else:
            self._list(as_json=as_json)

    def _show(self, name: str, *, as_json: bool) -> None:
        try:
            policy = loader.load(name)
        except loader.PolicyError as error:
            self._tell_problems(error)
            raise SystemExit(FAILED) from error
        version, odd = loader.version(policy), loader.warnings(policy)
        if as_json:
            summary = {"name": policy.name, "version": version, "warnings": odd}
            self._lines(loader.to_mapping(policy), {"summary": summary})
            return
        self.stdout.write(f"policy {policy.name}, version {version}")
        for line in _flat(loader.to_mapping(policy)):
            self.stdout.write(line)
        for text in odd:
            self.stdout.write(f"warning: {text}")

    def _check(self, names: list[str], *, as_json: bool) -> None:
        broken = 0
        for name in names:
            problems, odd, version = _judge(name)
            broken += bool(problems)
            if as_json:
                self._lines({"policy": name, "version": version, "problems": problems, "warnings": odd})
                continue
            self.stdout.write(f"{name}: {'not usable' if problems else f'ok, version {version}'}")
            for text in [*(f"problem: {text}" for text in problems), *(f"warning: {text}" for text in odd)]:
                self.stdout.write(f"  {text}")
        if as_json:
            self._lines({"summary": {"checked": len(names), "broken": broken}})
        if broken:
            raise SystemExit(SOME_FAILED)

    def _list(self, *, as_json: bool) -> None:
        names = loader.presets()
        for name in names:
            in_force = name == settings.PORTAL_POLICY
            version = loader.version(loader.load(name))
            if as_json:
                self._lines({"policy": name, "version": version, "in_force": in_force})
            else:
                self.stdout.write(f"{name} {version}{' (in force)' if in_force else ''}")
        if as_json:
            self._lines({"summary": {"presets": len(names), "in_force": settings.PORTAL_POLICY}})

    def _lines(self, *objects: Mapping[str, Any]) -> None:
        for item in objects:
            self.stdout.write(json.dumps(item, ensure_ascii=False))

    def _tell_problems(self, error: loader.PolicyError) -> None:
        for problem in error.problems:
            self.stderr.write(f"{error.source}: {problem}")


def _all() -> list[str]:
    return [*loader.presets(), *({settings.PORTAL_POLICY} - set(loader.presets()))]


def _judge(name: str) -> tuple[list[str], list[str], str | None]:
    try:
        policy = loader.load(name)
    except loader.PolicyError as error:
        return list(error.problems), [], None
    return [], loader.warnings(policy), loader.version(policy)


def _flat(mapping: Mapping[str, Any]) -> Iterator[str]:
    for name, value in mapping.items():
        if isinstance(value, dict):
            yield f"[{name}]"
            yield from (f"  {line}" for line in _flat(value))
        else:
            yield f"{name} = {json.dumps(value, ensure_ascii=False) if value is not None else 'none'}"
