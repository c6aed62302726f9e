"""Resolving callers when Salesforce cannot be asked, and what is asked how often."""

from datetime import timedelta

import pytest

from app.org.call_count import counting
from app.org.errors import OrgError
from app.signin.callers import STANDING_SECONDS
from app.store.tokens import TokenRecord, Tokens
from tests.support.sign_in_server import SignInServer

pytestmark = pytest.mark.anyio


async def record_of(server: SignInServer, handle: str) -> TokenRecord:
    tokens = await (await server.client()).tokens_of(handle)
    record = await Tokens(server.database, server.clock).find_access(tokens["access_token"])
    assert record is not None
    return record


async def test_a_warm_caller_costs_no_call_to_salesforce(server: SignInServer) -> None:
    record = await record_of(server, "rep")
    with counting() as count:
        for _ in range(5):
            await server.services.callers.resolve(record)
    assert count.calls == 0


async def test_after_five_minutes_the_scope_is_read_again_once_for_all(server: SignInServer) -> None:
    record = await record_of(server, "admin")
    server.clock.advance(timedelta(seconds=STANDING_SECONDS))
    with counting() as count:
        await server.services.callers.resolve(record)
        first = count.calls
        await server.services.callers.resolve(record)
    assert count.calls == first == 2


async def test_when_salesforce_is_down_nobody_is_let_in_and_nobody_is_thrown_out(server: SignInServer) -> None:
    client = await server.client()
    tokens = await client.tokens_of("admin")
    record = await record_of(server, "admin")
    usage = server.org.controls.usage
    limit, usage.daily_limit = usage.daily_limit, 0
    server.clock.advance(timedelta(seconds=STANDING_SECONDS))
    with pytest.raises(OrgError):
        await server.services.callers.resolve(record)
    refused = await server.call(tokens["access_token"])
    assert refused.status_code in {429, 503}
    assert refused.headers["retry-after"]
    assert "www-authenticate" not in refused.headers
    fresh = await client.refresh(tokens["refresh_token"])
    assert fresh.status_code == 200, "a refused refresh would end the sign-in in the client"
    assert (await server.call(fresh.json()["access_token"])).status_code in {429, 503}
    usage.daily_limit = limit
    server.clock.advance(timedelta(minutes=1))
    again = await client.refresh(fresh.json()["refresh_token"])
    assert (await server.call(again.json()["access_token"])).status_code == 200
