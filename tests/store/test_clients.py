"""MCP clients."""

from datetime import timedelta

import pytest
from pydantic import SecretStr

from app.store.clients import Clients
from app.store.codes import Codes
from app.store.database import Database
from tests.store.conftest import FakeClock
from tests.store.people import REQUEST, person

pytestmark = pytest.mark.anyio

DETAILS = {"client_name": "Claude ✓", "redirect_uris": ["http://127.0.0.1/callback"], "nested": {"n": 1}}


async def test_a_saved_client_comes_back_as_it_was(database: Database, clock: FakeClock) -> None:
    clients = Clients(database, clock)
    saved = await clients.save("client-1", DETAILS)
    assert await clients.find("client-1") == saved
    assert saved.details == DETAILS
    assert await clients.find("client-2") is None


async def test_a_client_by_metadata_document_is_replaced_and_keeps_its_age(
    database: Database, clock: FakeClock
) -> None:
    clients = Clients(database, clock)
    first = await clients.save("https://claude.ai/oauth/client", DETAILS)
    clock.move(timedelta(days=1))
    second = await clients.save("https://claude.ai/oauth/client", {**DETAILS, "client_name": "New"})
    assert second.details["client_name"] == "New"
    assert (second.created_at, second.last_used_at) == (first.created_at, first.last_used_at)
    assert await clients.find("https://claude.ai/oauth/client") == second


async def test_a_confidential_client_is_accepted_with_its_secret_alone(database: Database, clock: FakeClock) -> None:
    await Clients(database, clock).save("client-1", DETAILS, secret=SecretStr("s3cret"))
    client = await Clients(database, clock).find("client-1")
    assert client is not None
    assert client.accepts("s3cret")
    assert client.accepts(SecretStr("s3cret"))
    assert not client.accepts("other")
    assert not client.accepts("")
    assert not client.accepts(None)
    assert "s3cret" not in repr(client)


async def test_a_public_client_is_accepted_without_a_secret_only(database: Database, clock: FakeClock) -> None:
    client = await Clients(database, clock).save("client-1", DETAILS)
    assert client.accepts(None)
    assert not client.accepts("anything")


async def test_details_that_hold_the_secret_are_refused(database: Database, clock: FakeClock) -> None:
    with pytest.raises(ValueError, match="by itself"):
        await Clients(database, clock).save("client-1", {**DETAILS, "client_secret": "s3cret"})


async def test_touching_notes_the_last_use(database: Database, clock: FakeClock) -> None:
    clients = Clients(database, clock)
    await clients.save("client-1", DETAILS)
    clock.move(timedelta(hours=3))
    await clients.touch("client-1")
    found = await clients.find("client-1")
    assert found is not None
    assert found.last_used_at == clock.now


async def test_when_a_document_must_be_read_again_is_kept(database: Database, clock: FakeClock) -> None:
    clients = Clients(database, clock)
    until = clock.now + timedelta(hours=1)
    saved = await clients.save("https://claude.ai/oauth/client", DETAILS, fresh_until=until)
    assert saved.fresh_until == until
    assert await clients.find("https://claude.ai/oauth/client") == saved
    assert (await clients.save("client-1", DETAILS)).fresh_until is None


async def test_those_without_a_sign_in_are_counted_from_a_moment_on(database: Database, clock: FakeClock) -> None:
    clients = Clients(database, clock)
    await clients.save("old", DETAILS)
    clock.move(timedelta(days=1))
    since = clock.now
    await clients.save(REQUEST.client_id, DETAILS)
    await Codes(database, clock).issue(REQUEST, person())
    for number in range(3):
        await clients.save(f"new-{number}", DETAILS)
    clock.move(timedelta(hours=1))
    await clients.touch("old")
    await clients.touch("new-0")
    assert await clients.without_sign_in(since, most=100) == 3
    assert await clients.without_sign_in(since, most=2) == 2
    assert await clients.without_sign_in(clock.now, most=100) == 0
