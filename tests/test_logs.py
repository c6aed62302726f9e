"""Logs: one JSON object a line on stderr, ours and the libraries' alike, without secrets or forged lines."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from app.logs import configure_logging

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Written(io.StringIO):
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]

    def only(self) -> dict[str, Any]:
        (line,) = self.lines()
        return line


@pytest.fixture
def written() -> Iterator[Written]:
    """Logging as the server sets it, into a text; and as it was before, afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = Written()
    configure_logging("DEBUG", stream=stream, clock=lambda: NOW)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_line_says_what_when_who_and_how_bad(written: Written) -> None:
    structlog.stdlib.get_logger("app.oauth").warning("refused", reason="audience", count=3)
    assert written.only() == {
        "event": "refused",
        "reason": "audience",
        "count": 3,
        "level": "warning",
        "logger": "app.oauth",
        "at": "2026-11-23T09:00:00.000+00:00",
    }


def test_the_libraries_lines_take_the_same_way(written: Written) -> None:
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 7)
    assert written.only() == {
        "event": "Started server process [7]",
        "level": "info",
        "logger": "uvicorn.error",
        "at": "2026-11-23T09:00:00.000+00:00",
    }


@pytest.mark.parametrize("name", ["sqlalchemy.engine", "mcp.server.streamable_http", "simple_salesforce", "urllib3"])
def test_libraries_that_print_statements_or_urls_are_quiet_even_at_debug(written: Written, name: str) -> None:
    logging.getLogger(name).info("SELECT secret things")
    logging.getLogger(name).warning("worth saying")
    assert [line["event"] for line in written.lines()] == ["worth saying"]


def test_uvicorns_access_line_loses_the_code_and_state_of_a_callback(written: Written) -> None:
    logging.getLogger("uvicorn.access").info(
        '%s - "%s %s HTTP/%s" %d', "127.0.0.1:1", "GET", "/callback?code=aPrxsFoC&state=s3cret", "1.1", 302
    )
    assert "aPrxsFoC" not in written.getvalue()
    assert "s3cret" not in written.getvalue()
    assert "/callback?code=" in written.only()["event"]


def test_what_is_bound_to_a_call_runs_through_every_line_of_it(written: Written) -> None:
    log = structlog.stdlib.get_logger()
    with structlog.contextvars.bound_contextvars(request_id="r-1", org_id="00D000000000001AAA"):
        log.info("inside")
        logging.getLogger("uvicorn").info("inside too")
    log.info("outside")
    assert [(line.get("request_id"), line.get("org_id")) for line in written.lines()] == [
        ("r-1", "00D000000000001AAA"),
        ("r-1", "00D000000000001AAA"),
        (None, None),
    ]


def test_secrets_are_out_of_events_fields_and_tracebacks(written: Written) -> None:
    log = structlog.stdlib.get_logger()
    secret = "00D5g000004Q3zv!AQMAQLq0123456789"
    log.info("calling with Bearer %s", secret, token=secret, key=SecretStr(secret), inner={"cookie": secret})
    try:
        raise RuntimeError(f"{secret} was refused")
    except RuntimeError:
        log.exception("failed", url=f"https://acme.my.salesforce.com/?sid={secret}")
        logging.getLogger("uvicorn.error").exception("failed too")
    assert secret not in written.getvalue()
    assert "AQMAQ" not in written.getvalue()
    assert "RuntimeError: [redacted] was refused" in written.lines()[1]["exception"]


@given(st.text(), st.text(min_size=1))
def test_no_text_of_a_client_begins_a_line_or_a_field_of_its_own(value: str, name: str) -> None:
    stream = Written()
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure_logging("INFO", stream=stream, clock=lambda: NOW)
    try:
        structlog.stdlib.get_logger("app").info("called", client=value, details={name: value})
        logging.getLogger("uvicorn").info("%s", value)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
    assert stream.getvalue().count("\n") == 2
    assert stream.getvalue().isascii()
    first, second = stream.lines()
    assert set(first) == {"event", "client", "details", "level", "logger", "at"}
    assert set(second) == {"event", "level", "logger", "at"}


@pytest.mark.parametrize(
    "value", ['x\n{"event":"forged"}', "\x1b[31mred", "a\u2028b", '","level":"critical', "\r\n", "\0"]
)
def test_a_forged_line_stays_inside_its_value(written: Written, value: str) -> None:
    structlog.stdlib.get_logger("app").info("called", client=value)
    assert written.only()["client"] == value
    assert written.only()["level"] == "info"
    assert "\x1b" not in written.getvalue()


def test_the_set_level_holds(written: Written) -> None:
    configure_logging("WARNING", stream=written, clock=lambda: NOW)
    log = structlog.stdlib.get_logger("app")
    log.info("not this")
    log.warning("this")
    assert [line["event"] for line in written.lines()] == ["this"]


def test_logs_go_to_stderr_and_stdout_stays_empty() -> None:
    program = (
        "import structlog; from app.logs import configure_logging; configure_logging(); "
        "structlog.stdlib.get_logger('app').warning('said')"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert finished.stdout == b""
    assert json.loads(finished.stderr)["event"] == "said"
