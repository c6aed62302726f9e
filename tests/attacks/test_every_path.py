"""What holds on every path of the whole server, also on those that are added later: the routes are the application's
own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from app.demo.mcp_client import MemoryStorage
from app.edge.hosts import ANY_HOST
from app.server import create_app
from tests.support.by_hand import connected
from tests.support.running_server import RunningServer, running_server
from tests.support.sign_in_server import SignInServer

pytestmark = pytest.mark.anyio

NOWHERE = "/nowhere"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningServer]:
    with running_server(tmp_path_factory.mktemp("whole"), BODY_SECONDS="0.4") as running:
        yield running


def paths(server: RunningServer) -> dict[str, set[str]]:
    """The methods of every path that the application has, and of one that it does not have."""
    app: Any = create_app(server.settings)
    while not isinstance(app, Starlette):
        app = getattr(app, "app", None) or app._app
    found: dict[str, set[str]] = {NOWHERE: {"GET", "POST"}}
    for route in app.routes:
        assert isinstance(route, Route)
        found.setdefault(route.path, set()).update(route.methods or {"GET", "POST", "OPTIONS"})
    assert {"/mcp", "/token", "/authorize", "/register", "/health"} <= set(found)
    return found


async def test_a_rebound_name_gets_nothing_anywhere(whole: RunningServer) -> None:
    """DNS rebinding: a page of evil.example has its own name point at us, and asks in its own name, where the browser
    lets it read the answer."""
    async with httpx2.AsyncClient(base_url=whole.url, trust_env=False) as http:
        for path, methods in paths(whole).items():
            for method in methods:
                for host in ("evil.example", f"evil.example:{http.base_url.port}", "127.0.0.1.evil.example"):
                    headers = {"Host": host, "Origin": "http://evil.example"}
                    answer = await http.request(method, path, headers=headers)
                    assert (answer.status_code == 421) == (path not in ANY_HOST), (method, path, host)


async def test_a_page_elsewhere_cannot_call_tools(whole: RunningServer) -> None:
    """The same with our own name, and with a token that the page has come by: its Origin gives it away."""
    storage = MemoryStorage()
    async with whole.signed_in("rep1", storage=storage) as client:
        await client.list_tools()
    tokens = await storage.get_tokens()
    assert tokens is not None
    headers = {
        "Authorization": f"Bearer {tokens.access_token}",
        "Accept": "application/json, text/event-stream",
        "Content-Type": "application/json",
    }
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    async with httpx2.AsyncClient(base_url=whole.url, trust_env=False, headers=headers) as http:
        for origin in ("http://evil.example", "https://127.0.0.1.evil.example", "null"):
            answer = await http.post("/mcp", json=call, headers={"Origin": origin})
            assert answer.status_code == 403, origin
        assert (await http.post("/mcp", json=call, headers={"Origin": whole.url})).status_code == 200


async def test_nothing_is_decided_by_a_cookie_for_a_script_elsewhere(whole: RunningServer) -> None:
    """What other sites' scripts may read takes no cookie, and what takes one they may not read."""
    async with httpx2.AsyncClient(base_url=whole.url, trust_env=False) as http:
        for path, methods in paths(whole).items():
            for method in methods - {"OPTIONS"}:
                answer = await http.request(method, path, headers={"Origin": "https://evil.example"})
                assert "access-control-allow-credentials" not in answer.headers, path
                assert not ("access-control-allow-origin" in answer.headers and "set-cookie" in answer.headers), path
                if answer.headers.get("content-type", "").startswith("text/html"):
                    assert "access-control-allow-origin" not in answer.headers, path


async def test_a_body_without_end_is_given_up_everywhere(whole: RunningServer) -> None:
    """Slow bodies: the attacker opens many requests and sends a byte now and then."""
    host = whole.url.removeprefix("http://")
    for path in paths(whole):
        async with connected(whole.url) as connection:
            await connection.send(f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 50\r\n\r\nx".encode())
            answer = await connection.answer()
            assert answer.status == 408, path
            assert await connection.is_closed()


async def test_a_body_that_is_too_large_is_refused_everywhere(whole: RunningServer) -> None:
    """Oversized bodies: announced, and sent in chunks without a word of how many there will be."""

    async def chunks() -> AsyncGenerator[bytes]:
        for _ in range(40):
            yield b"x" * 8192

    async with httpx2.AsyncClient(base_url=whole.url, trust_env=False) as http:
        for path in paths(whole):
            assert (await http.post(path, content=b"x" * 300_000)).status_code == 413, path
            assert (await http.post(path, content=chunks())).status_code == 413, path


async def test_no_answer_can_be_framed_or_tells_of_the_inside(whole: RunningServer) -> None:
    """Every path with every method, right and wrong, and nonsense for arguments: errors are answers too."""
    async with httpx2.AsyncClient(base_url=whole.url, trust_env=False) as http:
        for path in paths(whole):
            for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"):
                for query in ("", "?request=x&state=y&code=z&error=q&client_id=w"):
                    answer = await http.request(method, path + query, content=b"{" if method == "POST" else None)
                    where = (method, path, answer.status_code)
                    policy = answer.headers["content-security-policy"]
                    assert answer.headers["x-frame-options"] == "DENY", where
                    assert "frame-ancestors 'none'" in policy, where
                    assert "default-src 'none'" in policy, where
                    assert "script" not in policy, where
                    assert "unsafe" not in policy, where
                    assert answer.headers["x-content-type-options"] == "nosniff", where
                    assert answer.status_code < 500, where
                    for inside in ("Traceback", "sqlalchemy", "starlette", "SELECT ", ".py"):
                        assert inside not in answer.text, where


async def test_no_page_of_a_sign_in_can_be_framed(server: SignInServer) -> None:
    """Clickjacking: the pages with the buttons worth a click, and those that a sign-in ends on."""
    client = await server.client()
    async with server.browser() as browser:
        pages = [await browser.open(client.authorize_url())]
        pages.append(await browser.submit(pages[0], {"choice": "nonsense"}))
        pages.append(await client.sign_in(browser, "nosets"))
        pages.append(await browser.open(client.authorize_url(client_id="unknown")))
        pages.append(await browser.open(f"{server.url}/authorize/consent?request=unknown"))
    assert [page.status for page in pages] == [200, 400, 403, 400, 400]
    for page in pages:
        assert page.response.headers["content-type"].startswith("text/html")
        assert page.response.headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in page.response.headers["content-security-policy"]
        assert "<script" not in page.response.text
        assert "cache-control" in page.response.headers
