"""/token and /revoke: codes once, refresh tokens in turn, nothing after a revocation."""

import base64
from datetime import timedelta
from typing import Any

import anyio
import httpx2
import pytest

from tests.support.sign_in_server import McpClient, SignInServer

pytestmark = pytest.mark.anyio


async def code_of(server: SignInServer, client: McpClient, handle: str = "rep") -> str:
    async with server.browser() as browser:
        return (await client.sign_in(browser, handle)).answer["code"]


def error_of(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


async def test_a_code_needs_the_verifier_of_its_challenge(server: SignInServer) -> None:
    client = await server.client()
    code = await code_of(server, client)
    assert error_of(await client.exchange(code, code_verifier="x" * 43)) == (400, "invalid_grant")
    assert error_of(await client.exchange(code, code_verifier="")) == (400, "invalid_grant")
    assert (await client.exchange(code)).status_code == 200


async def test_a_nul_in_a_field_is_a_bad_request(server: SignInServer) -> None:
    client = await server.client()
    assert error_of(await client.token(grant_type="refresh_token", refresh_token="a\0b")) == (400, "invalid_request")


async def test_a_code_needs_the_redirect_uri_of_its_request(server: SignInServer) -> None:
    client = await server.client()
    code = await code_of(server, client)
    answer = await client.exchange(code, redirect_uri="http://127.0.0.1:1/callback")
    assert error_of(answer) == (400, "invalid_request")


async def test_a_code_is_of_no_use_to_another_client(server: SignInServer) -> None:
    client, other = await server.client(), await server.client()
    code = await code_of(server, client)
    other.verifier = client.verifier
    assert error_of(await other.exchange(code)) == (400, "invalid_grant")


async def test_a_code_for_a_foreign_resource_is_refused(server: SignInServer) -> None:
    client = await server.client()
    code = await code_of(server, client)
    answer = await client.exchange(code, resource="https://other.example/mcp")
    assert error_of(answer) == (400, "invalid_target")


async def test_a_code_that_is_used_twice_ends_what_came_of_it(server: SignInServer) -> None:
    client = await server.client()
    code = await code_of(server, client)
    tokens = (await client.exchange(code)).json()
    assert (await server.call(tokens["access_token"])).status_code == 200
    assert error_of(await client.exchange(code)) == (400, "invalid_grant")
    assert (await server.call(tokens["access_token"])).status_code == 401
    assert error_of(await client.refresh(tokens["refresh_token"])) == (400, "invalid_grant")


async def test_of_many_exchanges_of_one_code_at_most_one_succeeds(server: SignInServer) -> None:
    client = await server.client()
    code = await code_of(server, client)
    answers: list[int] = []

    async def exchange() -> None:
        answers.append((await client.exchange(code)).status_code)

    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(exchange)
    assert answers.count(200) <= 1


async def test_a_code_lives_five_minutes(own_server: SignInServer) -> None:
    client = await own_server.client()
    code = await code_of(own_server, client)
    own_server.clock.advance(timedelta(minutes=5))
    assert error_of(await client.exchange(code)) == (400, "invalid_grant")


async def test_refresh_gives_a_new_pair_and_the_old_access_token_lives_on(server: SignInServer) -> None:
    client = await server.client()
    first = await client.tokens_of("rep")
    answer = await client.refresh(first["refresh_token"])
    second = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]
    for tokens in (first, second):
        assert (await server.call(tokens["access_token"])).status_code == 200


async def test_two_clients_that_race_each_get_a_sibling(server: SignInServer) -> None:
    client = await server.client()
    first = await client.tokens_of("rep")
    pairs: list[dict[str, Any]] = []

    async def refresh() -> None:
        pairs.append((await client.refresh(first["refresh_token"])).json())

    async with anyio.create_task_group() as group:
        group.start_soon(refresh)
        group.start_soon(refresh)
    assert len({pair["refresh_token"] for pair in pairs}) == 2
    for pair in pairs:
        assert (await client.refresh(pair["refresh_token"])).status_code == 200


async def test_a_rotated_token_that_comes_back_late_ends_the_sign_in(own_server: SignInServer) -> None:
    client = await own_server.client()
    first = await client.tokens_of("rep")
    second = (await client.refresh(first["refresh_token"])).json()
    own_server.clock.advance(timedelta(seconds=31))
    assert error_of(await client.refresh(first["refresh_token"])) == (400, "invalid_grant")
    assert error_of(await client.refresh(second["refresh_token"])) == (400, "invalid_grant")
    assert (await own_server.call(second["access_token"])).status_code == 401


async def test_a_refresh_may_ask_for_any_scope_and_our_resource(server: SignInServer) -> None:
    client = await server.client()
    tokens = await client.tokens_of("rep")
    answer = await client.refresh(tokens["refresh_token"], scope="bookit offline_access", resource=f"{server.url}/mcp/")
    assert answer.json()["scope"] == "bookit"
    refused = await client.refresh(answer.json()["refresh_token"], resource="https://other.example")
    assert error_of(refused) == (400, "invalid_target")


async def test_a_refresh_token_is_of_no_use_to_another_client(server: SignInServer) -> None:
    tokens = await (await server.client()).tokens_of("rep")
    assert error_of(await (await server.client()).refresh(tokens["refresh_token"])) == (400, "invalid_grant")


async def test_an_access_token_lives_an_hour(own_server: SignInServer) -> None:
    tokens = await (await own_server.client()).tokens_of("rep")
    own_server.clock.advance(timedelta(minutes=59, seconds=59))
    assert (await own_server.call(tokens["access_token"])).status_code == 200
    own_server.clock.advance(timedelta(seconds=1))
    assert (await own_server.call(tokens["access_token"])).status_code == 401


@pytest.mark.parametrize("method", ["client_secret_post", "client_secret_basic"])
async def test_a_confidential_client_must_prove_itself(server: SignInServer, method: str) -> None:
    client = await server.client(token_endpoint_auth_method=method)
    code = await code_of(server, client)
    right, client.secret = client.secret or "", None
    assert error_of(await client.exchange(code)) == (401, "invalid_client")
    assert error_of(await client.exchange(code, client_secret="wrong")) == (401, "invalid_client")
    if method == "client_secret_post":
        assert (await client.exchange(code, client_secret=right)).status_code == 200
        return
    assert error_of(await client.exchange(code, client_secret=right)) == (401, "invalid_client")
    data = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "code_verifier": client.verifier,
    }
    for secret, status in (("wrong", 401), (right, 200)):
        basic = base64.b64encode(f"{client.client_id}:{secret}".encode()).decode()
        answer = await server.http.post("/token", data=data, headers={"Authorization": f"Basic {basic}"})
        assert answer.status_code == status
        assert ("www-authenticate" in answer.headers) == (status == 401)


async def test_a_client_that_is_not_known_must_register_again(server: SignInServer) -> None:
    stranger = McpClient(server, "unknown")
    assert error_of(await stranger.exchange("code")) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"grant_type": "client_credentials"}, "invalid_request"),
        ({"grant_type": "password", "username": "x", "password": "y"}, "invalid_request"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
        ({}, "invalid_request"),
    ],
)
async def test_other_grants_are_refused(server: SignInServer, data: dict[str, str], error: str) -> None:
    client = await server.client()
    answer = await client.token(**data)
    assert answer.status_code == 400
    assert answer.json()["error"] == error


async def test_only_a_form_is_read(server: SignInServer) -> None:
    client = await server.client()
    answer = await server.http.post("/token", json={"client_id": client.client_id})
    assert error_of(answer) == (400, "invalid_request")
    twice = b"grant_type=refresh_token&refresh_token=a&refresh_token=b&client_id=" + client.client_id.encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert error_of(await server.http.post("/token", content=twice, headers=headers)) == (400, "invalid_request")


async def revoke(client: McpClient, token: str, **values: str) -> httpx2.Response:
    data = {"client_id": client.client_id, "token": token, **values}
    return await client.server.http.post("/revoke", data=data)


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
async def test_a_revoked_sign_in_opens_nothing(server: SignInServer, kind: str) -> None:
    client = await server.client()
    tokens = await client.tokens_of("group")
    assert (await server.call(tokens["access_token"])).status_code == 200
    answer = await revoke(client, tokens[kind], token_type_hint="something_else")
    assert (answer.status_code, answer.content) == (200, b"")
    assert (await server.call(tokens["access_token"])).status_code == 401
    assert error_of(await client.refresh(tokens["refresh_token"])) == (400, "invalid_grant")


async def test_revoking_what_is_not_there_is_no_error(server: SignInServer) -> None:
    client = await server.client()
    assert (await revoke(client, "unknown")).status_code == 200
    assert error_of(await revoke(client, "")) == (400, "invalid_request")


async def test_a_client_cannot_revoke_anothers_token(server: SignInServer) -> None:
    tokens = await (await server.client()).tokens_of("rep")
    assert (await revoke(await server.client(), tokens["access_token"])).status_code == 200
    assert (await server.call(tokens["access_token"])).status_code == 200


async def test_the_last_revocation_gives_the_grant_back_to_salesforce(own_server: SignInServer) -> None:
    one, other = await own_server.client(), await own_server.client()
    first, second = await one.tokens_of("rep"), await other.tokens_of("rep")
    app, user_id = own_server.org.controls.external_client_app.now, own_server.people.users["rep"]
    await revoke(one, first["access_token"])
    assert own_server.org.controls.tokens.has_approved(app, user_id, "api")
    assert (await own_server.call(second["access_token"])).status_code == 200
    await revoke(other, second["refresh_token"])
    assert not own_server.org.controls.tokens.has_approved(app, user_id, "api")
