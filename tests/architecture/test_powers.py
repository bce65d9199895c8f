"""Who may what is written in one place: code asks for a power, and only `powers.py` says which roles have it."""

import ast

from tests.architecture.source import modules

# Who is called, the columns of two approvals, and sample people: none of it lets anybody in.
NAMES_ROLES = frozenset(
    {
        "accounts.officers",
        "closure.retention.disclosures",
        "closure.retention.admin.disclosures",
        "portal.demo.personas",
    }
)


def test_roles_are_named_where_powers_are_and_nowhere_else() -> None:
    found = [
        module.at(node)
        for module in modules("accounts", "closure", "portal")
        if module.name not in NAMES_ROLES and not module.name.endswith(".powers")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr.isupper() and ast.unparse(node.value) == "Role"
    ]
    assert found == [], "Write a Power in the powers.py of this floor, and ask actor.may(POWER)"
