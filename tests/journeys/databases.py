"""Databases of demos, of the same kind as the suite's: empty, or with tables and people that were made once for all."""

import fcntl
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from tests.plugins.databases import WORKER

FILE = "portal.sqlite3"
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "XDG_RUNTIME_DIR", "VIRTUAL_ENV")
SEED = "from accounts import clock; from portal.demo.seed import seed; assert seed(now=clock.now())"


@dataclass(frozen=True, kw_only=True)
class Made:
    """A demo's data: the URL of its database, to which nobody is connected, and its folder, with the keys."""

    url: str
    folder: Path


Making = AbstractContextManager[Made]


def environment(folder: Path, url: str) -> dict[str, str]:
    """Return the environment of a process of a demo with its data in `folder`, and nothing of ours."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {"DEMO": "1", "VAR_DIR": str(folder), "DATABASE_URL": url}


@contextmanager
def database(folder: Path, *, like: Made | None = None) -> Iterator[str]:
    """Yield the URL of a database: empty, or a copy of another, whose keys are copied into `folder` too."""
    if like is not None:
        shutil.copytree(like.folder, folder, dirs_exist_ok=True)
    if _is_a_file():
        yield f"sqlite:///{folder}/{FILE}"
        return
    name, base = f"demo_{secrets.token_hex(6)}", os.environ["DATABASE_URL"]
    template = "" if like is None else f" TEMPLATE {_name_in(like.url)}"
    with psycopg.connect(base, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}{template}")
    try:
        yield _with_name(base, name)
    finally:
        with psycopg.connect(base, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def migrated(folder: Path) -> Iterator[Made]:
    """Yield a demo's data with all tables and nobody in them."""
    with database(folder) as url:
        _manage(folder, url, "migrate")
        yield Made(url=url, folder=folder)


@contextmanager
def peopled(folder: Path, *, like: Made) -> Iterator[Made]:
    """Yield a demo's data with the people that it makes itself under the default policy."""
    with database(folder, like=like) as url:
        _manage(folder, url, "shell", "-c", SEED)
        yield Made(url=url, folder=folder)


@contextmanager
def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Making]) -> Iterator[Made]:
    """Yield what `make` makes in a folder of this name, for all workers of the run: the first makes it, others wait.

    A database of a server goes with the worker that made it, so there each makes its own.
    """
    if not _is_a_file():
        with make(factory.mktemp(name)) as made:
            yield made
        return
    shared = factory.getbasetemp().parent if WORKER in os.environ else factory.getbasetemp()
    folder, done = shared / name, shared / f"{name}.done"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            with make(folder):
                done.touch()
    yield Made(url=f"sqlite:///{folder}/{FILE}", folder=folder)


def _is_a_file() -> bool:
    return str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite3")


def _manage(folder: Path, url: str, *command: str) -> None:
    whole = [sys.executable, "manage.py", *command, "--verbosity", "0"]
    subprocess.run(whole, cwd=settings.BASE_DIR, env=environment(folder, url), check=True)


def _name_in(url: str) -> str:
    return url.rpartition("/")[2].partition("?")[0]


def _with_name(url: str, name: str) -> str:
    head, _slash, tail = url.rpartition("/")
    _old, question, options = tail.partition("?")
    return f"{head}/{name}{question}{options}"
