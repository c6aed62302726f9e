"""What is logged, as text, whatever was set up before."""

from __future__ import annotations

import io
import logging
from collections.abc import Generator
from contextlib import contextmanager

import structlog

from app.logs import configure_logging


@contextmanager
def logged(level: str = "DEBUG") -> Generator[io.StringIO]:
    """All that is logged meanwhile, of that level and above; logging is as it was afterwards."""
    root = logging.getLogger()
    handlers, before_level, before = list(root.handlers), root.level, structlog.get_config()
    stream = io.StringIO()
    configure_logging(level, stream=stream)
    try:
        yield stream
    finally:
        root.handlers[:] = handlers
        root.setLevel(before_level)
        structlog.configure(**before)
