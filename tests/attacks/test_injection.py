"""Text with line breaks and quotes where we write it into a header or a log line."""

from __future__ import annotations

import io
import json
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from mcp.shared.exceptions import MCPError

from app.oauth.deps import CALLBACK_PATH
from tests.support.by_hand import RawAnswer, connected
from tests.support.logs import logged
from tests.support.running_server import RunningServer, running_server
from tests.support.sign_in_server import CLIENT_CALLBACK, SignInServer

pytestmark = pytest.mark.anyio

EVIL = 'x\r\nX-Injected: 1\r\n\r\n{"event": "forged", "level": "critical"}\n\u2028\x1b[31m"'


@pytest.fixture
def log() -> Generator[io.StringIO]:
    with logged() as stream:
        yield stream


def lines(log: io.StringIO) -> list[dict[str, object]]:
    """Each line must be one JSON object; none may be one that an attacker wrote."""
    found = [json.loads(line) for line in log.getvalue().split("\n") if line]
    assert found, "nothing was logged"
    assert log.getvalue().isascii()
    assert "\x1b" not in log.getvalue()
    assert all(line["event"] != "forged" and line["level"] != "critical" for line in found)
    return found


async def get(url: str, path: str, *headers: str) -> RawAnswer:
    async with connected(url) as connection:
        host = url.removeprefix("http://")
        await connection.send("\r\n".join((f"GET {path} HTTP/1.1", f"Host: {host}", *headers, "", "")).encode())
        answer = await connection.answer()
    assert answer.all("x-injected") == []
    return answer


@pytest.mark.parametrize("evil", [quote(EVIL), quote(quote(EVIL))])
@pytest.mark.parametrize(
    "name", ["state", "redirect_uri", "client_id", "scope", "resource", "code_challenge", "nonsense"]
)
async def test_no_parameter_of_a_request_splits_an_answer(
    server: SignInServer, log: io.StringIO, name: str, evil: str
) -> None:
    """The attacker puts line breaks into what we send back in a Location header, or log."""
    client = await server.client()
    url = client.authorize_url(**({} if name == "nonsense" else {name: None})).removeprefix(server.url)
    answer = await get(server.url, f"{url}&{name}={evil}")
    assert answer.status in {302, 400}
    for location in answer.all("location"):
        assert location.startswith((CLIENT_CALLBACK, f"{server.url}/authorize/consent"))
        assert not set(location) & set("\r\n\x1b ")
    lines(log)


async def test_the_state_comes_back_whole_and_as_a_parameter(server: SignInServer, log: io.StringIO) -> None:
    """A state with line breaks is the client's affair: it gets back exactly that, encoded."""
    client = await server.client()
    client.state = EVIL
    async with server.browser() as browser:
        page = await client.sign_in(browser, "rep")
    assert page.answer["state"] == EVIL
    assert page.left_to is not None
    assert not set(page.left_to) & set("\r\n")
    lines(log)


@pytest.mark.parametrize("path", [CALLBACK_PATH, "/authorize/consent", "/nowhere", "/static/pages.css"])
async def test_no_path_or_parameter_of_a_page_forges_a_line(server: SignInServer, log: io.StringIO, path: str) -> None:
    """The same for the pages that a browser comes back to."""
    evil = quote(EVIL)
    await get(server.url, f"{path}?state={evil}&code={evil}&error={evil}&error_description={evil}&request={evil}")
    await get(server.url, f"{path}/{evil}")
    await server.client(client_name="so that something is logged")
    lines(log)


async def test_a_clients_name_forges_nothing(server: SignInServer, log: io.StringIO) -> None:
    """The attacker registers under a name with line breaks, which is logged, stored and shown."""
    client = await server.client(client_name=EVIL, software_id=EVIL, client_uri="https://x.example/" + quote(EVIL))
    async with server.browser() as browser:
        page = await browser.open(client.authorize_url())
    assert "X-Injected" in page.text, "as text"
    registered = next(line for line in lines(log) if line["event"] == "mcp_client_registered")
    assert "\n" not in str(registered["client_name"])


@pytest.mark.parametrize(
    "header", ["User-Agent", "X-Request-Id", "X-Correlation-Id", "traceparent", "X-Forwarded-For", "Mcp-Name", "Cookie"]
)
async def test_no_header_reaches_a_log_line_or_an_answer_as_more_than_text(
    server: SignInServer, log: io.StringIO, header: str
) -> None:
    """The attacker forges the headers that servers like to log and to repeat."""
    answer = await get(server.url, "/authorize", f'{header}: a"}},"event":"forged","level":"critical')
    assert "forged" not in "".join(value for _, value in answer.headers)
    await server.client()
    assert '"event":"forged"' not in log.getvalue()
    lines(log)


async def test_a_line_break_inside_a_header_is_no_request(server: SignInServer) -> None:
    """The attacker folds a header, or ends its lines with a bare line feed, hoping that a proxy reads it otherwise."""
    for evil in ("X-A: 1\n\tX-Injected: 1\r\n", "X-A: \r X-Injected: 1", "X-A: 1\x00", "X A: 1"):
        async with connected(server.url) as connection:
            host = server.url.removeprefix("http://")
            await connection.send(f"GET /health HTTP/1.1\r\nHost: {host}\r\n{evil}\r\n\r\n".encode())
            assert (await connection.answer()).status in {400, 404}


@pytest.fixture
def whole_server(tmp_path: Path) -> Generator[RunningServer]:
    with running_server(tmp_path) as running:
        yield running


async def test_no_name_of_a_tool_or_argument_forges_a_line(log: io.StringIO, whole_server: RunningServer) -> None:
    """A model is made to call tools and pass arguments whose names and values hold line breaks."""
    async with whole_server.signed_in("rep1") as client:
        for tool, arguments in (
            (EVIL, {}),
            ("query_meetings", {EVIL: EVIL}),
            ("query_meetings", {"meeting_id": EVIL}),
            ("query_meetings", {"prospect": {"name": EVIL}}),
            ("query_meetings", {"timezone": EVIL}),
        ):
            with suppress(MCPError):  # an unknown tool is refused in the protocol
                await client.call_tool(tool, arguments)
    tools = {line.get("tool") for line in lines(log) if line["event"] == "tool_call"}
    assert len(tools) == 2
