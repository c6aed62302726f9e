"""Each trap of simple-salesforce, closed."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests
import responses

from app import metrics
from app.org.errors import OrgError, OrgErrorCode
from app.org.limits import OrgLimits
from app.org.salesforce_client import SalesforceClient
from tests.org.answers import DATA, QUERY, error, page, user_row
from tests.org.grants_in_memory import INSTANCE, ORG, OTHER_REP, REP, token
from tests.support.movable_clock import MovableClock

pytestmark = pytest.mark.anyio
SOQL = "SELECT Id FROM User WHERE Email = 'somebody.secret@acme.example'"


SECRET = token("very-secret-token")


@pytest.fixture
def limits(clock: MovableClock) -> OrgLimits:
    return OrgLimits(clock)


@pytest.fixture
def client(limits: OrgLimits) -> Iterator[SalesforceClient]:
    client = client_with(limits)
    yield client
    client.close()


def client_with(limits: OrgLimits, *, trusted_origin: str | None = None) -> SalesforceClient:
    return SalesforceClient(
        api_version="66.0", read_seconds=7, connections=3, trusted_origin=trusted_origin, limits=limits
    )


async def test_a_query_goes_out_with_the_token_a_time_out_and_no_pretty_print(
    client: SalesforceClient, http: responses.RequestsMock
) -> None:
    http.get(QUERY, json=page(user_row(REP)))
    answer = await client.query(token("the-token"), SOQL)
    assert answer.records[0]["Id"] == REP
    request = http.calls[0].request
    assert request.headers["Authorization"] == "Bearer the-token"
    assert "X-PrettyPrint" not in request.headers
    assert request.req_kwargs["timeout"] == (3.05, 7)  # type: ignore[attr-defined]


async def test_https_is_used_with_every_instance(client: SalesforceClient, http: responses.RequestsMock) -> None:
    http.get(QUERY, json=page())
    await client.query(token(), SOQL)
    assert str(http.calls[0].request.url).startswith(f"{INSTANCE}/")


async def test_a_token_is_never_sent_over_plain_http_to_a_host_that_is_not_the_trusted_origin(
    limits: OrgLimits, http: responses.RequestsMock
) -> None:
    client = client_with(limits, trusted_origin="http://127.0.0.1:8099")
    for instance in (
        "http://acme.my.salesforce.com",
        "http://127.0.0.1:8098",
        "http://127.0.0.1:80990",
        "http://127.0.0.1:8099@evil.example",
        "https://user@acme.my.salesforce.com",
        "ftp://acme.my.salesforce.com",
    ):
        with pytest.raises(OrgError) as refused:
            await client.query(token(instance_url=instance), SOQL)
        assert refused.value.code is OrgErrorCode.INTERNAL
    assert len(http.calls) == 0


async def test_the_trusted_origin_is_reached_over_http(limits: OrgLimits, http: responses.RequestsMock) -> None:
    client = client_with(limits, trusted_origin="http://127.0.0.1:8099")
    http.get("http://127.0.0.1:8099/services/data/v66.0/query/", json=page())
    await client.query(token(instance_url="http://127.0.0.1:8099"), SOQL)
    assert str(http.calls[0].request.url).startswith("http://127.0.0.1:8099/")


async def test_only_the_trusted_origin_loses_its_https(limits: OrgLimits, http: responses.RequestsMock) -> None:
    client = client_with(limits, trusted_origin="http://127.0.0.1:8099")
    http.get(QUERY, json=page())
    await client.query(token(), SOQL)
    assert str(http.calls[0].request.url).startswith("https://")


async def test_cookies_of_one_user_do_not_travel_with_another(
    client: SalesforceClient, http: responses.RequestsMock
) -> None:
    http.get(QUERY, json=page(), headers={"Set-Cookie": "BrowserId=of-the-first; Path=/; Domain=.salesforce.com"})
    await client.query(token("one"), SOQL)
    await client.query(token("two", user_id=OTHER_REP), SOQL)
    assert "Cookie" not in http.calls[1].request.headers


async def test_a_redirect_is_not_followed(client: SalesforceClient, http: responses.RequestsMock) -> None:
    http.get(QUERY, status=302, headers={"Location": "https://evil.example/"})
    with pytest.raises(OrgError):
        await client.query(token(), SOQL)
    assert len(http.calls) == 1


async def test_a_netrc_entry_does_not_replace_the_token(
    client: SalesforceClient,
    http: responses.RequestsMock,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine acme.my.salesforce.com login somebody password else\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    http.get(QUERY, json=page())
    await client.query(token("the-token"), SOQL)
    assert http.calls[0].request.headers["Authorization"] == "Bearer the-token"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/services/data/v66.0/query/01gxx0000000001-200",
        "//evil.example/services/data/v66.0/query/01gxx0000000001-200",
        "@evil.example/services/data/v66.0/query/01gxx0000000001-200",
        ".evil.example/services/data/v66.0/query/01gxx0000000001-200",
        "/services/data/v66.0/query/../../../oauth2/userinfo",
        "/services/data/v66.0/query/01gxx0000000001-200?x=1",
        "/services/data/v66.0/query/01gxx0000000001-200\n",
        "/services/data/v66.0/limits",
        "",
    ],
)
async def test_a_next_page_anywhere_else_than_at_the_query_resource_is_refused(
    client: SalesforceClient, http: responses.RequestsMock, address: str
) -> None:
    with pytest.raises(OrgError) as refused:
        await client.query_more(token(), address)
    assert refused.value.code is OrgErrorCode.INTERNAL
    assert len(http.calls) == 0


async def test_a_next_page_is_read_from_the_instance_itself(
    client: SalesforceClient, http: responses.RequestsMock
) -> None:
    http.get(f"{DATA}/query/01gxx0000000001-2000", json=page(user_row(REP), total=2001))
    answer = await client.query_more(token(), "/services/data/v66.0/query/01gxx0000000001-2000")
    assert len(answer.records) == 1


@pytest.mark.parametrize("name", ["../../limits", "//evil.example/x", "User/describe?x=", "", "Us er"])
async def test_an_object_name_that_is_no_name_does_not_enter_an_address(
    client: SalesforceClient, http: responses.RequestsMock, name: str
) -> None:
    with pytest.raises(OrgError):
        await client.describe(token(), name)
    assert len(http.calls) == 0


async def test_a_describe_that_has_not_changed_is_none(client: SalesforceClient, http: responses.RequestsMock) -> None:
    http.get(f"{DATA}/sobjects/User/describe", status=304)
    since = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
    assert await client.describe(token(), "User", modified_since=since) is None
    assert http.calls[0].request.headers["If-Modified-Since"] == "Mon, 23 Nov 2026 15:30:00 GMT"


async def test_the_usage_of_the_org_is_kept(
    client: SalesforceClient, http: responses.RequestsMock, limits: OrgLimits
) -> None:
    http.get(QUERY, json=page(), headers={"Sforce-Limit-Info": "api-usage=18/5000; per-app-api-usage=1/250(appName=x)"})
    await client.query(token(), SOQL)
    usage = limits.usage(ORG)
    assert usage is not None
    assert (usage.used, usage.total) == (18, 5000)


@pytest.mark.parametrize(
    ("message", "exhausted"),
    [("TotalRequests Limit exceeded.", True), ("ConcurrentPerOrgLongTxn Limit exceeded.", False)],
)
async def test_a_daily_limit_is_told_apart_from_too_many_requests_at_once(
    client: SalesforceClient, http: responses.RequestsMock, limits: OrgLimits, message: str, exhausted: bool
) -> None:
    http.get(QUERY, status=403, json=error("REQUEST_LIMIT_EXCEEDED", message))
    with pytest.raises(OrgError) as failed:
        await client.query(token(), SOQL)
    assert failed.value.code is OrgErrorCode.SALESFORCE_LIMIT
    usage = limits.usage(ORG)
    assert (usage is not None and usage.exhausted) is exhausted


@pytest.mark.parametrize(
    "body",
    [
        requests.exceptions.ConnectionError(f"Max retries exceeded with url: /query?q={SOQL}"),
        requests.exceptions.ReadTimeout(f"HTTPSConnectionPool: {SOQL}"),
        requests.exceptions.SSLError(SOQL),
    ],
)
async def test_no_exception_text_holds_the_soql_or_the_token_when_the_network_fails(
    client: SalesforceClient, http: responses.RequestsMock, body: Exception
) -> None:
    http.get(QUERY, body=body)
    with pytest.raises(OrgError) as failed:
        await client.query(SECRET, SOQL)
    assert failed.value.code is OrgErrorCode.SALESFORCE_UNAVAILABLE
    assert_tells_nothing(failed.value)


@pytest.mark.parametrize("status", [300, 302, 400, 401, 403, 404, 405, 412, 414, 429, 500, 503])
async def test_no_exception_text_holds_the_soql_or_the_token_when_salesforce_refuses(
    client: SalesforceClient, http: responses.RequestsMock, status: int
) -> None:
    http.get(QUERY, status=status, json=error("MALFORMED_QUERY", f"\n{SOQL}\n     ^\nERROR at Row:1:Column:2"))
    with pytest.raises(OrgError) as failed:
        await client.query(SECRET, SOQL)
    assert_tells_nothing(failed.value)


async def test_no_exception_text_holds_the_soql_when_the_answer_is_no_json(
    client: SalesforceClient, http: responses.RequestsMock
) -> None:
    http.get(QUERY, body=f"<html>maintenance {SOQL}</html>")
    with pytest.raises(OrgError) as failed:
        await client.query(SECRET, SOQL)
    assert failed.value.code is OrgErrorCode.SALESFORCE_UNAVAILABLE
    assert_tells_nothing(failed.value)


@pytest.mark.parametrize("body", [{}, [], {"records": []}, {"records": [], "totalSize": 1, "done": False}, "text"])
async def test_an_answer_of_another_form_is_an_internal_error(
    client: SalesforceClient, http: responses.RequestsMock, body: object
) -> None:
    http.get(QUERY, json=body)
    with pytest.raises(OrgError) as failed:
        await client.query(token(), SOQL)
    assert failed.value.code is OrgErrorCode.INTERNAL


async def test_nothing_of_a_call_is_logged(
    client: SalesforceClient, http: responses.RequestsMock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    http.get(QUERY, json=page())
    await client.query(SECRET, SOQL)
    for name in ("urllib3.connectionpool", "simple_salesforce.api", "requests"):
        assert not logging.getLogger(name).isEnabledFor(logging.INFO)
    assert "secret" not in caplog.text


def assert_tells_nothing(problem: BaseException) -> None:
    """Neither the error, nor what it was raised from, nor what a log would print of it, has the SOQL or the token."""
    text = "".join(traceback.format_exception(problem))
    chained: BaseException | None = problem
    while chained is not None:
        text += f"{chained!s}{chained!r}{chained.args!r}"
        chained = chained.__cause__ or chained.__context__
    assert "secret" not in text
    assert "query/?q" not in text


async def test_each_request_is_counted_with_its_failure_and_the_share_of_the_limit(
    client: SalesforceClient, http: responses.RequestsMock
) -> None:
    def value(name: str, **labels: str) -> float:
        return metrics.REGISTRY.get_sample_value(name, labels) or 0.0

    calls = value("bookit_salesforce_calls_total", resource="query")
    errors = value("bookit_salesforce_errors_total", resource="query", code="MALFORMED_QUERY")
    http.get(QUERY, json=page(), headers={"Sforce-Limit-Info": "api-usage=250/1000"})
    http.get(QUERY, status=400, json=[{"errorCode": "MALFORMED_QUERY", "message": "unexpected token"}])
    await client.query(token(), SOQL)
    with pytest.raises(OrgError):
        await client.query(token(), SOQL)
    assert value("bookit_salesforce_calls_total", resource="query") == calls + 2
    assert value("bookit_salesforce_errors_total", resource="query", code="MALFORMED_QUERY") == errors + 1
    assert value("bookit_org_api_limit_used", org_id=token().org_id) == 0.25
