"""What clients try at /mcp before they sign in: they get a challenge in JSON, never a page and never a redirect."""

from collections.abc import Generator

import httpx2
import pytest

from tests.support.running_server import RunningServer


@pytest.fixture
def http(demo_server: RunningServer) -> Generator[httpx2.Client]:
    with httpx2.Client(base_url=demo_server.url, trust_env=False, follow_redirects=False, timeout=30) as client:
        yield client


@pytest.mark.parametrize("path", ["/mcp", "/mcp/", "/mcp?x=1"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PUT", "PATCH"])
@pytest.mark.parametrize("accept", ["text/html", "text/event-stream", "application/json, text/event-stream"])
def test_every_probe_gets_the_challenge(http: httpx2.Client, method: str, path: str, accept: str) -> None:
    answer = http.request(method, path, headers={"Accept": accept})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/json"
    assert "resource_metadata=" in answer.headers["www-authenticate"]


@pytest.mark.parametrize("path", ["/mcp", "/mcp/"])
def test_a_head_request_gets_it_too(http: httpx2.Client, path: str) -> None:
    answer = http.head(path)
    assert (answer.status_code, answer.content) == (401, b"")
    assert "resource_metadata=" in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server/mcp",
        "/.well-known/openid-configuration/mcp",
        "/mcp/.well-known/openid-configuration",
        "/mcp/.well-known/oauth-protected-resource",
        "/token/",
        "/sse",
    ],
)
def test_what_is_not_there_is_plainly_not_there(http: httpx2.Client, path: str) -> None:
    """Clients try several places for metadata; a page or a redirect in place of a 404 would be read as one of them."""
    answer = http.get(path)
    assert answer.status_code == 404
    assert "html" not in answer.headers["content-type"]
