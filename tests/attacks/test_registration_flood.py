"""Attack: registering clients without end, and large ones."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select

from app.oauth import new_clients
from app.oauth.client_documents.reading import MINUTE
from app.oauth.new_clients import NewClients, TooManyClients
from app.store.clients import Clients
from app.store.counters import Counters
from app.store.janitor import Janitor
from app.store.tables import ClientRow
from tests.support.document_host import DocumentHost, document_host
from tests.support.sign_in_server import McpClient, SignInServer, enabled_server, running_server

pytestmark = pytest.mark.anyio

PER_HOUR = 3
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
async def host(tmp_path: Path) -> AsyncGenerator[DocumentHost]:
    async with document_host(tmp_path) as running:
        yield running


@pytest.fixture
async def server(tmp_path: Path, host: DocumentHost) -> AsyncGenerator[SignInServer]:
    async with enabled_server(tmp_path, documents=host, registrations_per_hour=PER_HOUR) as running:
        yield running


@pytest.fixture(scope="module")
async def roomy_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[SignInServer]:
    """Without a limit in the way, for all that look at one registration."""
    async with running_server(tmp_path_factory.mktemp("roomy")) as running:
        yield running


async def known(server: SignInServer) -> int:
    async with server.database.reading() as session:
        return (await session.execute(select(func.count()).select_from(ClientRow))).scalar_one()


async def sweep(server: SignInServer) -> None:
    await Janitor(server.database, server.clock, audit_kept=timedelta(days=365)).sweep()


def limits(server: SignInServer) -> NewClients:
    clients, counters = Clients(server.database, server.clock), Counters(server.database, server.clock)
    return NewClients(clients, counters, server.clock, PER_HOUR)


def is_limited(answer: httpx2.Response) -> bool:
    if answer.status_code == 201:
        return False
    assert (answer.status_code, answer.json()["error"]) == (429, "temporarily_unavailable")
    assert answer.headers["cache-control"] == "no-store"
    return True


async def test_one_address_registers_so_many_in_an_hour_and_no_more(server: SignInServer) -> None:
    answers = [await server.register() for _ in range(PER_HOUR + 2)]
    assert [is_limited(answer) for answer in answers] == [False] * PER_HOUR + [True] * 2
    assert answers[-1].headers["retry-after"] == "3600"
    assert await known(server) == PER_HOUR
    server.clock.advance(HOUR)
    assert not is_limited(await server.register())


async def test_bad_registrations_count_too(server: SignInServer) -> None:
    for _ in range(PER_HOUR):
        assert (await server.register(redirect_uris=["http://evil.example/"])).status_code == 400
    assert is_limited(await server.register())


async def test_a_header_that_the_client_writes_makes_no_other_address(server: SignInServer) -> None:
    body = {"redirect_uris": ["http://127.0.0.1/callback"], "token_endpoint_auth_method": "none"}
    answers = [
        await server.http.post("/register", json=body, headers={"X-Real-IP": f"10.0.0.{n}", "Client-IP": f"10.0.0.{n}"})
        for n in range(PER_HOUR + 1)
    ]
    assert is_limited(answers[-1])


async def test_other_addresses_are_not_hindered_but_a_network_of_ipv6_is_one(server: SignInServer) -> None:
    async def comes_in(address: str) -> bool:
        """Through the proxy that is trusted, which saw that address."""
        body = {"redirect_uris": ["http://127.0.0.1/callback"], "token_endpoint_auth_method": "none"}
        return not is_limited(await server.http.post("/register", json=body, headers={"X-Forwarded-For": address}))

    assert [await comes_in("192.0.2.1") for _ in range(PER_HOUR + 1)] == [True] * PER_HOUR + [False]
    assert await comes_in("192.0.2.2")
    assert not await comes_in("::ffff:192.0.2.1")
    assert [await comes_in(f"2001:db8:0:1::{number}") for number in range(PER_HOUR)] == [True] * PER_HOUR
    assert await comes_in("2001:db8:0:2::1")
    assert not await comes_in("2001:db8:0:1:ffff::1")


async def test_the_limit_holds_over_all_replicas(server: SignInServer) -> None:
    one, other = limits(server), limits(server)
    await one.admit_registration("192.0.2.1")
    await other.admit_registration("192.0.2.1")
    await one.admit_registration("192.0.2.1")
    with pytest.raises(TooManyClients):
        await other.admit_registration("192.0.2.1")


async def test_a_flood_from_everywhere_ends_at_a_bound_and_those_who_are_known_go_on(
    server: SignInServer, host: DocumentHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_clients, "MOST_WITHOUT_SIGN_IN", 4)
    documented = McpClient(server, host.serve("/known.json"))
    tokens = await documented.tokens_of("rep")
    registered = await server.client()
    for number in range(3):
        await limits(server).admit_registration(f"192.0.2.{number}")
        await Clients(server.database, server.clock).save(f"flood-{number}", {})
    answer = await server.register()
    assert is_limited(answer)
    assert answer.headers["retry-after"] == "3600"
    async with server.browser() as browser:
        page = await browser.open(McpClient(server, host.serve("/new.json")).authorize_url())
        assert (page.status, page.left_to) == (400, None)
        assert "Too many new clients" in page.text
        assert (await browser.open(registered.authorize_url())).status == 200
    assert (await documented.refresh(tokens["refresh_token"])).status_code == 200
    assert (await documented.tokens_of("admin"))["access_token"], "its document is known"
    server.clock.advance(DAY + MINUTE)
    await sweep(server)
    assert not is_limited(await server.register())


async def test_clients_that_nobody_used_are_gone_after_a_day(server: SignInServer, host: DocumentHost) -> None:
    """A login at Salesforce counts as use too, for who is refused today may come back another day. A sign-in that was
    only begun does not: whoever registered the client can do that."""
    begun, refused, signed_in = [await server.client() for _ in range(3)]
    unused = McpClient(server, "unused")
    await Clients(server.database, server.clock).save(unused.client_id, {})
    documented = McpClient(server, host.serve())
    server.clock.advance(MINUTE)
    async with server.browser() as browser:
        assert (await browser.open(begun.authorize_url())).status == 200
        assert (await browser.open(documented.authorize_url())).status == 200
    async with server.browser() as browser:
        assert (await refused.sign_in(browser, "seeing_nobody")).status == 403
    await signed_in.tokens_of("rep")
    server.clock.advance(DAY)
    await sweep(server)
    clients = Clients(server.database, server.clock)
    for gone in (unused, begun):
        assert await clients.find(gone.client_id) is None
    for kept in (refused, signed_in):
        assert await clients.find(kept.client_id) is not None
    async with server.browser() as browser:
        assert (await browser.open(unused.authorize_url())).status == 400
        assert (await browser.open(refused.authorize_url())).status == 200
        assert (await browser.open(documented.authorize_url())).status == 200, "whose document is read again"


async def test_a_refused_document_leaves_nothing(server: SignInServer, host: DocumentHost) -> None:
    async with server.browser() as browser:
        await browser.open(McpClient(server, host.serve(client_name=None)).authorize_url())
    assert await known(server) == 0


@pytest.mark.parametrize(
    "metadata",
    [
        {"client_name": "x" * 60_000},
        {"contacts": ["x" * 60_000]},
        {"jwks": {"keys": [{"k": "x" * 50_000}]}},
        {"software_statement": "x" * 60_000},
        {"anything": ["x"] * 10_000},
        {"grant_types": ["authorization_code", *["x" * 100] * 500]},
        {"response_types": ["code", *["x" * 100] * 500]},
        {"logo_uri": "https://logo.example/" + "x" * 60_000},
        {"redirect_uris": [f"https://client.example/{number:04}{'x' * 1900}" for number in range(20)]},
    ],
)
async def test_a_row_stays_small_whatever_is_sent(roomy_server: SignInServer, metadata: dict[str, Any]) -> None:
    answer = await roomy_server.register(**metadata)
    assert answer.status_code == 201, answer.text
    stored = await Clients(roomy_server.database, roomy_server.clock).find(answer.json()["client_id"])
    assert stored is not None
    most = 1_000 + sum(len(uri) for uri in metadata.get("redirect_uris", []))
    assert len(json.dumps(dict(stored.details))) < most
    assert "x" * 1_000 not in json.dumps({**stored.details, "redirect_uris": []})


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 60_000,
        b'{"redirect_uris": ' + b"[" * 60_000,
        b'{"redirect_uris": {"0": "https://client.example/callback"}}',
        b'{"redirect_uris": [["https://client.example/callback"]]}',
        b'{"redirect_uris": ["https://client.example/callback"], "client_name": {"a": 1}}',
        b'{"redirect_uris": ["https://client.example/callback"], "grant_types": "authorization_code"}',
        b'{"redirect_uris": ["https://client.example/callback"], "token_endpoint_auth_method": ["none"]}',
        b"null",
        b"\xff",
        b"",
    ],
)
async def test_a_body_of_another_shape_is_a_bad_request(roomy_server: SignInServer, body: bytes) -> None:
    before = await known(roomy_server)
    answer = await roomy_server.http.post("/register", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"] in {"invalid_client_metadata", "invalid_redirect_uri"}
    assert await known(roomy_server) == before
