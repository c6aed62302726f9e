"""The encryption key is lost: everybody signs in again and admins bind the connection again, as the operations document
promises. Nothing else is needed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.signin.grants import CACHE_SECONDS
from app.store.encryption import Keyring
from app.store.grants import Grants
from app.web.integration.visitor import RIGHTS_LAST
from tests.support.sign_in_server import SignInServer
from tests.web.admin_page import OWN, bind, settings, sign_in

pytestmark = pytest.mark.anyio


async def lose_the_key(server: SignInServer) -> None:
    """What is stored was sealed under a key that the server does not have."""
    stored = Grants(server.database, Keyring.from_settings(server.settings.encryption_keys), server.clock)
    lost = Grants(server.database, Keyring({"lost": bytes(32)}), server.clock)
    for key in await stored.of_org(server.people.org_id):
        grant = await stored.find(key)
        assert grant is not None
        await lost.put(
            key,
            access_token=grant.access_token,
            refresh_token=grant.refresh_token,
            instance_url=grant.instance_url,
            login_origin=grant.login_origin,
        )
    server.clock.advance(timedelta(seconds=CACHE_SECONDS) + RIGHTS_LAST)


async def test_who_was_signed_in_signs_in_again(server: SignInServer) -> None:
    client = await server.client()
    tokens = await client.tokens_of("admin")
    await lose_the_key(server)
    answer = await server.call(tokens["access_token"])
    assert answer.status_code == 401
    tokens = await client.tokens_of("admin")
    assert (await server.call(tokens["access_token"])).status_code == 200


async def test_an_admin_binds_the_connection_again(server: SignInServer) -> None:
    async with server.browser() as browser:
        await sign_in(server, browser)
        await lose_the_key(server)
        page = await settings(server, browser)
        assert "The org connection is lost" in page.text
        page = await bind(server, browser, who=OWN)
        assert "The org connection is bound" in page.text
    org_id = server.people.org_id
    assert (await server.services.grants.of_org_connection(org_id).current()).org_id == org_id


async def test_the_org_is_disabled_all_the_same(server: SignInServer) -> None:
    await (await server.client()).tokens_of("rep")
    await lose_the_key(server)
    assert await server.services.disabling.disable(server.people.org_id)
    stored = Grants(server.database, Keyring({"lost": bytes(32)}), server.clock)
    assert await stored.of_org(server.people.org_id) == []
