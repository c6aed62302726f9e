"""Callers by one-time code are checked through the org connection: what is asked how often, and what ends them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.org.call_count import counting
from app.org.errors import OrgError
from app.signin.code_callers import CHECK_SECONDS
from app.signin.endings import AccessEnded
from app.store.sign_ins import SignIns
from app.store.tokens import TokenRecord, Tokens
from tests.support.mailed_codes import AGENTS, MailingServer, mailing_server
from tests.support.sign_in_people import DASHBOARD, DATA_VIEWER, FULL
from tests.support.sign_in_server import services_for

pytestmark = pytest.mark.anyio

NEXT_CHECK = timedelta(seconds=CHECK_SECONDS)


async def record_of(mailing: MailingServer) -> TokenRecord:
    tokens = await mailing.tokens()
    record = await Tokens(mailing.server.database, mailing.server.clock).find_access(tokens["access_token"])
    assert record is not None
    return record


async def living(mailing: MailingServer) -> list[str]:
    """Who is signed in."""
    sign_ins = await SignIns(mailing.server.database, mailing.server.clock).of_org(mailing.org_id)
    return [each.username for each in sign_ins]


async def why_ended(mailing: MailingServer, record: TokenRecord) -> str | None:
    sign_in = await SignIns(mailing.server.database, mailing.server.clock).find(record.family_id)
    assert sign_in is not None
    return sign_in.ended_because


async def test_every_five_minutes_the_connection_is_checked_once_for_all(mailing: MailingServer) -> None:
    one, other = await record_of(mailing), await record_of(mailing)
    callers = mailing.server.services.callers
    for warm in (one, other, one):
        with counting() as count:
            assert (await callers.resolve(warm)).email == AGENTS
        assert count.calls == 0
    mailing.server.clock.advance(NEXT_CHECK)
    with counting() as count:
        await callers.resolve(one)
        first = count.calls
        await callers.resolve(other)
    assert count.calls == first == 3


async def test_a_refresh_checks_anew(mailing: MailingServer) -> None:
    record = await record_of(mailing)
    with counting() as count:
        await mailing.server.services.callers.rederive(record)
    assert count.calls == 3


async def test_the_sign_in_is_noted_as_used_at_each_check(mailing: MailingServer) -> None:
    record = await record_of(mailing)
    mailing.server.clock.advance(NEXT_CHECK)
    await mailing.server.services.callers.resolve(record)
    sign_in = await SignIns(mailing.server.database, mailing.server.clock).find(record.family_id)
    assert sign_in is not None
    assert sign_in.last_used_at == mailing.server.clock()


async def test_a_connection_without_full_access_ends_every_sign_in_by_code_and_no_other(mailing: MailingServer) -> None:
    one, other = await mailing.tokens(), await mailing.tokens()
    rep = await (await mailing.server.client()).tokens_of("rep")
    mailing.server.people.take_all("admin")
    assert (await mailing.server.call(one["access_token"])).status_code == 200, "until the next check"
    mailing.server.clock.advance(NEXT_CHECK)
    refused = await mailing.server.call(one["access_token"])
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]
    assert (await mailing.server.call(other["access_token"])).status_code == 401
    assert (await mailing.server.call(rep["access_token"])).status_code == 200
    assert await living(mailing) == ["rep@demo.example"]
    mailing.server.people.assign("admin", FULL)
    assert (await mailing.server.call(one["access_token"])).status_code == 401, "what ended does not come back"


async def test_a_connection_that_became_a_user_ends_them_too(mailing: MailingServer) -> None:
    record = await record_of(mailing)
    mailing.server.people.take("admin", FULL)
    mailing.server.people.assign("admin", DASHBOARD)
    mailing.server.clock.advance(NEXT_CHECK)
    with pytest.raises(AccessEnded):
        await mailing.server.services.callers.resolve(record)
    assert await why_ended(mailing, record) == "connection_no_admin"


async def test_a_connection_that_does_not_see_all_data_any_more_ends_them_too(tmp_path: Path) -> None:
    async with mailing_server(tmp_path, enable_as="seeing_admin") as mailing:
        mailing.server.people.assign("seeing_admin", DATA_VIEWER)
        record = await record_of(mailing)
        mailing.server.people.take("seeing_admin", DATA_VIEWER)
        mailing.server.clock.advance(NEXT_CHECK)
        with pytest.raises(AccessEnded):
            await mailing.server.services.callers.resolve(record)
        assert await why_ended(mailing, record) == "connection_sees_not_all"


async def test_a_refresh_after_that_is_refused(mailing: MailingServer) -> None:
    client = await mailing.server.client()
    tokens = await mailing.tokens(client)
    mailing.server.people.take_all("admin")
    answer = await client.refresh(tokens["refresh_token"])
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert await living(mailing) == []


async def test_a_dead_connection_lets_the_caller_in_and_nothing_be_read(mailing: MailingServer) -> None:
    client = await mailing.server.client()
    tokens = await mailing.tokens(client)
    mailing.server.org.controls.tokens.end_grants(mailing.server.people.users["admin"])
    mailing.server.org.controls.tokens.end_sessions(mailing.server.people.users["admin"])
    mailing.server.clock.advance(NEXT_CHECK)
    caller = (await mailing.server.call(tokens["access_token"])).json()
    assert (caller["connection_lost"], caller["email"], caller["scope"]) == (True, AGENTS, "admin")
    assert await living(mailing) == [AGENTS]
    fresh = await client.refresh(tokens["refresh_token"])
    assert fresh.status_code == 200, "nobody has to sign in again when it is bound anew"
    await mailing.server.enable("second_admin")
    caller = (await mailing.server.call(fresh.json()["access_token"])).json()
    assert caller["connection_lost"] is False


async def test_when_salesforce_is_down_nobody_is_let_in_and_nobody_is_thrown_out(mailing: MailingServer) -> None:
    record = await record_of(mailing)
    mailing.server.org.controls.usage.daily_limit = 0
    mailing.server.clock.advance(NEXT_CHECK)
    with pytest.raises(OrgError):
        await mailing.server.services.callers.resolve(record)
    assert await living(mailing) == [AGENTS]


async def test_disabling_the_org_ends_them(mailing: MailingServer) -> None:
    tokens = await mailing.tokens()
    await mailing.server.services.orgs.disable(mailing.org_id)
    mailing.server.clock.advance(timedelta(seconds=31))
    assert (await mailing.server.call(tokens["access_token"])).status_code == 401


async def test_a_sign_in_that_was_ended_elsewhere_ends_here_within_half_a_minute(mailing: MailingServer) -> None:
    tokens = await mailing.tokens()
    assert (await mailing.server.call(tokens["access_token"])).status_code == 200
    elsewhere = services_for(mailing.server.settings, mailing.server.database, mailing.server.clock)
    await elsewhere.endings.end_codes(mailing.org_id, because="connection_no_admin")
    elsewhere.gateway.close()
    mailing.server.clock.advance(timedelta(seconds=31))
    assert (await mailing.server.call(tokens["access_token"])).status_code == 401


async def test_codes_that_are_ended_here_are_of_no_use_at_once(mailing: MailingServer) -> None:
    tokens = await mailing.tokens()
    assert (await mailing.server.call(tokens["access_token"])).status_code == 200
    await mailing.server.services.endings.end_codes(mailing.org_id, because="connection_no_admin")
    assert (await mailing.server.call(tokens["access_token"])).status_code == 401
