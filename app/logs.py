"""Logs: one JSON object a line, on stderr. stdout belongs to what a command prints.

Ours (structlog) and the libraries' (logging) take the same way out, past the same filter: no secret leaves by key or by
shape, and what a client sent cannot begin a new line or field, because JSON escapes it.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any, TextIO

import structlog
from structlog.types import EventDict, Processor

from app.clock import Clock, system_clock
from app.redaction import redact

QUIET = {
    "aiosqlite": logging.WARNING,  # prints statements with their values
    "alembic": logging.WARNING,
    "asyncio": logging.WARNING,
    "httpcore2": logging.WARNING,
    "httpx2": logging.WARNING,
    "mcp": logging.WARNING,  # a line for every stateless request otherwise
    "simple_salesforce": logging.WARNING,  # prints URLs, and with them SOQL
    "sqlalchemy": logging.WARNING,  # prints statements and, below it, values
    "urllib3": logging.WARNING,
}
ROUTED = ("uvicorn", "uvicorn.error", "uvicorn.access", *QUIET)


def configure_logging(level: str = "INFO", *, stream: TextIO | None = None, clock: Clock = system_clock) -> None:
    """Sends all logging, ours and the libraries', to stderr (or that stream). Run uvicorn with `log_config=None`."""

    def stamp(_logger: Any, _method: str, event: EventDict) -> EventDict:
        event["at"] = clock().isoformat(timespec="milliseconds")
        return event

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        stamp,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream if stream is not None else sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _redact,
                structlog.processors.JSONRenderer(serializer=_to_json),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ROUTED:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(QUIET.get(name, logging.NOTSET))


def _redact(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """The last step before the text is made, so that nothing is added after it."""
    return redact(dict(event))


def _to_json(event: Any, **_options: Any) -> str:
    # ASCII: a terminal or log viewer then meets no control or line separator character of any alphabet.
    return json.dumps(event, ensure_ascii=True, separators=(",", ":"))
