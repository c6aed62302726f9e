"""The armed faults of a running org: which of them does a request meet, and how often are they still due?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from threading import Lock
from typing import Any

from app.local_org.faults.kinds import Armed, ConcurrentEdit, ExpireSession, LockRow, RevokeGrant


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as faults see it. path: decoded. text: decoded URL and body, where the object is looked for.

    token: the access or refresh token that it carries.
    """

    method: str
    path: str
    text: str
    writes_records: bool = False
    token: str | None = None


@dataclass(slots=True)
class _Entry:
    number: int
    fault: Armed
    passed: int = 0
    met: int = 0

    def due(self) -> bool:
        return self.fault.times is None or self.met < self.fault.times


class ArmedFaults:
    """Thread-safe. Faults are met in the order in which they were armed, so the same requests meet the same faults."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._entries: list[_Entry] = []
        self._last_number = 0

    def add(self, fault: Armed) -> dict[str, Any]:
        """Arms a fault: its line as `listed` shows it."""
        with self._lock:
            self._last_number += 1
            entry = _Entry(self._last_number, fault)
            self._entries.append(entry)
            return _line(entry)

    def listed(self) -> list[dict[str, Any]]:
        """Each with its id, how often it was met and how often it is still due; a spent one stays until cleared."""
        with self._lock:
            return [_line(entry) for entry in self._entries]

    def line(self, number: int) -> dict[str, Any] | None:
        return next((line for line in self.listed() if line["id"] == number), None)

    def remove(self, number: int) -> bool:
        """Clears one. False when there is none of that id."""
        with self._lock:
            kept = [entry for entry in self._entries if entry.number != number]
            removed = len(kept) < len(self._entries)
            self._entries = kept
            return removed

    def clear(self) -> None:
        with self._lock:
            self._entries = []

    def any_due(self) -> bool:
        """Whether a request has to be looked at at all."""
        return any(entry.due() for entry in self._entries)

    def met_by(self, asked: Asked) -> Iterator[Armed]:
        """The faults that this request meets. Lazy: one behind the last that is taken is not counted."""
        for entry in tuple(self._entries):
            fault = entry.fault
            if _can_meet(fault, asked) and self._meets(entry, asked):
                yield fault

    def locks_row(self, method: str, path: str, object_name: str) -> bool:
        """Whether this write of one record meets a lock_row."""
        asked = Asked(method, path, object_name)
        return any(isinstance(entry.fault, LockRow) and self._meets(entry, asked) for entry in tuple(self._entries))

    def _meets(self, entry: _Entry, asked: Asked) -> bool:
        match = entry.fault.match
        if match.method is not None and match.method != asked.method:
            return False
        if not fnmatchcase(asked.path, match.path) or not match.names_object(asked.text):
            return False
        with self._lock:
            if not entry.due():
                return False
            if entry.passed < entry.fault.skip:
                entry.passed += 1
                return False
            entry.met += 1
            return True


def _can_meet(fault: Armed, asked: Asked) -> bool:
    """Whether the request has what the fault acts on; a lock_row is met by records instead."""
    match fault:
        case LockRow():
            return False
        case ExpireSession() | RevokeGrant():
            return asked.token is not None
        case ConcurrentEdit():
            return fault.record is not None or asked.writes_records
        case _:
            return True


def _line(entry: _Entry) -> dict[str, Any]:
    times = entry.fault.times
    return {
        "id": entry.number,
        **entry.fault.model_dump(mode="json", exclude={"times", "skip"}),
        "times": times,
        "skip": entry.fault.skip,
        "met": entry.met,
        "due": None if times is None else times - entry.met,
    }
