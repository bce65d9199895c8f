"""Copies of the database as it is now, and back: what a rehearsal backs up and restores.

An embedded database is copied by its own backup interface, PostgreSQL by a database made from ours as its template,
which needs the right to make databases, and nobody else connected.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql


def back_up(copy: Path) -> None:
    """Copy the database; `copy` is the file, or names a database on the same server by its last part."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(copy)) as file:
            _embedded().backup(file)
    else:
        _recreate(copy.name, template=_name())


def restore(copy: Path) -> None:
    """Put the database back to what the copy has, in its own place."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(copy)) as file:
            file.backup(_embedded())
    else:
        _recreate(_name(), template=copy.name)


def drop(copy: Path) -> None:
    """Remove a copy."""
    if connection.vendor == "sqlite":
        copy.unlink(missing_ok=True)
    else:
        with _server() as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(copy.name)))


def create(name: str) -> None:
    """Make an empty database on our server; raises psycopg.Error where we may not."""
    with _server() as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _embedded() -> sqlite3.Connection:
    connection.ensure_connection()
    embedded: sqlite3.Connection = connection.connection
    return embedded


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _recreate(name: str, *, template: str) -> None:
    connection.close()
    with _server() as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        server.execute(made.format(sql.Identifier(name), sql.Identifier(template)))


@contextmanager
def _server() -> Iterator[Any]:
    """Give a connection to the server that is to no database of ours."""
    facts = {**connection.get_connection_params(), "dbname": "postgres"}
    facts = {name: facts[name] for name in ("dbname", "user", "password", "host", "port") if facts.get(name)}
    with psycopg.connect(**facts, autocommit=True) as server:
        yield server
