"""Attack: a client id whose URL leads the server to where only the server can go."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.oauth.client_documents.fetching import MOST_BYTES, DocumentFetcher, Fetched
from app.oauth.client_documents.reading import MINUTE, READINGS_PER_MINUTE
from app.oauth.client_documents.refused import DocumentRefused, Reason
from app.oauth.client_documents.urls import document_url
from tests.support.browser import Page
from tests.support.document_host import NAME, DocumentHost, Speak, answer, document_host
from tests.support.sign_in_server import McpClient, SignInServer, running_server
from tests.support.trap import trap

pytestmark = pytest.mark.anyio

METADATA_SERVICE = "http://169.254.169.254/latest/meta-data/"


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[tuple[DocumentHost, SignInServer]]:
    folder = tmp_path_factory.mktemp("ssrf")
    async with document_host(folder) as host, running_server(folder, documents=host) as server:
        yield host, server


@pytest.fixture
def host(running: tuple[DocumentHost, SignInServer]) -> DocumentHost:
    """The attacker's own host. It is trusted as an origin, so that it may stand on loopback; all else holds for it."""
    host, _ = running
    host.forget()
    return host


@pytest.fixture
def server(running: tuple[DocumentHost, SignInServer], host: DocumentHost) -> SignInServer:  # noqa: ARG001
    """One server for all: a minute later each time, for the limit of readings."""
    _, server = running
    server.clock.advance(MINUTE)
    return server


async def fetched(host: DocumentHost, path: str = "/client.json", *, seconds: float = 5.0) -> Fetched:
    return await host.fetcher(seconds=seconds).fetch(document_url(host.url(path), host.origin))


async def opened(server: SignInServer, client_id: str) -> Page:
    async with server.browser() as browser:
        return await browser.open(McpClient(server, client_id).authorize_url())


async def is_refused(server: SignInServer, client_id: str) -> str:
    """The words of the page that refuses; nobody is sent anywhere."""
    page = await opened(server, client_id)
    assert (page.status, page.left_to) == (400, None), page.text
    return page.text


@pytest.mark.parametrize(
    "authority",
    [
        "127.0.0.1:{port}",
        "localhost:{port}",
        "2130706433:{port}",
        "0x7f000001:{port}",
        "0177.0.0.1:{port}",
        "127.1:{port}",
        "0:{port}",
        "[::ffff:127.0.0.1]:{port}",
        f"{NAME}:{{port}}",
        f"{NAME}@127.0.0.1:{{port}}",
        f"127.0.0.1:{{port}}\\@{NAME}",
        f"127.0.0.1:{{port}}#@{NAME}",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_no_way_to_write_an_address_within_leads_there(server: SignInServer, scheme: str, authority: str) -> None:
    async with trap() as (origin, sent):
        port = urlsplit(origin).port
        text = await is_refused(server, f"{scheme}://{authority.format(port=port)}/client.json")
        assert "such a URL must" in text or "no URL" in text
        assert sent == []


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["192.168.1.1"],
        ["169.254.169.254"],
        ["100.100.100.200"],
        ["0.0.0.0"],  # noqa: S104 (an address to refuse)
        ["::1"],
        ["::ffff:169.254.169.254"],
        ["64:ff9b::a9fe:a9fe"],
        ["2002:a9fe:a9fe::1"],
        ["fd00:ec2::254"],
        ["fe80::1%lo"],
        ["127.0.0.1", "8.8.8.8"],
        ["8.8.8.8", "127.0.0.1"],
    ],
)
async def test_a_name_that_leads_within_is_refused(
    server: SignInServer, host: DocumentHost, addresses: list[str]
) -> None:
    host.names.names["evil.example"] = [addresses]
    text = await is_refused(server, "https://evil.example/client.json")
    assert "not on a host of the public internet" in text
    assert not any(address in text for address in addresses), "the page tells nobody what a name resolves to"
    assert host.names.asked == ["evil.example"]


async def test_a_name_is_resolved_once_and_the_connection_goes_to_what_was_checked(host: DocumentHost) -> None:
    """DNS rebinding: the second answer would lead elsewhere, and the machine's own resolver does not know the name."""
    host.names.names[NAME] = [["127.0.0.1"], ["169.254.169.254"]]
    host.serve()
    assert (await fetched(host)).body
    assert host.names.asked == [NAME]
    assert len(host.heads) == 1


async def test_the_certificate_must_be_for_the_name_not_for_the_address(tmp_path: Path) -> None:
    # The certificate is good for 127.0.0.1, where the connection goes, but not for the name in the URL.
    async with document_host(tmp_path, name="evil.test", certified=NAME) as host:
        host.serve()
        with pytest.raises(DocumentRefused) as refused:
            await fetched(host)
    assert refused.value.reason is Reason.UNREACHABLE
    assert host.heads == []


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect"])
async def test_a_redirect_is_not_followed(server: SignInServer, host: DocumentHost, status: str) -> None:
    async with trap() as (origin, sent):
        for target in (METADATA_SERVICE, f"{origin}/", host.url("/other.json")):
            host.serve("/other.json")
            host.answers["/client.json"] = answer(host.document(), status, location=target)
            assert "status 200" in await is_refused(server, host.url())
        assert sent == []
    assert [head.split()[1] for head in host.heads] == ["/client.json"] * 3


@pytest.mark.parametrize("status", ["201 Created", "204 No Content", "206 Partial Content", "404 Not Found"])
async def test_any_other_status_is_refused(host: DocumentHost, status: str) -> None:
    host.answers["/client.json"] = answer(b"" if status.startswith("204") else host.document(), status)
    with pytest.raises(DocumentRefused, match="status 200"):
        await fetched(host)


@pytest.mark.parametrize(
    "content_type",
    ["text/html", "text/plain", "", "application/octet-stream", "application/jsonp", "text/html; x=application/json"],
)
async def test_another_content_type_is_refused(host: DocumentHost, content_type: str) -> None:
    host.answers["/client.json"] = answer(host.document(), content_type=content_type)
    with pytest.raises(DocumentRefused, match="application/json"):
        await fetched(host)


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "application/oauth-client+json"])
async def test_json_of_a_more_special_kind_is_good(host: DocumentHost, content_type: str) -> None:
    host.answers["/client.json"] = answer(host.document(), content_type=content_type)
    assert (await fetched(host)).body


async def test_a_body_may_have_as_many_bytes_as_the_limit_and_no_more(host: DocumentHost) -> None:
    host.answers["/client.json"] = answer(b"x" * MOST_BYTES)
    assert len((await fetched(host)).body) == MOST_BYTES
    host.answers["/client.json"] = answer(b"x" * (MOST_BYTES + 1))
    with pytest.raises(DocumentRefused, match="at most 16 KiB"):
        await fetched(host)


async def test_an_endless_body_is_left_off(host: DocumentHost) -> None:
    sent = 0

    async def pour(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
            sent += 4096
            await writer.drain()

    host.answers["/client.json"] = pour
    with pytest.raises(DocumentRefused, match="at most 16 KiB"):
        await fetched(host)
    assert sent < 100 * 1024 * 1024


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, identity"])
async def test_a_packed_body_is_refused_unread(host: DocumentHost, coding: str) -> None:
    bomb = gzip.compress(b"0" * 10_000_000)
    assert len(bomb) < MOST_BYTES
    host.answers["/client.json"] = answer(bomb, content_encoding=coding)
    with pytest.raises(DocumentRefused, match="compressed"):
        await fetched(host)
    assert "accept-encoding: identity" in host.heads[0].lower()


async def test_a_packed_body_that_does_not_say_so_is_no_json(server: SignInServer, host: DocumentHost) -> None:
    host.answers["/client.json"] = answer(gzip.compress(b"0" * 10_000_000))
    assert "is no JSON" in await is_refused(server, host.url())


async def _drip_head(writer: asyncio.StreamWriter) -> None:
    for byte in b"HTTP/1.1 200 OK\r\n" + b"x-a: b\r\n" * 1000:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.02)


async def _drip_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n")
    for _ in range(5000):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _say_nothing(_writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


@pytest.mark.parametrize("speak", [_drip_head, _drip_body, _say_nothing])
async def test_who_answers_slowly_is_left_after_the_whole_time(host: DocumentHost, speak: Speak) -> None:
    host.answers["/client.json"] = speak
    with pytest.raises(DocumentRefused, match="in time"):
        await fetched(host, seconds=0.5)


async def test_a_name_server_that_does_not_answer_is_left_too() -> None:
    async def never(_host: str) -> list[str]:
        await asyncio.sleep(30)
        raise AssertionError("waited for")

    fetcher = DocumentFetcher(resolve=never, seconds=0.3)
    with pytest.raises(DocumentRefused, match="in time"):
        await fetcher.fetch(document_url("https://slow.example/client.json", None))


async def test_a_document_that_names_another_url_is_refused(server: SignInServer, host: DocumentHost) -> None:
    """Somebody else's document, served at one's own URL, would lend its name."""
    stolen = "https://claude.ai/oauth/mcp-oauth-client-metadata"
    assert "its own URL" in await is_refused(server, host.serve(client_id=stolen))


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"])
async def test_no_proxy_of_the_environment_is_asked(
    host: DocumentHost, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    async with trap() as (origin, sent):
        monkeypatch.setenv(variable, origin)
        host.serve()
        assert (await fetched(host)).body
        assert sent == []


async def test_one_host_is_not_asked_without_end(server: SignInServer, host: DocumentHost) -> None:
    """Every query makes another client id, so nothing is found in the store."""
    for number in range(READINGS_PER_MINUTE):
        await is_refused(server, f"{host.url('/none')}?{number}")
    assert "Too many clients of this host" in await is_refused(server, f"{host.url('/none')}?more")
    assert len(host.heads) == READINGS_PER_MINUTE


@pytest.mark.parametrize("client_id", [METADATA_SERVICE, "http://localhost/c", "file:///etc/passwd", "gopher://x/y"])
async def test_other_schemes_and_hosts_are_refused(server: SignInServer, host: DocumentHost, client_id: str) -> None:
    await is_refused(server, client_id)
    assert host.names.asked == []


async def test_nothing_of_ours_is_sent_along(host: DocumentHost) -> None:
    host.serve()
    await fetched(host)
    headers = _headers(host.heads[0])
    assert set(headers) <= {"host", "accept", "accept-encoding", "connection", "user-agent"}
    assert host.heads[0].startswith("GET /client.json HTTP/1.1")


def _headers(head: str) -> Mapping[str, str]:
    lines = [line.partition(": ") for line in head.split("\r\n")[1:] if line]
    return {name.lower(): value for name, _, value in lines}
