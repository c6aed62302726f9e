"""Dynamic client registration (RFC 7591), with what real clients send."""

import pytest

from tests.support.sign_in_server import SignInServer

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "uris",
    [
        ["https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"],
        ["http://localhost/callback", "http://127.0.0.1/callback"],
        ["https://chatgpt.com/connector/oauth/abc"],
        [
            "cursor://anysphere.cursor-mcp/oauth/callback",
            "https://www.cursor.com/agents/mcp/oauth/callback",
            "http://localhost:8787/callback",
        ],
        ["https://vscode.dev/redirect", "http://127.0.0.1/", "http://127.0.0.1:33418/"],
        ["http://127.0.0.1:6274/oauth/callback", "http://localhost:6274/oauth/callback/debug"],
    ],
)
async def test_the_clients_that_people_use_can_register(server: SignInServer, uris: list[str]) -> None:
    answer = await server.register(redirect_uris=uris)
    assert answer.status_code == 201
    assert answer.json()["redirect_uris"] == uris


@pytest.mark.parametrize(
    "uris",
    [
        [],
        ["http://example.com/callback"],
        ["https://example.com/callback#fragment"],
        ["https://user@example.com/callback"],
        ["cursor://anysphere.cursor-mcp/oauth/callback2"],
        ["cursor://evil/oauth/callback"],
        ["javascript:alert(1)"],
        ["data:text/html,x"],
        ["myapp://callback"],
        ["https://ok.example/callback", "http://example.com/callback"],
        [f"https://example.com/{number}" for number in range(21)],
        ["https://example.com/" + "x" * 2000],
    ],
)
async def test_other_addresses_are_refused(server: SignInServer, uris: list[str]) -> None:
    answer = await server.register(redirect_uris=uris)
    assert answer.status_code == 400
    assert answer.json()["error"] in {"invalid_redirect_uri", "invalid_client_metadata"}


async def test_a_public_client_gets_no_secret(server: SignInServer) -> None:
    body = (await server.register(token_endpoint_auth_method="none")).json()
    assert "client_secret" not in body
    assert body["token_endpoint_auth_method"] == "none"


@pytest.mark.parametrize("method", ["client_secret_post", "client_secret_basic"])
async def test_a_confidential_client_gets_a_secret_once(server: SignInServer, method: str) -> None:
    body = (await server.register(token_endpoint_auth_method=method)).json()
    assert len(body["client_secret"]) >= 43
    stored = server.people  # the secret is nowhere in our database but as its hash
    assert stored is not None
    database = (server.settings.database_url.removeprefix("sqlite+aiosqlite:///"),)
    with open(database[0], "rb") as file:  # noqa: ASYNC230 (a test reads a small file)
        assert body["client_secret"].encode() not in file.read()


async def test_a_registration_is_given_the_one_scope(server: SignInServer) -> None:
    assert (await server.register(scope="claudeai offline_access")).json()["scope"] == "bookit"
    assert (await server.register()).json()["scope"] == "bookit"


async def test_grants_that_we_do_not_give_are_left_out(server: SignInServer) -> None:
    body = (await server.register(grant_types=["authorization_code", "client_credentials"])).json()
    assert body["grant_types"] == ["authorization_code"]


async def test_a_client_without_the_refresh_grant_gets_no_refresh_token(server: SignInServer) -> None:
    client = await server.client(grant_types=["authorization_code"])
    assert "refresh_token" not in await client.tokens_of("rep")


@pytest.mark.parametrize("method", ["private_key_jwt", "tls_client_auth"])
async def test_other_ways_to_authenticate_are_refused(server: SignInServer, method: str) -> None:
    answer = await server.register(token_endpoint_auth_method=method)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_client_metadata"


async def test_text_that_is_no_json_is_refused(server: SignInServer) -> None:
    answer = await server.http.post("/register", content=b"{")
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_client_metadata"
