"""Who is let in where: every route x everybody x method, as tests/data/matrix.txt says (invariant 23)."""

from datetime import datetime

import pytest

from tests.portal.matrix import table
from tests.portal.matrix.asking import Asker
from tests.portal.matrix.routes import OWNED, Line, lines
from tests.portal.matrix.world import everybody

# People about whose things a line with OWNED parts is; a status session is the frozen owner's.
OWNERS = frozenset({"owner", "status session"})


@pytest.mark.django_db
@pytest.mark.row("A18", "L02", "L06", "L07")
def test_everybody_is_let_in_where_the_table_says_and_nowhere_else(now: datetime) -> None:
    expected, people, asker, wrong = table.written(), everybody(now), Asker(), []
    every = lines()
    for line in every:
        try:
            asked = {name: asker.cell(person, line) for name, person in people.items()}
        except LookupError as error:
            wrong.append(str(error))
            continue
        cells = "".join(asked[name][0] for name in table.PEOPLE.values())
        if line.key not in expected:
            wrong.append(f"No line yet. Look at it, then add:\n{table.line(line.key, cells)}")
        elif cells != expected[line.key]:
            said = table.line(line.key, expected[line.key])
            wrong.append(f"The table says, and the portal does:\n{said}\n{table.line(line.key, cells)}")
        left = [name for name, (sign, events) in asked.items() if events and not may_leave(line, name, sign)]
        wrong += [f"{line.key} left something in the journal for: {', '.join(left)}"] * bool(left)
    gone = sorted(expected.keys() - {line.key for line in every})
    wrong += [f"There is no such route, or it does no such thing: {key}" for key in gone]
    assert not wrong, f"{table.PLACE.name}:\n" + "\n".join(wrong)


def may_leave(line: Line, name: str, sign: str) -> bool:
    """Tell whether a request may be in the journal: no look, no refusal, and nothing about what is somebody else's."""
    if line.method == "GET" or sign != table.IN:
        return False
    return not OWNED.search(line.address) or line.is_for_staff or name in OWNERS


def test_a_line_that_cannot_be_read_is_told(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("GET close + + +", "GET close + + + + + + + + + + ?", "GET close\n"):
        monkeypatch.setattr(table, "PLACE", Written(text))
        with pytest.raises(ValueError, match="cannot be read"):
            table.written()


class Written:
    """A file with this text."""

    name = "matrix.txt"

    def __init__(self, text: str) -> None:
        self.text = text

    def read_text(self) -> str:
        return self.text
