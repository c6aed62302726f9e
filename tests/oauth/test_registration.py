"""Dynamic client registration (RFC 7591), with what real clients send."""

import pytest

from tests.support.sign_in_server import SignInServer

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "uris",
    [
        None,
        [],
        [f"https://example.com/{number}" for number in range(21)],
        ["https://example.com/" + "x" * 2000],
    ],
)
async def test_none_too_many_and_too_long_addresses_are_refused(server: SignInServer, uris: list[str] | None) -> None:
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


@pytest.mark.parametrize(
    ("asked", "uris", "given"),
    [
        (None, ["http://127.0.0.1/callback"], "native"),
        ("", ["http://127.0.0.1/callback"], "native"),
        ("web", ["http://127.0.0.1/callback"], "native"),
        (None, ["https://client.example/callback"], "web"),
        ("web", ["https://client.example/callback"], "web"),
        ("native", ["https://client.example/callback"], "native"),
        ("something", ["https://client.example/callback"], "web"),
        (["web"], ["https://client.example/callback"], "web"),
        ("web", ["https://client.example/callback", "http://localhost:8787/callback"], "native"),
    ],
)
async def test_a_type_that_does_not_fit_the_addresses_is_replaced(
    server: SignInServer, asked: object, uris: list[str], given: str
) -> None:
    answer = await server.register(application_type=asked, redirect_uris=uris)
    assert (answer.status_code, answer.json()["application_type"]) == (201, given)


async def test_what_is_not_used_is_neither_kept_nor_answered(server: SignInServer) -> None:
    answer = await server.register(
        logo_uri="https://client.example/logo.png", contacts=["me@client.example"], software_id="x", unheard_of={"a": 1}
    )
    assert answer.headers["cache-control"] == "no-store"
    assert set(answer.json()) == {
        "client_id",
        "client_id_issued_at",
        "client_name",
        "redirect_uris",
        "token_endpoint_auth_method",
        "grant_types",
        "response_types",
        "scope",
        "application_type",
    }
