"""No grant outlives its last use, whatever came in between."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import anyio
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from app.signin import grants
from app.signin.unused_grants import LEFT_ALONE
from app.store.encryption import Keyring
from app.store.grants import GrantKey, Grants, Purpose
from app.store.janitor import Janitor
from app.store.tokens import REFRESH_LIFETIME
from tests.support.sign_in_server import SignInServer, enabled_server

pytestmark = pytest.mark.anyio


def stored(server: SignInServer) -> Grants:
    return Grants(server.database, Keyring.from_settings(server.settings.encryption_keys), server.clock)


async def keys(server: SignInServer) -> set[tuple[str, Purpose]]:
    """Whose grants are stored, and what for."""
    handles = {user_id: handle for handle, user_id in server.people.users.items()}
    return {(handles[key.user_id], key.purpose) for key in await stored(server).of_org(server.people.org_id)}


def has_grant(server: SignInServer, handle: str) -> bool:
    """Whether Salesforce holds a grant of that user for our app."""
    app = server.org.controls.external_client_app.now
    return server.org.controls.tokens.has_approved(app, server.people.users[handle], "api")


async def copy_of_connection(server: SignInServer, handle: str, purpose: Purpose) -> None:
    """A grant as a process leaves it that ends before its next step."""
    connection = await stored(server).find(
        GrantKey(server.people.org_id, server.people.users["admin"], Purpose.ORG_CONNECTION)
    )
    assert connection is not None
    await stored(server).put(
        GrantKey(server.people.org_id, server.people.users[handle], purpose),
        access_token=connection.access_token,
        refresh_token=connection.refresh_token,
        instance_url=connection.instance_url,
        login_origin=connection.login_origin,
    )


async def test_what_is_used_stays(server: SignInServer) -> None:
    await (await server.client()).tokens_of("rep")
    server.clock.advance(LEFT_ALONE)
    assert await server.services.unused_grants.sweep() == 0
    assert await keys(server) == {("admin", Purpose.ORG_CONNECTION), ("rep", Purpose.PERSON)}


async def test_a_sign_in_that_ran_out_leaves_no_grant(server: SignInServer) -> None:
    await (await server.client()).tokens_of("rep")
    server.clock.advance(REFRESH_LIFETIME + timedelta(days=1))
    await Janitor(server.database, server.clock, audit_kept=timedelta(days=365)).sweep()
    assert await server.services.unused_grants.sweep() == 1
    assert await keys(server) == {("admin", Purpose.ORG_CONNECTION)}
    assert not has_grant(server, "rep")


@pytest.mark.parametrize("purpose", [Purpose.PERSON, Purpose.ORG_CONNECTION])
async def test_what_a_process_left_behind_goes_back_but_not_while_it_may_be_about_to_be_used(
    server: SignInServer, purpose: Purpose
) -> None:
    await copy_of_connection(server, "second_admin", purpose)
    server.clock.advance(LEFT_ALONE - timedelta(seconds=1))
    assert await server.services.unused_grants.sweep() == 0
    server.clock.advance(timedelta(seconds=1))
    assert await server.services.unused_grants.sweep() == 1
    assert await keys(server) == {("admin", Purpose.ORG_CONNECTION)}


async def test_what_came_in_while_the_org_was_turned_off_goes_back(server: SignInServer) -> None:
    await (await server.client()).tokens_of("rep")
    assert await server.services.orgs.disable(server.people.org_id)
    server.clock.advance(LEFT_ALONE)
    assert await server.services.unused_grants.sweep() == 2
    assert await keys(server) == set()
    assert not has_grant(server, "rep")


async def test_an_admin_does_not_wait_for_a_slow_salesforce_and_the_rest_goes_back_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grants, "GIVE_BACK_SECONDS", 0.05)
    monkeypatch.setattr(grants, "AT_ONCE", 1)
    async with enabled_server(tmp_path, around_org=slow_revocations) as server:
        for handle in ("rep", "both", "group"):
            await (await server.client()).tokens_of(handle)
        assert len(await keys(server)) == 4
        assert await server.services.disabling.disable(server.people.org_id)
        left = await keys(server)
        assert 0 < len(left) < 4, "one was on its way, and is waited for"
        assert all(has_grant(server, handle) for handle, _ in left)
        server.clock.advance(LEFT_ALONE)
        assert await server.services.unused_grants.sweep() == len(left)
        assert not any(has_grant(server, handle) for handle in ("admin", "rep", "both", "group"))


def slow_revocations(app: ASGIApp) -> ASGIApp:
    """Salesforce thinks about every revocation for a while."""

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/revoke"):
            await anyio.sleep(0.2)
        await app(scope, receive, send)

    return slow
