"""Databases of demos, of the same kind as the suite's: empty, or with tables that were made once for all."""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings

FILE = "portal.sqlite3"
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "XDG_RUNTIME_DIR", "VIRTUAL_ENV")


def environment(folder: Path, url: str) -> dict[str, str]:
    """Return the environment of a process of a demo with its data in `folder`, and nothing of ours."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {"DEMO": "1", "VAR_DIR": str(folder), "DATABASE_URL": url}


@contextmanager
def database(folder: Path, *, like: str | None = None) -> Iterator[str]:
    """Yield the URL of a database: empty, or a copy of the one at `like`, to which nobody may be connected."""
    if str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite3"):
        if like is not None:
            for part in Path(like.removeprefix("sqlite:///")).parent.glob(f"{FILE}*"):
                shutil.copy(part, folder)
        yield f"sqlite:///{folder}/{FILE}"
        return
    name, base = f"demo_{secrets.token_hex(6)}", os.environ["DATABASE_URL"]
    template = "" if like is None else f" TEMPLATE {_name_in(like)}"
    with psycopg.connect(base, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}{template}")
    try:
        yield _with_name(base, name)
    finally:
        with psycopg.connect(base, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def migrated(folder: Path) -> Iterator[str]:
    """Yield the URL of a database with all tables and nobody in them."""
    with database(folder) as url:
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=settings.BASE_DIR, env=environment(folder, url), check=True)
        yield url


def _name_in(url: str) -> str:
    return url.rpartition("/")[2].partition("?")[0]


def _with_name(url: str, name: str) -> str:
    head, _slash, tail = url.rpartition("/")
    _old, question, options = tail.partition("?")
    return f"{head}/{name}{question}{options}"
