"""The bench's own PostgreSQL database: made at the start of a run, dropped at its end."""

import os
from urllib.parse import urlsplit, urlunsplit

import psycopg

DEFAULT = "postgres://root@127.0.0.1:5432/palabre_bench"


def url() -> str:
    return os.environ.setdefault("DATABASE_URL", DEFAULT)


def name() -> str:
    return urlsplit(url()).path.lstrip("/")


def _maintenance() -> psycopg.Connection:
    if not name().endswith("_bench"):
        raise SystemExit(f"The bench drops its database: {name()!r} does not end in _bench.")
    return psycopg.connect(urlunsplit(urlsplit(url())._replace(path="/postgres")), autocommit=True)


def drop() -> None:
    with _maintenance() as db:
        db.execute(f'DROP DATABASE IF EXISTS "{name()}" WITH (FORCE)')


def create() -> None:
    """An empty database of that name, the product's tables in it."""
    drop()
    with _maintenance() as db:
        db.execute(f'CREATE DATABASE "{name()}"')
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def connect() -> psycopg.Connection:
    """A connection outside Django."""
    return psycopg.connect(url(), autocommit=True)


def settle() -> None:
    """Vacuum and write everything out, so that no round pays for the one before."""
    with connect() as db:
        db.execute("VACUUM ANALYZE")
        db.execute("CHECKPOINT")
