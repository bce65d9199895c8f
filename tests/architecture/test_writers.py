"""One writer per state column, found in the syntax trees: nobody goes round lifecycle, status or journal."""

import ast

import pytest
from django.apps import apps

from tests.architecture.source import Module, product

STATUS_WRITER = "accounts/status.py"
STATE_WRITER = "closure/lifecycle.py"
REACTIVATION_WRITER = "closure/reactivation/lifecycle.py"
EVENT_WRITER = "accounts/journal.py"
# Other tables have a `state` too; the row's name or the enum of its value says whose it is.
OTHER_ROWS = ("case.", "effect.", "message.")
OTHER_ENUMS = (
    "EffectState.",
    "ExportState.",
    "Delivery.",
    "CaseState.",
    "MonthState.",
    "RemedyState(",
    "ResidualState(",
)
WRITING_CALLS = frozenset({"update", "bulk_update", "update_or_create"})


def column_writes(module: Module, column: str) -> list[str]:
    """Return where a module assigns `x.column`, or names the column in an update or in `update_fields`."""
    assigned = [module.at(statement) for statement, target in module.assignments() if target.attr == column]
    return assigned + [module.at(call) for call in module.calls() if _writes(call, column)]


def _writes(call: ast.Call, column: str) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name in WRITING_CALLS and any(keyword.arg == column for keyword in call.keywords):
        return True
    listed = [keyword.value for keyword in call.keywords if keyword.arg in {"update_fields", "fields", "defaults"}]
    listed += call.args if name in WRITING_CALLS else []
    constants = [node.value for value in listed for node in ast.walk(value) if isinstance(node, ast.Constant)]
    return name in {*WRITING_CALLS, "save"} and column in constants


def raw_writes(module: Module, table: str) -> list[str]:
    texts = [node for node in ast.walk(module.tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [module.at(node) for node in texts if f"update {table}" in " ".join(str(node.value).lower().split())]


def others(writer: str) -> list[Module]:
    return [module for module in product() if module.relative != writer]


def writer(path: str) -> Module:
    return next(module for module in product() if module.relative == path)


def is_other_state(found: str) -> bool:
    source = found.partition(" ")[2]
    return source.startswith(OTHER_ROWS) or any(enum in source for enum in OTHER_ENUMS)


def test_status_belongs_to_accounts_alone() -> None:
    owners = [model._meta.label for model in apps.get_models() if "status" in {f.name for f in model._meta.fields}]
    assert owners == ["accounts.Account"]


def test_status_is_written_by_the_status_module_alone() -> None:
    assert [found for module in others(STATUS_WRITER) for found in column_writes(module, "status")] == []


def test_state_of_closures_is_written_by_the_lifecycle_alone() -> None:
    # Lower floors cannot name a closure at all.
    above = [module for module in others(STATE_WRITER) if not module.name.startswith("accounts")]
    above = [module for module in above if module.relative != REACTIVATION_WRITER]
    found = [found for module in above for found in column_writes(module, "state")]
    assert [line for line in found if not is_other_state(line)] == []


@pytest.mark.parametrize(
    "table", ["accounts_account", "closure_closurerequest", "closure_reactivation", "accounts_event"]
)
def test_tables_with_one_writer_are_not_updated_by_raw_sql(table: str) -> None:
    assert [found for module in product() for found in raw_writes(module, table)] == []


def test_events_are_made_by_the_journal_alone() -> None:
    made = [
        module.at(call)
        for module in others(EVENT_WRITER)
        for call in module.calls()
        if ast.unparse(call.func) == "Event"
        or ast.unparse(call.func).startswith(("Event.objects.create", "Event.objects.bulk"))
    ]
    assert made == []


@pytest.mark.parametrize(
    ("path", "column"), [(STATUS_WRITER, "status"), (STATE_WRITER, "state"), (REACTIVATION_WRITER, "state")]
)
def test_search_finds_the_writer_itself(path: str, column: str) -> None:
    assert len(column_writes(writer(path), column)) >= 1
