"""The audit: who called which tool, in which scope, and how it ended. For operators.

Reads are written in batches, at most 250 ms late. When the database is slow, the queue fills and callers wait; no row
is dropped without a trace. A write has its row before it starts: without the row it does not start.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import anyio
import structlog
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from sqlalchemy import insert, update
from sqlalchemy.exc import SQLAlchemyError

from app import metrics
from app.clock import Clock
from app.store.database import Database
from app.store.secrets import new_id
from app.store.tables import ID, URL, AuditRow

BATCH_SECONDS = 0.25
BATCH_ROWS = 500
QUEUE_ROWS = 2_000
RETRY_SECONDS = (0.1, 0.5, 1.0, 2.0)
STARTED = "started"
UNFINISHED = "internal"
CANCELLED = "cancelled"

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call. actor: the caller's name in Salesforce or e-mail address; arguments_digest: `digest_arguments`."""

    request_id: str
    org_id: str
    user_id: str | None
    actor: str
    client_id: str
    scope: str
    tool: str
    arguments_digest: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended: "ok" or the error's code, rows answered, requests to Salesforce, and how long it took."""

    code: str
    rows: int | None
    salesforce_calls: int
    duration_ms: int


class WriteRecord:
    """The audit row of a write that is on its way. Say how it ended with `finish`."""

    def __init__(self) -> None:
        self.code: str | None = None
        self.rows: int | None = None
        self.salesforce_calls = 0

    def finish(self, code: str, *, rows: int | None = None, salesforce_calls: int = 0) -> None:
        """The write ended: "ok" or the error's code. Without it, leaving the block reads as an internal error."""
        self.code = code
        self.rows = rows
        self.salesforce_calls = salesforce_calls


def digest_arguments(arguments: Mapping[str, Any]) -> str:
    """sha256 in hex of the arguments as canonical JSON: the same call has the same digest, and its text is not kept."""
    return hashlib.sha256(_CANONICAL.encode(arguments).encode()).hexdigest()


class Audit:
    """`async with Audit(database, clock) as audit:` writes until the block ends, then flushes what is left."""

    def __init__(self, database: Database, clock: Clock, *, queue_rows: int = QUEUE_ROWS) -> None:
        self._database = database
        self._clock = clock
        self._queue_rows = queue_rows
        self._stack = AsyncExitStack()
        self._queue: MemoryObjectSendStream[dict[str, Any]] | None = None
        self._stopping = anyio.Event()

    async def __aenter__(self) -> Self:
        send, receive = anyio.create_memory_object_stream[dict[str, Any]](self._queue_rows)
        tasks = await self._stack.enter_async_context(anyio.create_task_group())
        tasks.start_soon(self._write_batches, receive)
        self._queue = send
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends when every row is written or logged. What was raised inside the block goes on as it is."""
        self._stopping.set()
        if self._queue is not None:
            self._queue.close()
        await self._stack.aclose()

    async def read(self, call: Call, outcome: Outcome) -> None:
        """Hands over the row of a call that changed nothing. Waits while the queue is full."""
        if self._queue is None:
            raise RuntimeError("the audit is not running")
        await self._queue.send(
            {
                **_of_call(call),
                "audit_id": new_id(),
                "at": self._clock(),
                "outcome": _fit(outcome.code, ID),
                "rows": outcome.rows,
                "salesforce_calls": outcome.salesforce_calls,
                "duration_ms": outcome.duration_ms,
            }
        )
        metrics.audit_queue.set(self._queue.statistics().current_buffer_used)

    @asynccontextmanager
    async def write(self, call: Call) -> AsyncGenerator[WriteRecord]:
        """Around a call that changes something: its row is committed before the block, its outcome after it.

        Raises what the database raises when the row cannot be written; the block has not run then. A row that stays at
        "started" means that the process died inside, or that the outcome could only be logged.
        """
        audit_id = new_id()
        row = {**_of_call(call), "audit_id": audit_id, "at": self._clock(), "outcome": STARTED}
        async with self._database.session() as session:
            await session.execute(insert(AuditRow).values(**row))
        began = time.perf_counter()
        record = WriteRecord()
        try:
            yield record
        except anyio.get_cancelled_exc_class():
            record.code = record.code or CANCELLED
            raise
        finally:
            duration_ms = round((time.perf_counter() - began) * 1000)
            with anyio.CancelScope(shield=True):
                await self._write_outcome(audit_id, call, record, duration_ms)

    async def _write_outcome(self, audit_id: str, call: Call, record: WriteRecord, duration_ms: int) -> None:
        """Never raises for the database: the change is made by now, and its answer must not say that it failed."""
        values = {
            "outcome": _fit(record.code or UNFINISHED, ID),
            "rows": record.rows,
            "salesforce_calls": record.salesforce_calls,
            "duration_ms": duration_ms,
        }
        statement = update(AuditRow).where(AuditRow.audit_id == audit_id).values(**values)
        problem: Exception | None = None
        for pause in (*RETRY_SECONDS[:2], None):
            try:
                async with self._database.session() as session:
                    await session.execute(statement)
            except (SQLAlchemyError, OSError) as error:
                problem = error
                if pause is not None:
                    await anyio.sleep(pause)
            else:
                return
        metrics.audit_unwritten.inc()
        log.error("audit_outcome_unwritten", audit_id=audit_id, error=repr(problem), **_of_call(call), **values)

    async def _write_batches(self, queue: MemoryObjectReceiveStream[dict[str, Any]]) -> None:
        # Shielded: who cancels the server still wants the rows that are waiting. The closed queue ends the loop.
        with anyio.CancelScope(shield=True), queue:
            async for first in queue:
                with anyio.move_on_after(BATCH_SECONDS):  # one wake-up for a batch of rows, not one for each
                    await self._stopping.wait()
                batch = [first, *_waiting(queue, BATCH_ROWS - 1)]
                while batch:
                    await self._write_batch(batch)
                    metrics.audit_queue.set(queue.statistics().current_buffer_used)
                    batch = _waiting(queue, BATCH_ROWS)

    async def _write_batch(self, batch: Sequence[dict[str, Any]]) -> None:
        """Tries until it is written; while the server stops, for a few seconds, and then the rows go to the log."""
        attempt = 0
        while True:
            try:
                async with self._database.session() as session:
                    await session.execute(insert(AuditRow), list(batch))
            except (SQLAlchemyError, OSError) as error:
                log.error("audit_batch_failed", rows=len(batch), attempt=attempt, error=repr(error))
                if self._stopping.is_set() and attempt >= len(RETRY_SECONDS) - 1:
                    break
                await anyio.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
                attempt += 1
            else:
                return
        for row in batch:
            metrics.audit_unwritten.inc()
            log.error("audit_row_unwritten", row=row)


def _waiting(queue: MemoryObjectReceiveStream[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """The rows that stand in the queue already."""
    rows: list[dict[str, Any]] = []
    with suppress(anyio.WouldBlock, anyio.EndOfStream):
        while len(rows) < most:
            rows.append(queue.receive_nowait())
    return rows


def _of_call(call: Call) -> dict[str, Any]:
    return {
        "request_id": _fit(call.request_id, ID),
        "org_id": _fit(call.org_id, ID),
        "user_id": _fit(call.user_id, ID) if call.user_id is not None else None,
        "actor": _fit(call.actor, 320),
        "client_id": _fit(call.client_id, URL),
        "scope": _fit(call.scope, 16),
        "tool": _fit(call.tool, ID),
        "arguments_digest": call.arguments_digest,
    }


def _fit(text: str, limit: int) -> str:
    """Text that every database takes. A tool's name comes from the client: one NUL or lone surrogate in it would make
    PostgreSQL refuse the whole batch, for ever.
    """
    return text.encode("utf-8", "replace").decode().replace("\0", "�")[:limit]
