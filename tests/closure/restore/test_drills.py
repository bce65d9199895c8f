"""A few drills of a restore at moments that chance picks; tests/campaigns/restores.py does many (invariant 26)."""

from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from accounts.audit import audit
from tests.closure.finalization.test_resume import usual_statements
from tests.closure.restore.drilling import drill

DRILLS = 3


@pytest.mark.row("F02", "H06")
@pytest.mark.django_db(transaction=True)
def test_drills_bring_nobody_back(now: datetime, tmp_path: Path) -> None:
    statements, chance = len(usual_statements(now)), Random(26)
    done = [drill(chance, f"ana{number}", now=now, statements=statements, folder=tmp_path) for number in range(DRILLS)]
    assert [each.lost for each in done] == [[]] * DRILLS
    assert len({point for each in done for point in each.points}) >= DRILLS
    assert audit().broken is None
