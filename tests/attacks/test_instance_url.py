"""Salesforce's answer names another host, so that our tokens go there (server-side request forgery)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.support.sign_in_server import SignInServer, enabled_server
from tests.support.trap import trap

pytestmark = pytest.mark.anyio


@dataclass
class ForgedAnswers:
    """Stands in front of the org and changes what its token endpoint answers. changes: the fields to replace."""

    changes: dict[str, str] = field(default_factory=dict[str, str])

    def around(self, app: ASGIApp) -> ASGIApp:
        async def forged(scope: Scope, receive: Receive, send: Send) -> None:
            if not self.changes or not scope.get("path", "").endswith("/services/oauth2/token"):
                await app(scope, receive, send)
                return
            started: list[Message] = []

            async def change(message: Message) -> None:
                if message["type"] == "http.response.start":
                    started.append(message)
                    return
                body = json.dumps({**json.loads(message["body"]), **self.changes}).encode()
                headers = [each for each in started[0]["headers"] if each[0] != b"content-length"]
                headers.append((b"content-length", str(len(body)).encode()))
                await send({**started[0], "headers": headers})
                await send({**message, "body": body})

            plain = [each for each in scope["headers"] if each[0] != b"accept-encoding"]
            await app({**scope, "headers": plain}, receive, change)

        return forged


@pytest.fixture(scope="module")
def forging() -> ForgedAnswers:
    return ForgedAnswers()


@pytest.fixture(scope="module")
async def forging_server(
    tmp_path_factory: pytest.TempPathFactory, forging: ForgedAnswers
) -> AsyncGenerator[SignInServer]:
    async with enabled_server(tmp_path_factory.mktemp("forging"), around_org=forging.around) as server:
        yield server


@pytest.fixture
def forged(forging: ForgedAnswers) -> Generator[ForgedAnswers]:
    """Forges nothing until told, and nothing any more afterwards."""
    yield forging
    forging.changes = {}


HOSTS = (
    "https://evil.example",
    "https://169.254.169.254/latest/meta-data",
    "https://127.0.0.1",
    "https://[::1]",
    "https://10.0.0.1",
    "https://salesforce.com.evil.example",
    "https://evilsalesforce.com",
    "https://acme.my.salesforce.com@evil.example",
    "https://evil.example/.my.salesforce.com",
    "https://acme.my.salesforce.com:8443",
    "http://acme.my.salesforce.com",
    "https://acme.my.salesforce.com%00.evil.example",
    "file:///etc/passwd",
    "gopher://127.0.0.1",
)


@pytest.mark.parametrize("name", ["instance_url", "id"])
@pytest.mark.parametrize("host", HOSTS)
async def test_no_token_follows_the_answer_of_a_login(
    forging_server: SignInServer, forged: ForgedAnswers, name: str, host: str
) -> None:
    """The answer to the code names a host of the attacker's: the sign-in ends on a page, and no grant is kept."""
    user = forging_server.people.users["rep"]
    path = f"/id/{forging_server.people.org_id}/{user}" if name == "id" else ""
    forged.changes = {name: host + path}
    client = await forging_server.client()
    async with forging_server.browser() as browser:
        page = await client.sign_in(browser, "rep")
    assert page.left_to is None
    assert page.status >= 400
    assert "misconfigured" in page.text
    assert host not in page.text
    assert await forging_server.services.sign_ins.of_user(forging_server.people.org_id, user) == []


@pytest.mark.parametrize("when", ["login", "refresh"])
async def test_nothing_arrives_at_a_port_of_this_machine(
    forging_server: SignInServer, forged: ForgedAnswers, when: str
) -> None:
    """The answer, to the code or to a refresh, names another port of our own machine: nothing is sent there. After a
    refresh the new tokens are used where the old ones were."""
    async with trap() as (origin, sent):
        if when == "login":
            forged.changes = {"instance_url": origin}
            async with forging_server.browser() as browser:
                page = await (await forging_server.client()).sign_in(browser, "rep")
            assert page.status >= 400
        else:
            tokens = await (await forging_server.client()).tokens_of("rep")
            forged.changes = {"instance_url": origin}
            forging_server.org.controls.tokens.end_sessions()
            forging_server.clock.advance(timedelta(minutes=5))
            assert (await forging_server.call(tokens["access_token"])).status_code == 200
        assert sent == []


async def test_the_trap_closes() -> None:
    """What was proved above by nothing having come can be seen to come."""
    async with trap() as (origin, sent):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(origin.rpartition(":")[2]))
        writer.write(b"knock")
        await reader.read()
        writer.close()
    assert sent == [b"knock"]
