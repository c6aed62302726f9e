"""The whole sign-in over sockets: registration, consent, Salesforce, code, tokens, and the call that they open."""

import pytest

from tests.support.sign_in_server import SignInServer

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("handle", "scope"),
    [
        ("admin", "admin"),
        ("both", "admin"),
        ("rep", "user"),
        ("group", "user"),
        ("minimum", "user"),
        ("minimum_group", "user"),
    ],
)
async def test_the_scope_follows_from_the_permission_sets(server: SignInServer, handle: str, scope: str) -> None:
    tokens = await (await server.client()).tokens_of(handle)
    caller = (await server.call(tokens["access_token"])).json()
    assert (caller["scope"], caller["username"]) == (scope, f"{handle}@demo.example")
