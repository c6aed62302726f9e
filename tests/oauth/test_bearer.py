"""The guard of /mcp: what it asks for, whom it lets in, and when access ends."""

from datetime import timedelta

import pytest

from tests.support.sign_in_server import SignInServer

pytestmark = pytest.mark.anyio


async def test_without_a_token_the_challenge_says_where_to_go_and_no_error(server: SignInServer) -> None:
    answer = await server.call(None)
    challenge = answer.headers["www-authenticate"]
    assert answer.status_code == 401
    assert f'resource_metadata="{server.url}/.well-known/oauth-protected-resource/mcp"' in challenge
    assert 'scope="bookit"' in challenge
    assert "error=" not in challenge


async def test_a_wrong_token_is_called_invalid(server: SignInServer) -> None:
    answer = await server.call("bookit_at_unknown")
    challenge = answer.headers["www-authenticate"]
    assert answer.status_code == 401
    assert 'error="invalid_token"' in challenge
    assert "resource_metadata=" in challenge
    assert 'scope="bookit"' in challenge


async def test_a_token_in_the_query_is_not_looked_at(server: SignInServer) -> None:
    tokens = await (await server.client()).tokens_of("rep")
    answer = await server.http.post("/mcp", params={"access_token": tokens["access_token"]})
    assert answer.status_code == 401
    assert "error=" not in answer.headers["www-authenticate"]


@pytest.mark.parametrize("value", ["Basic dXNlcjpwYXNz", "Bearer", "token"])
async def test_another_kind_of_credentials_is_none(server: SignInServer, value: str) -> None:
    answer = await server.http.post("/mcp", headers={"Authorization": value})
    assert answer.status_code == 401
    assert "error=" not in answer.headers["www-authenticate"]


@pytest.mark.parametrize("value", [b"Bearer a b", b"Bearer \xfc", b"Bearer a, Bearer b"])
async def test_a_malformed_token_is_a_bad_request(server: SignInServer, value: bytes) -> None:
    answer = await server.http.post("/mcp", headers=[(b"Authorization", value)])
    assert answer.status_code == 400


async def test_two_authorization_headers_are_a_bad_request(server: SignInServer) -> None:
    answer = await server.http.post("/mcp", headers=[("Authorization", "Bearer a"), ("Authorization", "Bearer b")])
    assert answer.status_code == 400


async def test_a_refresh_token_opens_nothing(server: SignInServer) -> None:
    tokens = await (await server.client()).tokens_of("rep")
    assert (await server.call(tokens["refresh_token"])).status_code == 401


async def test_a_preflight_passes_and_the_challenge_is_exposed(server: SignInServer) -> None:
    origin = {"Origin": "https://inspector.example"}
    preflight = await server.http.options("/mcp", headers={**origin, "Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 200
    answer = await server.http.post("/mcp", headers=origin)
    assert "WWW-Authenticate" in answer.headers["access-control-expose-headers"]


async def test_access_that_is_lost_ends_within_five_minutes(own_server: SignInServer) -> None:
    client = await own_server.client()
    tokens = await client.tokens_of("rep")
    own_server.people.take_all("rep")
    own_server.clock.advance(timedelta(minutes=5))
    assert (await own_server.call(tokens["access_token"])).status_code == 401
    own_server.people.assign("rep", "LeanData_Dashboard_Access")
    assert (await own_server.call(tokens["access_token"])).status_code == 401, "the sign-in was ended, not suspended"


async def test_an_admin_who_is_lowered_becomes_a_user(own_server: SignInServer) -> None:
    tokens = await (await own_server.client()).tokens_of("both")
    assert (await own_server.call(tokens["access_token"])).json()["scope"] == "admin"
    own_server.people.take_all("both")
    own_server.people.assign("both", "LeanData_Dashboard_Access")
    own_server.clock.advance(timedelta(minutes=5))
    assert (await own_server.call(tokens["access_token"])).json()["scope"] == "user"


async def test_the_scope_is_derived_anew_at_a_token_refresh(own_server: SignInServer) -> None:
    client = await own_server.client()
    tokens = await client.tokens_of("rep")
    own_server.people.assign("rep", "LeanData_Custom_Objects_Full_Access")
    assert (await own_server.call(tokens["access_token"])).json()["scope"] == "user"
    fresh = (await client.refresh(tokens["refresh_token"])).json()
    assert (await own_server.call(fresh["access_token"])).json()["scope"] == "admin"


async def test_a_refresh_of_somebody_who_lost_his_access_is_refused(own_server: SignInServer) -> None:
    client = await own_server.client()
    tokens = await client.tokens_of("rep")
    own_server.people.take_all("rep")
    answer = await client.refresh(tokens["refresh_token"])
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert (await own_server.call(tokens["access_token"])).status_code == 401


async def test_an_inactive_users_access_ends(own_server: SignInServer) -> None:
    tokens = await (await own_server.client()).tokens_of("rep")
    own_server.people.deactivate("rep")
    own_server.clock.advance(timedelta(minutes=5))
    assert (await own_server.call(tokens["access_token"])).status_code == 401


async def test_a_disabled_orgs_access_ends_within_half_a_minute(own_server: SignInServer) -> None:
    tokens = await (await own_server.client()).tokens_of("rep")
    assert (await own_server.call(tokens["access_token"])).status_code == 200
    await own_server.services.orgs.disable(own_server.people.org_id)
    own_server.clock.advance(timedelta(seconds=30))
    assert (await own_server.call(tokens["access_token"])).status_code == 401


async def test_a_session_that_salesforce_ended_is_renewed_unseen(own_server: SignInServer) -> None:
    tokens = await (await own_server.client()).tokens_of("rep")
    own_server.org.controls.tokens.end_sessions()
    own_server.clock.advance(timedelta(minutes=5))
    assert (await own_server.call(tokens["access_token"])).status_code == 200


async def test_a_grant_that_salesforce_ended_asks_for_a_new_sign_in(own_server: SignInServer) -> None:
    client = await own_server.client()
    tokens = await client.tokens_of("rep")
    own_server.org.controls.tokens.end_grants(own_server.people.users["rep"])
    own_server.clock.advance(timedelta(minutes=5))
    assert (await own_server.call(tokens["access_token"])).status_code == 401
    again = await client.tokens_of("rep")
    assert (await own_server.call(again["access_token"])).status_code == 200
