"""Where calls leave their audit rows in tests of tools alone; the store's own audit is tested in tests/store."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from app.store.audit import Call, Outcome, WriteRecord


@dataclass
class RecordingAudit:
    """Keeps every row in memory, in the order in which it would be written."""

    reads: list[tuple[Call, Outcome]] = field(default_factory=list[tuple[Call, Outcome]])
    writes: list[tuple[Call, WriteRecord]] = field(default_factory=list[tuple[Call, WriteRecord]])
    broken: bool = False

    async def read(self, call: Call, outcome: Outcome) -> None:
        self.reads.append((call, outcome))

    @asynccontextmanager
    async def write(self, call: Call) -> AsyncGenerator[WriteRecord]:
        if self.broken:
            raise ConnectionError("the database is away")
        record = WriteRecord()
        self.writes.append((call, record))
        yield record


def note_nothing(tool: str | None, *, scope: str, outcome: str, seconds: float) -> None:
    """Metrics that count nothing."""
    del tool, scope, outcome, seconds
