"""What is counted, for Prometheus. Every label has few values: a client cannot make new series by what it sends.

An org's id is a label only where an operator must tell orgs apart: its health and its API limit.
"""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

LABEL_VALUES = 64
OTHER = "other"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

_tool_calls = Counter(
    "bookit_tool_calls", "Tool calls by how they ended.", ("tool", "scope", "outcome"), registry=REGISTRY
)
_tool_seconds = Histogram(
    "bookit_tool_seconds", "How long tool calls took.", ("tool",), buckets=SECONDS, registry=REGISTRY
)
_salesforce_calls = Counter(
    "bookit_salesforce_calls", "HTTP requests to Salesforce by resource.", ("resource",), registry=REGISTRY
)
_salesforce_errors = Counter(
    "bookit_salesforce_errors", "Requests to Salesforce that failed.", ("resource", "code"), registry=REGISTRY
)
_salesforce_seconds = Histogram(
    "bookit_salesforce_seconds", "How long Salesforce took.", ("resource",), buckets=SECONDS, registry=REGISTRY
)
_sign_ins = Counter("bookit_sign_ins", "Sign-ins by how they ended.", ("outcome",), registry=REGISTRY)
_refusals = Counter("bookit_refusals", "Requests refused, by place and reason.", ("place", "reason"), registry=REGISTRY)
_token_checks = Counter("bookit_token_checks", "Access tokens checked at /mcp.", ("result",), registry=REGISTRY)
_org_healthy = Gauge(
    "bookit_org_healthy", "1 when the org connection passed its last check, else 0.", ("org_id",), registry=REGISTRY
)
_org_limit_used = Gauge(
    "bookit_org_api_limit_used", "Share of the org's daily API calls used, 0 to 1.", ("org_id",), registry=REGISTRY
)
_janitor_deleted = Counter("bookit_janitor_deleted", "Rows deleted past their time.", ("table",), registry=REGISTRY)
audit_queue = Gauge("bookit_audit_queue", "Audit rows waiting to be written.", registry=REGISTRY)
audit_unwritten = Counter(
    "bookit_audit_unwritten", "Audit rows that could only be written to the log.", registry=REGISTRY
)


class _Bounded:
    """The first 64 values of a label are kept, what comes after them counts as "other"."""

    def __init__(self) -> None:
        self._seen: dict[str, set[str]] = {}

    def __call__(self, label: str, value: str) -> str:
        seen = self._seen.setdefault(label, set())
        if value in seen:
            return value
        if len(seen) >= LABEL_VALUES:
            return OTHER
        seen.add(value)
        return value


_bounded = _Bounded()


def note_tool_call(tool: str | None, *, scope: str, outcome: str, seconds: float) -> None:
    """A tool call ended. tool: None for a name that is no tool; outcome: "ok" or the error's code."""
    name = _bounded("tool", tool) if tool is not None else "unknown"
    _tool_calls.labels(name, _bounded("scope", scope), _bounded("outcome", outcome)).inc()
    _tool_seconds.labels(name).observe(seconds)


def note_salesforce_call(resource: str, *, seconds: float, error: str | None = None) -> None:
    """A request to Salesforce ended. resource: query, composite, describe, token, …; error: its code, if it failed."""
    name = _bounded("resource", resource)
    _salesforce_calls.labels(name).inc()
    _salesforce_seconds.labels(name).observe(seconds)
    if error is not None:
        _salesforce_errors.labels(name, _bounded("error", error)).inc()


def note_sign_in(outcome: str) -> None:
    """A sign-in ended: "ok", or why it was refused."""
    _sign_ins.labels(_bounded("sign_in", outcome)).inc()


def note_refusal(place: str, reason: str) -> None:
    """A request was refused, at "authorize", "token", "register", "mcp", …"""
    _refusals.labels(_bounded("place", place), _bounded("reason", reason)).inc()


def note_token_check(result: str) -> None:
    """An access token was checked at /mcp: "ok", "missing", "unknown", "audience", …"""
    _token_checks.labels(_bounded("token_check", result)).inc()


def note_org_health(org_id: str, *, healthy: bool) -> None:
    """An org's connection was checked."""
    _org_healthy.labels(org_id).set(1 if healthy else 0)


def note_org_limit(org_id: str, *, used: int, total: int) -> None:
    """Salesforce said how many of the org's daily API calls are used."""
    if total > 0:
        _org_limit_used.labels(org_id).set(used / total)


def forget_org(org_id: str) -> None:
    """An org was turned off: its series end."""
    _org_healthy.remove_by_labels({"org_id": org_id})
    _org_limit_used.remove_by_labels({"org_id": org_id})


def note_deleted(table: str, rows: int) -> None:
    """The janitor deleted rows."""
    _janitor_deleted.labels(table).inc(rows)


def render() -> tuple[bytes, str]:
    """The body of /metrics and its content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
