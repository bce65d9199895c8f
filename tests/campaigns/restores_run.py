"""The part of the restore campaign that pytest runs (tests/campaigns/restores.py starts it)."""

import os
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection

from accounts.audit import audit
from tests.campaigns.restores import DRILLS, SECONDS, SEED
from tests.closure.finalization.test_resume import usual_statements
from tests.closure.restore.drilling import Drill, drill


@pytest.mark.django_db(transaction=True)
def test_drills_until_all_are_done_or_the_time_is_over(
    now: datetime, tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ARCHIVE_KEYS_DIR, settings.CLOSURE_BOOK_DIR = tmp_path / "keys", tmp_path / "book"
    chance, wanted = Random(int(os.environ[SEED])), int(os.environ[DRILLS])
    end = time.monotonic() + float(os.environ[SECONDS])
    statements = len(usual_statements(now))
    done: list[Drill] = []
    while len(done) < wanted and time.monotonic() < end:
        done.append(drill(chance, f"ana{len(done)}", now=now, statements=statements, folder=tmp_path))
    points = Counter(point for each in done for point in each.points)
    with capsys.disabled():
        sys.stdout.write(f"\n{len(done)} drills, seed {os.environ[SEED]}, {connection.vendor}\n")
        sys.stdout.writelines(f"{times:8} {point}\n" for point, times in sorted(points.items()))
        sys.stdout.write(f"{sum(each.renewed for each in done):8} with keys renewed since\n")
        sys.stdout.write(
            f"{sum(bool(each.lost) for each in done):8} in which anybody came back, or anything was lost\n"
        )
    assert [each.lost for each in done if each.lost] == []
    assert audit().broken is None
