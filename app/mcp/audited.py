"""Around each call: its request id, the count of its round trips, its audit row, its metrics, one log line."""

import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog
from opentelemetry import trace

from app.mcp.errors import Failure, failure_of
from app.org.call_count import CallCount, counting
from app.org.caller import Caller
from app.store.audit import Call as AuditCall
from app.store.audit import Outcome, WriteRecord, digest_arguments
from app.store.secrets import new_id

OK: Final = "ok"
UNKNOWN_TOOL: Final = "unknown_tool"
LONGEST_NAME: Final = 64
"""Of a tool that does not exist: its name is whatever the client sent."""

log = structlog.stdlib.get_logger(__name__)


class Audit(Protocol):
    """What app.store.audit.Audit is to a call."""

    async def read(self, call: AuditCall, outcome: Outcome) -> None:
        """Hand over the row of a call that changed nothing."""
        ...

    def write(self, call: AuditCall) -> AbstractAsyncContextManager[WriteRecord]:
        """Around a call that changes something. Raises, and the call does not start, when no row can be written."""
        ...


class CallMetrics(Protocol):
    """What app.metrics.note_tool_call is to a call."""

    def __call__(self, tool: str | None, *, scope: str, outcome: str, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a call that raised nothing: whatever it returned, the rows answered if its answer has such, and in
    what way it ended well."""

    value: Any
    rows: int | None = None
    outcome: str = OK


async def audited(
    handle: Callable[[str], Awaitable[Answered]],
    *,
    caller: Caller,
    tool: str,
    read_only: bool,
    arguments: Mapping[str, Any],
    audit: Audit,
    metrics: CallMetrics,
) -> Answered | Failure:
    """Run `handle` with a new request id; what it raises comes back as a Failure, logged in full if it is our fault.

    A write has its audit row before it starts, and does not start without it.
    """
    request_id = new_id()
    began = time.perf_counter()
    trace.get_current_span().set_attribute("bookit.request_id", request_id)
    row = _row(request_id, caller, tool, arguments)
    with structlog.contextvars.bound_contextvars(request_id=request_id, org_id=caller.org_id, tool=tool):
        with counting() as count:
            if read_only:
                ended = await _guarded(handle, request_id)
                seconds = time.perf_counter() - began
                code, rows = _outcome(ended)
                await audit.read(row, Outcome(code, rows, count.calls, round(seconds * 1000)))
            else:
                ended = await _written(handle, row, audit, count)
                code, rows = _outcome(ended)
        seconds = time.perf_counter() - began
        metrics(tool, scope=caller.scope, outcome=code, seconds=seconds)
        log.info("tool_call", outcome=code, rows=rows, salesforce_calls=count.calls, seconds=round(seconds, 4))
    return ended


async def audited_unknown(
    *, caller: Caller, tool: str, arguments: Mapping[str, Any], audit: Audit, metrics: CallMetrics
) -> None:
    """The row of a call by a name that the caller's scope does not have: an attempt is a call too."""
    request_id, name = new_id(), tool[:LONGEST_NAME]
    await audit.read(_row(request_id, caller, name, arguments), Outcome(UNKNOWN_TOOL, None, 0, 0))
    metrics(None, scope=caller.scope, outcome=UNKNOWN_TOOL, seconds=0.0)
    log.info("tool_call", outcome=UNKNOWN_TOOL, request_id=request_id, org_id=caller.org_id, tool=name)


def _row(request_id: str, caller: Caller, tool: str, arguments: Mapping[str, Any]) -> AuditCall:
    return AuditCall(
        request_id=request_id,
        org_id=caller.org_id,
        user_id=caller.user_id,
        actor=caller.name or caller.email,
        client_id=caller.client_id,
        scope=caller.scope,
        tool=tool,
        arguments_digest=digest_arguments(arguments),
    )


async def _written(
    handle: Callable[[str], Awaitable[Answered]], row: AuditCall, audit: Audit, count: CallCount
) -> Answered | Failure:
    try:
        async with audit.write(row) as record:
            ended = await _guarded(handle, row.request_id)
            code, rows = _outcome(ended)
            record.finish(code, rows=rows, salesforce_calls=count.calls)
            return ended
    except Exception as error:  # the row before the write could not be written, so nothing was done
        return failure_of(error, row.request_id)


async def _guarded(handle: Callable[[str], Awaitable[Answered]], request_id: str) -> Answered | Failure:
    try:
        return await handle(request_id)
    except Exception as error:
        return failure_of(error, request_id)


def _outcome(ended: Answered | Failure) -> tuple[str, int | None]:
    return (ended.outcome, ended.rows) if isinstance(ended, Answered) else (ended.code, None)
