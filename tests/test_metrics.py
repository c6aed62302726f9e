"""Metrics: every event counts, and no client can make series without end."""

import pytest

from app import metrics


def value(name: str, **labels: str) -> float:
    return metrics.REGISTRY.get_sample_value(name, labels) or 0.0


def test_a_tool_call_counts_by_tool_scope_and_outcome() -> None:
    before = value("bookit_tool_calls_total", tool="whoami", scope="admin", outcome="ok")
    metrics.note_tool_call("whoami", scope="admin", outcome="ok", seconds=0.02)
    assert value("bookit_tool_calls_total", tool="whoami", scope="admin", outcome="ok") == before + 1
    assert value("bookit_tool_seconds_count", tool="whoami") >= 1


def test_a_name_that_is_no_tool_counts_as_unknown() -> None:
    before = value("bookit_tool_calls_total", tool="unknown", scope="user", outcome="invalid_argument")
    metrics.note_tool_call(None, scope="user", outcome="invalid_argument", seconds=0.0)
    assert value("bookit_tool_calls_total", tool="unknown", scope="user", outcome="invalid_argument") == before + 1


def test_a_failed_request_to_salesforce_counts_as_request_and_as_error() -> None:
    calls, errors = (
        value("bookit_salesforce_calls_total", resource="query"),
        value("bookit_salesforce_errors_total", resource="query", code="UNABLE_TO_LOCK_ROW"),
    )
    metrics.note_salesforce_call("query", seconds=0.1)
    metrics.note_salesforce_call("query", seconds=0.1, error="UNABLE_TO_LOCK_ROW")
    assert value("bookit_salesforce_calls_total", resource="query") == calls + 2
    assert value("bookit_salesforce_errors_total", resource="query", code="UNABLE_TO_LOCK_ROW") == errors + 1


def test_sign_ins_refusals_and_token_checks_count_by_outcome() -> None:
    metrics.note_sign_in("neither_permission_set")
    metrics.note_refusal("authorize", "redirect_uri")
    metrics.note_token_check("audience")
    assert value("bookit_sign_ins_total", outcome="neither_permission_set") >= 1
    assert value("bookit_refusals_total", place="authorize", reason="redirect_uri") >= 1
    assert value("bookit_token_checks_total", result="audience") >= 1


def test_a_label_takes_only_so_many_values() -> None:
    for number in range(1000):
        metrics.note_refusal("register", f"reason {number}")
    series = [
        sample.labels["reason"]
        for family in metrics.REGISTRY.collect()
        if family.name == "bookit_refusals"
        for sample in family.samples
        if sample.name == "bookit_refusals_total"
    ]
    assert len(series) <= metrics.LABEL_VALUES + 2
    assert value("bookit_refusals_total", place="register", reason=metrics.OTHER) >= 900


def test_an_orgs_health_and_limit_are_its_own_and_end_with_it() -> None:
    metrics.note_org_health("00D000000000001AAA", healthy=True)
    metrics.note_org_health("00D000000000002AAA", healthy=False)
    metrics.note_org_limit("00D000000000001AAA", used=250, total=1000)
    metrics.note_org_limit("00D000000000001AAA", used=250, total=0)
    assert value("bookit_org_healthy", org_id="00D000000000001AAA") == 1
    assert metrics.REGISTRY.get_sample_value("bookit_org_healthy", {"org_id": "00D000000000002AAA"}) == 0
    assert value("bookit_org_api_limit_used", org_id="00D000000000001AAA") == pytest.approx(0.25)
    metrics.forget_org("00D000000000001AAA")
    assert metrics.REGISTRY.get_sample_value("bookit_org_healthy", {"org_id": "00D000000000001AAA"}) is None
    assert metrics.REGISTRY.get_sample_value("bookit_org_api_limit_used", {"org_id": "00D000000000001AAA"}) is None


def test_the_page_is_prometheus_text() -> None:
    body, content_type = metrics.render()
    assert b"# TYPE bookit_tool_calls_total counter" in body
    assert b"bookit_audit_queue" in body
    assert content_type.startswith("text/plain")
