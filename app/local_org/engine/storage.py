"""Where rows live: SQLite, one table per sObject, a connection per thread, one writer at a time.

Columns have the fields' API names. A datetime is an integer of milliseconds UTC, a date and a time are ISO text, a
boolean is 0 or 1. Text compares without regard to case, ids by their bytes. `_deleted` marks a row in the recycle bin.
"""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
import threading
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.local_org.engine import functions
from app.local_org.engine.indexes import indexes
from app.local_org.engine.names import Names, ObjectNames, quoted
from app.local_org.errors import ApiError
from app.local_org.schema.model import Field, FieldType

SqlValue = str | int | float | None
IN_MEMORY = ":memory:"

_CACHE, _LOADING_CACHE = -16_384, -262_144
"""Pages that a connection keeps in memory, in KiB: as it works, and while a bulk load runs."""

_UNFINISHED = "unfinished load"

_NUMBERS = {FieldType.DOUBLE: "REAL", FieldType.CURRENCY: "REAL", FieldType.PERCENT: "REAL", FieldType.INT: "INTEGER"}
_INTEGERS = {FieldType.BOOLEAN, FieldType.DATETIME}
_BYTES = {FieldType.ID, FieldType.REFERENCE, FieldType.DATE, FieldType.TIME}
_PICKLISTS = {FieldType.PICKLIST, FieldType.MULTIPICKLIST}


def column_type(field: Field) -> str:
    """The column's type and collation."""
    if field.type in _NUMBERS:
        return _NUMBERS[field.type]
    if field.type in _INTEGERS:
        return "INTEGER"
    if field.type in _BYTES or (field.unique and field.case_sensitive):
        return "TEXT"
    if field.type in _PICKLISTS and field.restricted_picklist and all(v.value.isascii() for v in field.picklist):
        return "TEXT COLLATE NOCASE"
    return f"TEXT COLLATE {functions.COLLATION}"


def is_stored(field: Field) -> bool:
    """IsDeleted is the `_deleted` mark that every table has."""
    return field.name not in ("Id", "IsDeleted")


def _tables(names: Names) -> list[str]:
    statements = [
        "CREATE TABLE _sequence (name TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE _meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        # An invitation and the event that it made: see engine.invitees. No field of an org's own shows it.
        "CREATE TABLE _child_event (relation TEXT PRIMARY KEY, child TEXT NOT NULL UNIQUE) WITHOUT ROWID",
    ]
    for found in names.objects():
        statements.extend(_table(found))
    return statements


def _table(found: ObjectNames) -> list[str]:
    table = quoted(found.name)
    columns = ['"Id" TEXT PRIMARY KEY']
    columns += [f"{quoted(f.name)} {column_type(f)}" for f in found.sobject.fields.values() if is_stored(f)]
    columns.append('"_deleted" INTEGER NOT NULL DEFAULT 0')
    return [f"CREATE TABLE {table} ({', '.join(columns)})", *indexes(found)]


LOCK_SECONDS = 10.0
"""How long an org waits for a locked row ([REP] "UNABLE_TO_LOCK_ROW" after ten seconds)."""


def _locked() -> ApiError:
    return ApiError(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", [])


def _begin(connection: sqlite3.Connection, statement: str) -> None:
    """Raises UNABLE_TO_LOCK_ROW where another process holds the file."""
    try:
        connection.execute(statement)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        raise _locked() from error


class Storage:
    """The database file. Reads see the last commit; inside `writing` the same thread sees its own rows."""

    def __init__(self, path: Path | str, names: Names) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        if str(path) == IN_MEMORY:
            # A shared in-memory database locks whole tables; a file that dies with the org does not.
            self._folder = tempfile.TemporaryDirectory(prefix="local-org-")
            path = Path(self._folder.name) / "org.db"
        self._path = Path(path)
        self._durable = self._folder is None
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._writer = threading.RLock()
        self.lock_seconds = LOCK_SECONDS
        self.versions: dict[str, int] = {}
        """Table to the number of committed changes since the start: what a cache is keyed by."""
        self.is_new = self._prepare(names)

    def _prepare(self, names: Names) -> bool:
        statements = _tables(names)
        fingerprint = hashlib.sha256("\n".join(statements).encode()).hexdigest()
        with self.writing() as connection:
            known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = '_meta'").fetchone()
            if known:
                stored = self.meta("schema")
                if stored != fingerprint:
                    raise ValueError(f"{self._path} was made from another schema; delete it and load it anew.")
                if self.meta(_UNFINISHED) is not None:
                    raise ValueError(f"{self._path} was not loaded to its end; delete it and load it anew.")
                return False
            for statement in statements:
                connection.execute(statement)
            self.set_meta("schema", fingerprint)
        return True

    # ------------------------------------------------------------ connections

    def connection(self) -> sqlite3.Connection:
        """This thread's own connection."""
        existing: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if existing is not None:
            return existing
        made = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, cached_statements=512)
        self._set_up(made)
        functions.register(made)
        self._local.connection = made
        with self._guard:
            self._connections.append(made)
        return made

    def _set_up(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'NORMAL' if self._durable else 'OFF'}")
        connection.execute(f"PRAGMA cache_size = {_CACHE}")
        connection.execute("PRAGMA busy_timeout = 10000")
        connection.execute("PRAGMA temp_store = MEMORY")

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """A consistent view over several reads."""
        connection = self.connection()
        if connection.in_transaction:
            yield connection
            return
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("COMMIT")

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """A transaction, or a savepoint inside one of this thread: all of it stands, or nothing does.

        The writer's lock stands in for the locks of rows: who waits for it longer than an org waits for a row gets
        UNABLE_TO_LOCK_ROW, whichever row he writes. So two transactions never hold rows of each other, and what an org
        would let run side by side runs one after the other.
        """
        with self._writing_alone():
            connection = self.connection()
            depth: int = getattr(self._local, "depth", 0)
            begin, commit, undo = (
                (f"SAVEPOINT s{depth}", f"RELEASE s{depth}", (f"ROLLBACK TO s{depth}", f"RELEASE s{depth}"))
                if depth
                else ("BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",))
            )
            _begin(connection, begin)
            self._local.depth = depth + 1
            try:
                yield connection
            except BaseException:
                for statement in undo:
                    connection.execute(statement)
                if not depth:
                    self._touched().clear()
                raise
            else:
                connection.execute(commit)
                if not depth:
                    for table in self._touched():
                        self.versions[table] = self.versions.get(table, 0) + 1
                    self._touched().clear()
            finally:
                self._local.depth = depth

    @contextmanager
    def bulk_loading(self) -> Generator[None]:
        """Many loads at the speed of the disk's cache, and statistics for the planner when they are done.

        For the only thread of a new org. Loads inside commit one by one, so that their log stays small; the file is
        marked until the end, and a marked one is refused when it is opened.
        """
        connection = self.connection()
        self.set_meta(_UNFINISHED, "1")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(f"PRAGMA cache_size = {_LOADING_CACHE}")
        # An index is sorted once at the end, instead of once for each row.
        found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql LIKE 'CREATE INDEX%'").fetchall()
        for name, _ in found:
            connection.execute(f"DROP INDEX {quoted(name)}")
        yield
        for _, sql in found:
            connection.execute(sql)
        connection.execute("PRAGMA analysis_limit = 1000")
        connection.execute("ANALYZE")
        connection.execute("DELETE FROM _meta WHERE name = ?", (_UNFINISHED,))
        self._set_up(connection)

    @contextmanager
    def _writing_alone(self) -> Generator[None]:
        if not self._writer.acquire(timeout=self.lock_seconds):
            raise _locked()
        try:
            yield
        finally:
            self._writer.release()

    def _touched(self) -> set[str]:
        names: set[str] | None = getattr(self._local, "touched", None)
        if names is None:
            names = set[str]()
            self._local.touched = names
        return names

    def touched(self, table: str) -> None:
        """Note a change of a table; `versions` counts it once the transaction is committed."""
        self._touched().add(table)

    def is_touched(self, tables: Iterable[str]) -> bool:
        """Whether this thread's open transaction has changed one of the tables."""
        return not self._touched().isdisjoint(tables)

    def close(self) -> None:
        """Close every thread's connection; a file of `:memory:` goes with them."""
        with self._guard:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
        self._local = threading.local()
        if self._folder is not None:
            self._folder.cleanup()

    # ------------------------------------------------------------ small things kept beside the rows

    def meta(self, name: str) -> str | None:
        row = self.connection().execute("SELECT value FROM _meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, name: str, value: str) -> None:
        with self.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO _meta (name, value) VALUES (?, ?)", (name, value))

    def take_numbers(self, sequence: str, count: int = 1) -> int:
        """Reserve `count` numbers of a sequence and return the first; they count from 1."""
        with self.writing() as connection:
            row = connection.execute(
                "INSERT INTO _sequence (name, last) VALUES (:name, :count)"
                " ON CONFLICT (name) DO UPDATE SET last = last + :count RETURNING last",
                {"name": sequence, "count": count},
            ).fetchone()
        return int(row[0]) - count + 1

    def skip_to(self, sequence: str, number: int) -> None:
        """Make sure that the sequence never gives a number up to this one."""
        with self.writing() as connection:
            connection.execute(
                "INSERT INTO _sequence (name, last) VALUES (:name, :number)"
                " ON CONFLICT (name) DO UPDATE SET last = max(last, :number)",
                {"name": sequence, "number": number},
            )

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[SqlValue]]) -> None:
        """Insert rows whose values are in the order of `columns`."""
        marks = ", ".join("?" for _ in columns)
        listed = ", ".join(quoted(column) for column in columns)
        sql = f"INSERT INTO {quoted(table)} ({listed}) VALUES ({marks})"  # noqa: S608 - names from the schema
        with self.writing() as connection:
            connection.executemany(sql, rows)
