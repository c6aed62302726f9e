"""The SQLite tables behind logins, codes, grants and tokens. Secrets are stored hashed."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

_TABLES = """
CREATE TABLE IF NOT EXISTS login (
    secret TEXT PRIMARY KEY, user_id TEXT NOT NULL, form_token TEXT NOT NULL, used REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS code (
    secret TEXT PRIMARY KEY, consumer_key TEXT NOT NULL, user_id TEXT NOT NULL, scope TEXT NOT NULL,
    redirect_uri TEXT NOT NULL, challenge TEXT, nonce TEXT, made REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS app_grant (
    number INTEGER PRIMARY KEY, consumer_key TEXT NOT NULL, user_id TEXT NOT NULL, scope TEXT NOT NULL,
    made REAL NOT NULL, used REAL NOT NULL, refresh_secret TEXT UNIQUE
) STRICT;
CREATE TABLE IF NOT EXISTS spent_refresh_token (
    secret TEXT PRIMARY KEY, grant_number INTEGER NOT NULL REFERENCES app_grant ON DELETE CASCADE
) STRICT;
CREATE TABLE IF NOT EXISTS access_token (
    secret TEXT PRIMARY KEY, grant_number INTEGER NOT NULL REFERENCES app_grant ON DELETE CASCADE,
    user_id TEXT NOT NULL, scope TEXT NOT NULL, used REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS access_token_of_grant ON access_token (grant_number);
CREATE INDEX IF NOT EXISTS spent_of_grant ON spent_refresh_token (grant_number);
"""


def digest(secret: str) -> str:
    """What is stored of a secret: SHA-256, in hex. The secrets are random, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Storage:
    """One connection, one lock, short transactions: every step below `write()` is atomic and alone.

    Moments are seconds since the epoch. The file may be kept over restarts, so that a grant outlives the process.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._lock = RLock()
        self._connection = sqlite3.connect(
            ":memory:" if path is None else str(path), check_same_thread=False, isolation_level=None
        )
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.executescript(_TABLES)

    @contextmanager
    def write(self) -> Generator[sqlite3.Connection]:
        """A transaction: committed at the end, taken back by an exception."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def row(self, sql: str, *values: object) -> sqlite3.Row | None:
        """The first row of a reading."""
        with self._lock:
            return self._connection.execute(sql, values).fetchone()

    def close(self) -> None:
        with self._lock:
            self._connection.close()
