"""Tokens that were not meant for this, are not good any more, or are asked to be more than they were."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.store.secrets import ACCESS_PREFIX, new_token
from tests.support.sign_in_server import SignInServer

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("audience", ["https://other.example/mcp", "https://other.example", "", None])
async def test_a_token_for_another_audience_opens_nothing(server: SignInServer, audience: str | None) -> None:
    """The attacker runs another resource that trusts our issuer, and sends us the token that somebody gave him."""
    await (await server.client()).tokens_of("rep")
    family = (await server.services.sign_ins.of_user(server.people.org_id, server.people.users["rep"]))[0].family_id
    issued = await server.services.tokens.issue(family, scopes=("bookit",), audience=audience)
    answer = await server.call(issued.access_token.get_secret_value())
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    right = await server.services.tokens.issue(family, scopes=("bookit",), audience=f"{server.url}/mcp")
    assert (await server.call(right.access_token.get_secret_value())).status_code == 200


async def test_a_token_without_our_scope_opens_nothing(server: SignInServer) -> None:
    """A token of a sign-in that was given less than `bookit`."""
    await (await server.client()).tokens_of("rep")
    family = (await server.services.sign_ins.of_user(server.people.org_id, server.people.users["rep"]))[0].family_id
    issued = await server.services.tokens.issue(family, scopes=("other",), audience=f"{server.url}/mcp")
    assert (await server.call(issued.access_token.get_secret_value())).status_code == 403


async def test_a_refresh_raises_nothing(server: SignInServer) -> None:
    """The client of a rep asks for an admin's scope while it refreshes, by OAuth scope and by made-up parameters."""
    client = await server.client()
    tokens = await client.tokens_of("rep")
    for more in ({"scope": "admin"}, {"scope": "bookit admin full"}, {"role": "admin", "user_id": "x", "org_id": "y"}):
        answer = await client.refresh(tokens["refresh_token"], **more)
        tokens = answer.json()
        assert tokens["scope"] == "bookit"
        caller = (await server.call(tokens["access_token"])).json()
        assert (caller["scope"], caller["user_id"]) == ("user", server.people.users["rep"])


async def test_what_looks_like_a_token_and_is_none_opens_nothing(server: SignInServer) -> None:
    """Guesses, shapes of SQL and of paths, another case, a longer one."""
    token = (await (await server.client()).tokens_of("rep"))["access_token"]
    for guess in (
        new_token(ACCESS_PREFIX).get_secret_value(),
        token + "x",
        token[:-1],
        token.swapcase(),
        "'%20OR%201=1",
        "../../etc/passwd",
        "A" * 12_000,
    ):
        assert (await server.call(guess)).status_code in {400, 401}, guess[:40]
    assert (await server.call(token)).status_code == 200


async def test_an_old_refresh_token_costs_the_thief_and_the_owner_the_sign_in(own_server: SignInServer) -> None:
    """The attacker took a refresh token from a backup and uses it after its owner has: both lose everything, so that
    the owner signs in again and the thief cannot."""
    client = await own_server.client()
    stolen = await client.tokens_of("rep")
    owned = (await client.refresh(stolen["refresh_token"])).json()
    own_server.clock.advance(timedelta(seconds=31))
    assert (await client.refresh(stolen["refresh_token"])).json()["error"] == "invalid_grant"
    for tokens in (stolen, owned):
        assert (await own_server.call(tokens["access_token"])).status_code == 401
        assert (await client.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"
