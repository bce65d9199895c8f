"""docs/roles.md, drawn from the powers of all floors: nobody keeps it by hand."""

from collections.abc import Iterator

from django.apps import apps

from accounts.enums import Role
from accounts.powers import Power, every

INTRODUCTION = """# Roles

Drawn by `manage.py draw_roles` from the `powers.py` of each floor; edit those instead. Checks ask these lines, and
the groups of the database are given the permission in the last column after every migration. A permission that was
given there by hand gives nobody anything, and is taken away again.

Whoever has no role sees nothing. Staff sign in with a passkey or an authenticator; a session ends after 15 minutes
without a request, and after 8 hours. Nobody edits, adds or deletes rows: what may be done is an operation with a page
of its own, a reason and an event. Nobody acts on their own account, and where it says "by two people" who proposes
never confirms. An auditor reads; archives and evidence are opened for no auditor.

"""


def document() -> str:
    """Return the whole text of docs/roles.md."""
    return INTRODUCTION + "\n".join(table()) + "\n"


def table() -> Iterator[str]:
    """Yield the lines of the table, by what they are about."""
    yield f"| about | what | {' | '.join(Role.values)} | permission |"
    yield "|-|-|" + "-|" * (len(Role) + 1)
    for power in sorted(every(), key=_order):
        cells = (_about(power), power.words, *("yes" if role in power.roles else "" for role in Role))
        yield f"| {' | '.join(cells)} | `{power.app}.{power.codename}` |"


def _about(power: Power) -> str:
    return str(apps.get_model(power.model)._meta.verbose_name_plural)


def _order(power: Power) -> tuple[int, int]:
    """Keep the order of the floors, and the lines about one table together."""
    models = [each.model for each in every()]
    return models.index(power.model), every().index(power)
