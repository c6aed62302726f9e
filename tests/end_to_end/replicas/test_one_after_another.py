"""What begins at one process goes on at the next, and what may happen once happens once, whichever of them is asked."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from itertools import pairwise

import pytest
from sqlalchemy import select

from app.clock import system_clock
from app.store.one_time_codes import OneTimeCodes, new_code
from app.store.tables import GrantRow, SignInRow
from tests.end_to_end.replicas.stage import PROCESSES, ManyServers, answered
from tests.support.sign_in_server import McpClient

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(150)]

AT_ONCE = 20


async def test_a_sign_in_goes_from_process_to_process(servers: ManyServers) -> None:
    client = await servers.client()
    servers.served_by.clear()
    async with servers.browser() as browser:
        page = await client.sign_in(browser, "rep1")
    answer = await client.exchange(page.answer["code"])
    assert answer.status_code == 200, answer.text
    tokens = answer.json()
    for _ in range(PROCESSES):
        caller = answered(await servers.tool(tokens["access_token"], "whoami"))["caller"]
        assert caller["username"] == "rep1@demo.example"
    renewed = (await client.refresh(tokens["refresh_token"])).json()
    answered(await servers.tool(renewed["access_token"], "query_meetings"))
    steps = servers.served_by
    # Request, consent page, consent, Salesforce's answer, exchange; a call at each; the refresh and one call more.
    assert len(steps) == 5 + PROCESSES + 2
    assert all(one != next_one for one, next_one in pairwise(steps)), steps
    assert len(set(steps)) == PROCESSES


async def test_a_code_is_exchanged_by_one_process_and_its_reuse_ends_what_it_gave(servers: ManyServers) -> None:
    client = await servers.client()
    code = await _code(servers, client, "rep2")
    answers = await asyncio.gather(*(client.exchange(code) for _ in range(AT_ONCE)))
    assert len(set(servers.served_by[-AT_ONCE:])) == PROCESSES
    given = [answer.json() for answer in answers if answer.status_code == 200]
    refused = [answer.json()["error"] for answer in answers if answer.status_code != 200]
    # One wins. Those that come after it end the sign-in, which may be before the winner has his tokens.
    assert len(given) <= 1
    assert refused == ["invalid_grant"] * (AT_ONCE - len(given))
    assert await _sign_in(servers, client) == "code_reused"
    for tokens in given:
        assert await servers.statuses(tokens["access_token"]) == [401] * PROCESSES
        assert (await client.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"


async def test_a_code_that_one_process_exchanged_is_used_up_at_every_other(servers: ManyServers) -> None:
    for other in range(1, PROCESSES):
        client = await servers.client()
        code = await _code(servers, client, "rep3")
        tokens = (await client.exchange(code)).json()
        for _ in range(other - 1):
            await servers.http.get("/health")
        assert (await client.exchange(code)).json()["error"] == "invalid_grant"
        assert await servers.statuses(tokens["access_token"]) == [401] * PROCESSES


@pytest.mark.requirement("code.single_use")
async def test_a_one_time_code_signs_in_once_of_many_sign_ins_at_once(servers: ManyServers) -> None:
    org_id = servers.people.org_id
    code = new_code(org_id)
    await OneTimeCodes(servers.database, system_clock).add(
        code, org_id=org_id, email="agents@demo.example", requested_by=servers.people.users["admin"]
    )
    clients = [await servers.client() for _ in range(2 * PROCESSES)]
    async with AsyncExitStack() as stack:
        browsers = [await stack.enter_async_context(servers.browser()) for _ in clients]
        pages = [await browser.open(client.authorize_url()) for browser, client in zip(browsers, clients, strict=True)]
        servers.served_by.clear()
        typed = {"code": code.get_secret_value()}
        ends = await asyncio.gather(
            *(browser.submit(page, typed, button="code") for browser, page in zip(browsers, pages, strict=True))
        )
    assert len(set(servers.served_by)) == PROCESSES
    (winner,) = [number for number, end in enumerate(ends) if end.left_to is not None]
    tokens = (await clients[winner].exchange(ends[winner].answer["code"])).json()
    assert await servers.statuses(tokens["access_token"]) == [200] * PROCESSES
    caller = answered(await servers.tool(tokens["access_token"], "whoami"))
    assert (caller["caller"]["username"], caller["scope"]) == ("agents@demo.example", "admin")


async def test_a_refresh_token_used_many_times_at_once_gives_siblings_that_all_live(servers: ManyServers) -> None:
    client = await servers.client()
    tokens = await client.tokens_of("rep4")
    answers = await asyncio.gather(*(client.refresh(tokens["refresh_token"]) for _ in range(AT_ONCE)))
    assert [answer.status_code for answer in answers] == [200] * AT_ONCE
    assert set(Counter(servers.served_by[-AT_ONCE:]).values()) == {AT_ONCE // PROCESSES}
    siblings = [answer.json() for answer in answers]
    assert len({each["access_token"] for each in siblings}) == AT_ONCE
    assert len({each["refresh_token"] for each in siblings}) == AT_ONCE
    for sibling in siblings[:: AT_ONCE // PROCESSES]:
        assert await servers.statuses(sibling["access_token"]) == [200] * PROCESSES
        assert (await client.refresh(sibling["refresh_token"])).status_code == 200
    assert await _sign_in(servers, client) is None


async def test_a_salesforce_session_that_ended_is_renewed_once_over_all_processes(servers: ManyServers) -> None:
    client = await servers.client()
    token = (await client.tokens_of("rep5"))["access_token"]
    for _ in range(PROCESSES):  # every process has the session in its cache
        answered(await servers.tool(token, "query_meetings"))
    before, asked = await _grant_version(servers, "rep5"), servers.stage.asked.times("/services/oauth2/token")
    servers.org.controls.tokens.end_sessions(servers.people.users["rep5"])
    answers = await asyncio.gather(*(servers.tool(token, "query_meetings") for _ in range(AT_ONCE)))
    for answer in answers:
        answered(answer)
    assert len(set(servers.served_by[-AT_ONCE:])) == PROCESSES
    assert servers.stage.asked.times("/services/oauth2/token") == asked + 1
    assert await _grant_version(servers, "rep5") == before + 1


async def _code(servers: ManyServers, client: McpClient, handle: str) -> str:
    async with servers.browser() as browser:
        return (await client.sign_in(browser, handle)).answer["code"]


async def _sign_in(servers: ManyServers, client: McpClient) -> str | None:
    """Why the client's only sign-in ended; None: it lives."""
    statement = select(SignInRow.ended_because).where(SignInRow.client_id == client.client_id)
    async with servers.database.reading() as session:
        return (await session.execute(statement)).scalar_one()


async def _grant_version(servers: ManyServers, handle: str) -> int:
    statement = select(GrantRow.version).where(GrantRow.user_id == servers.people.users[handle])
    async with servers.database.reading() as session:
        return (await session.execute(statement)).scalar_one()
