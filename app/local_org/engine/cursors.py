"""Query locators: what is left of a query after its first page, bound to the user who asked, for two days.

A cursor keeps the rows as they were read; children are read when their page is. Cursors live in memory: they do not
outlive the process, as a real one does not outlive a restart of its pod.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.local_org.engine import ids
from app.local_org.engine.plans import RowsPlan
from app.local_org.engine.scope import Statement
from app.local_org.engine.shape import Row
from app.local_org.errors import ApiError

LIFE = timedelta(days=2)
"""How long a locator stands (SOQL and SOSL Reference, query limits)."""

MAX_OPEN = 500
"""Cursors kept at once; the oldest goes first. Ours: the memory of one process."""

_KEY_PREFIX = "01g"


@dataclass(frozen=True, slots=True)
class Cursor:
    """One open query: its owner, what makes bodies of its rows, all rows, rows per page, and when it was opened."""

    user_id: str
    statement: Statement
    plan: RowsPlan
    rows: Sequence[Row]
    batch_size: int
    opened: datetime


class Cursors:
    """The open cursors of an org. Threads may share it."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, Cursor] = OrderedDict()
        self._count = 0
        self._guard = threading.Lock()

    def keep(self, cursor: Cursor) -> str:
        """Keep a cursor and return its 18-character id."""
        with self._guard:
            self._count += 1
            locator = ids.minted(_KEY_PREFIX, self._count)
            self._open[locator] = cursor
            while len(self._open) > MAX_OPEN:
                self._open.popitem(last=False)
        return locator

    def find(self, locator: str, user_id: str, now: datetime) -> tuple[str, Cursor, int]:
        """The id, cursor and offset of `01g…-2000`.

        Raises INVALID_QUERY_LOCATOR for one that is malformed, unknown, another user's, or past its life.
        """
        head, separator, tail = locator.rpartition("-")
        found_id = ids.long_id(head) if separator else None
        with self._guard:
            found = None if found_id is None else self._open.get(found_id)
            if found is not None and found_id is not None and now - found.opened >= LIFE:
                del self._open[found_id]
                found = None
        valid_offset = tail.isascii() and tail.isdigit()
        if found is None or found_id is None or found.user_id != user_id or not valid_offset:
            raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        offset = int(tail)
        if not 0 < offset < len(found.rows):
            raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return found_id, found, offset
