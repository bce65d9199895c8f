"""Our own source code as syntax trees, for the tests of the house."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "closure", "portal")


@dataclass(frozen=True)
class Module:
    """One Python file; `name` is its dotted name."""

    path: Path
    name: str

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=str(self.path))

    @property
    def relative(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @property
    def is_migration(self) -> bool:
        return "migrations" in self.path.parts

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Yield every function and method, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def calls(self) -> Iterator[ast.Call]:
        """Yield every call."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node

    def assignments(self) -> Iterator[tuple[ast.stmt, ast.Attribute]]:
        """Yield each statement that assigns to an attribute, as in `account.status = ...`, with that attribute."""
        for statement in ast.walk(self.tree):
            if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign):
                for node in ast.walk(statement):
                    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                        yield statement, node

    def imports(self) -> Iterator[tuple[str, int]]:
        """Yield the dotted name and the line of each import; `from a import b` yields `a.b`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield alias.name, node.lineno
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    yield f"{node.module}.{alias.name}", node.lineno

    def at(self, node: ast.expr | ast.stmt) -> str:
        """Return `path:line source` of a node, as a test reports it."""
        return f"{self.relative}:{node.lineno} {ast.unparse(node)}"


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Return the modules below the folders, in order of their paths."""
    return tuple(
        Module(path, ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
    )


def product() -> tuple[Module, ...]:
    """Return our own modules without tests and migrations; fails when the house moved away from under the tests."""
    found = tuple(module for module in modules(*APPS) if not module.is_migration)
    if {module.name.partition(".")[0] for module in found} != set(APPS):
        message = f"no source below {ROOT}"
        raise RuntimeError(message)
    return found
