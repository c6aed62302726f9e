"""A copy of a SQLite database while servers go on using it. PostgreSQL has tools of its own for that."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url


class CannotBackUp(Exception):
    """Why there is no copy, and what to do."""


def back_up(url: str, target: Path) -> None:
    """Copies the database at that URL to a new file, as it is at one moment, readable by its owner alone.

    What was committed before is in it, also what still stands in the write-ahead log, which a copy of the file would
    lack. Raises CannotBackUp; there is no new file then.
    """
    parsed = make_url(url)
    if parsed.drivername != "sqlite+aiosqlite" or not parsed.database:
        raise CannotBackUp("The database is not SQLite: use pg_dump (docs/operations.md).")
    if not Path(parsed.database).is_file():
        raise CannotBackUp(f"There is no database at {parsed.database}.")
    try:
        # Made here, for its mode: VACUUM INTO takes an empty file as it is.
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise CannotBackUp(f"{target}: {error.strerror}.") from None
    try:
        with closing(sqlite3.connect(parsed.database)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        target.unlink()
        raise CannotBackUp(f"SQLite could not copy it: {error}.") from None
