"""Every setting of the environment is explained once, in .env.example, and tests set them all."""

import ast
import re

from tests.architecture.source import ROOT, modules
from tests.plugins.environment import TEST_ENVIRONMENT

READERS = frozenset({"flag", "text", "items", "required", "required_ring", "required_key", "database"})
SET_BY_DATABASE_PLUGIN = frozenset({"DATABASE_URL", "VAR_DIR"})


def names_read() -> set[str]:
    """Return the first argument of every call that reads the environment, in the two modules that may."""
    calls = [
        call
        for module in modules("portal")
        if module.name in {"portal.settings", "portal.env"}
        for call in module.calls()
    ]
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in READERS
        if call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }


def test_environment_names_are_those_of_the_example() -> None:
    example = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(example) == sorted(names_read())


def test_environment_names_are_all_set_by_tests() -> None:
    assert names_read() - set(TEST_ENVIRONMENT) == SET_BY_DATABASE_PLUGIN
