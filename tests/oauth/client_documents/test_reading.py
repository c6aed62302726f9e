"""Clients whose ids are URLs sign in; their documents are kept for as long as they say, within bounds."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import anyio
import pytest

from app.oauth.client_documents import reading
from tests.support.browser import Page
from tests.support.document_host import NAME, DocumentHost, answer, document_host
from tests.support.logs import logged
from tests.support.sign_in_server import McpClient, SignInServer, enabled_server

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[tuple[DocumentHost, SignInServer]]:
    folder = tmp_path_factory.mktemp("documents")
    async with document_host(folder) as host, enabled_server(folder, documents=host) as server:
        yield host, server


@pytest.fixture
def host(running: tuple[DocumentHost, SignInServer]) -> DocumentHost:
    host, _ = running
    host.forget()
    return host


@pytest.fixture
def server(running: tuple[DocumentHost, SignInServer], host: DocumentHost) -> SignInServer:  # noqa: ARG001
    """One server for all, so much later each time that no document is fresh."""
    _, server = running
    server.clock.advance(reading.LONGEST)
    return server


async def opened(server: SignInServer, client_id: str, **changes: str | None) -> Page:
    async with server.browser() as browser:
        return await browser.open(McpClient(server, client_id).authorize_url(**changes))


async def test_a_client_with_a_document_signs_in_without_registering(server: SignInServer, host: DocumentHost) -> None:
    client = McpClient(server, host.serve())
    tokens = await client.tokens_of("rep")
    assert (await server.call(tokens["access_token"])).json()["username"] == "rep@demo.example"
    fresh = (await client.refresh(tokens["refresh_token"])).json()
    assert (await server.call(fresh["access_token"])).status_code == 200
    assert len(host.heads) == 1
    assert f"host: {host.origin.removeprefix('https://')}" in host.heads[0].lower()


async def test_the_page_shows_who_describes_the_client_and_where_it_leads(
    server: SignInServer, host: DocumentHost
) -> None:
    url = host.serve(client_name="Claude", logo_uri="https://client.example/logo.png")
    page = await opened(server, url)
    assert "Claude" in page.text
    assert NAME in page.text
    assert "127.0.0.1:53682" in page.text
    assert "It runs on a computer" in page.text
    assert "logo" not in page.response.text
    registered = await server.client()
    async with server.browser() as browser:
        assert "Described by" not in (await browser.open(registered.authorize_url())).text


@pytest.mark.parametrize(
    "redirect_uri",
    ["https://evil.example/callback", "http://127.0.0.1:53682/other", "http://localhost:53682/callback"],
)
async def test_only_the_documents_own_redirect_uris_are_good(
    server: SignInServer, host: DocumentHost, redirect_uri: str
) -> None:
    page = await opened(server, host.serve(), redirect_uri=redirect_uri)
    assert (page.status, page.left_to) == (400, None)


async def test_a_document_that_is_refused_is_a_page_and_never_a_redirect(
    server: SignInServer, host: DocumentHost
) -> None:
    with logged() as log:
        page = await opened(server, host.serve(client_secret="s3cret"))
    assert (page.status, page.left_to) == (400, None)
    assert "must not hold a secret" in page.text
    assert "client_document_refused" in log.getvalue()


@pytest.mark.parametrize(
    ("cache_control", "fresh"),
    [
        (None, reading.USUAL),
        ("max-age=0", timedelta(minutes=5)),
        ("no-store", timedelta(minutes=5)),
        ("no-cache, max-age=7200", timedelta(minutes=5)),
        ("public, max-age=7200", timedelta(hours=2)),
        ("max-age=99999999", timedelta(hours=24)),
        ("max-age=nonsense", reading.USUAL),
    ],
)
async def test_it_is_kept_as_its_headers_say_within_bounds(
    server: SignInServer, host: DocumentHost, cache_control: str | None, fresh: timedelta
) -> None:
    url = host.serve(headers={"cache_control": cache_control} if cache_control else None)
    for passed, readings in ((timedelta(0), 1), (fresh - timedelta(seconds=1), 1), (timedelta(seconds=1), 2)):
        server.clock.advance(passed)
        assert (await opened(server, url)).status == 200
        assert len(host.heads) == readings


async def test_a_redirect_uri_that_was_taken_back_is_refused_once_the_document_is_read_again(
    server: SignInServer, host: DocumentHost
) -> None:
    url = host.serve()
    assert (await opened(server, url)).status == 200
    host.serve(redirect_uris=["https://client.example/callback"])
    server.clock.advance(reading.USUAL)
    assert (await opened(server, url)).status == 400


async def test_while_the_host_is_down_those_who_are_signed_in_go_on_and_nobody_new_comes(
    server: SignInServer, host: DocumentHost
) -> None:
    client = McpClient(server, host.serve())
    tokens = await client.tokens_of("rep")
    host.answers["/client.json"] = answer({}, "503 Service Unavailable")
    server.clock.advance(timedelta(hours=25))
    fresh = await client.refresh(tokens["refresh_token"])
    assert (await server.call(fresh.json()["access_token"])).status_code == 200
    assert (await opened(server, client.client_id)).status == 400


async def test_what_was_refused_is_not_remembered(server: SignInServer, host: DocumentHost) -> None:
    host.answers["/client.json"] = answer({}, "500 Internal Server Error")
    assert (await opened(server, host.url())).status == 400
    assert (await opened(server, host.serve())).status == 200


async def test_many_at_the_same_time_read_the_document_once(server: SignInServer, host: DocumentHost) -> None:
    url = host.serve()
    pages: list[Page] = []

    async def open_one() -> None:
        pages.append(await opened(server, url))

    async with anyio.create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(open_one)
    assert [page.status for page in pages] == [200] * 10
    assert len(host.heads) == 1


async def test_a_token_request_reads_no_document(server: SignInServer, host: DocumentHost) -> None:
    client = McpClient(server, host.serve("/never-read.json"))
    answer = await client.exchange("bookit_ac_unknown")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert host.heads == []
