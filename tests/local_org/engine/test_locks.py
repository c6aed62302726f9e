"""The writer's lock as an org's locks of rows."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from app.local_org.engine.names import Names
from app.local_org.engine.storage import Storage
from app.local_org.errors import ApiError
from tests.support.small_org import small_schema


def _refused(storage: Storage) -> ApiError:
    with pytest.raises(ApiError) as refused, storage.writing():
        pass
    return refused.value


def test_who_waits_too_long_for_another_writer_cannot_lock_the_row(tmp_path: Path) -> None:
    storage = Storage(tmp_path / "org.db", Names(small_schema()))
    storage.lock_seconds = 0.05
    holds, done = threading.Event(), threading.Event()

    def hold() -> None:
        with storage.writing():
            holds.set()
            done.wait(10)

    writer = threading.Thread(target=hold)
    writer.start()
    holds.wait(10)
    error = _refused(storage)
    done.set()
    writer.join()
    expected = (400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", ())
    assert (error.status, error.code, error.message, error.fields) == expected
    with storage.writing():
        pass
    storage.close()


def test_another_process_that_writes_locks_it_too(tmp_path: Path) -> None:
    storage = Storage(tmp_path / "org.db", Names(small_schema()))
    storage.connection().execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(tmp_path / "org.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert _refused(storage).code == "UNABLE_TO_LOCK_ROW"
    other.execute("ROLLBACK")
    other.close()
    with storage.writing():
        pass
    storage.close()
