"""How many round trips to Salesforce a piece of work has cost; the audit of a tool call reads it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class CallCount:
    """Counts while its `counting` block runs; keeps its value afterwards. Retries and further pages count too."""

    calls: int = 0


_current: ContextVar[CallCount | None] = ContextVar("salesforce_calls", default=None)


@contextmanager
def counting() -> Generator[CallCount]:
    """Count the round trips of this task and of the tasks that it starts. A nested block adds to the outer one."""
    outer = _current.get()
    count = CallCount()
    mark = _current.set(count)
    try:
        yield count
    finally:
        _current.reset(mark)
        if outer is not None:
            outer.calls += count.calls


def count_call() -> None:
    """One HTTP request is about to leave. Does nothing outside of `counting`."""
    count = _current.get()
    if count is not None:
        count.calls += 1
