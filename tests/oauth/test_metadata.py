"""What clients read before they sign in: the discovery documents and the challenge."""

import pytest

from tests.support.sign_in_server import SignInServer

pytestmark = pytest.mark.anyio


async def test_the_authorization_server_describes_itself(server: SignInServer) -> None:
    document = (await server.http.get("/.well-known/oauth-authorization-server")).json()
    assert document["issuer"] == server.url
    assert not document["issuer"].endswith("/")
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert "none" in document["token_endpoint_auth_methods_supported"]
    assert document["authorization_response_iss_parameter_supported"] is True
    assert document["client_id_metadata_document_supported"] is True
    assert document["scopes_supported"] == ["bookit"]
    for name in ("authorization", "token", "registration", "revocation"):
        assert document[f"{name}_endpoint"].startswith(f"{server.url}/")


@pytest.mark.parametrize("path", ["", "/mcp"])
async def test_the_protected_resource_is_described_at_both_places(server: SignInServer, path: str) -> None:
    document = (await server.http.get(f"/.well-known/oauth-protected-resource{path}")).json()
    assert document["resource"] == f"{server.url}/mcp"
    assert document["authorization_servers"] == [server.url]
    assert document["bearer_methods_supported"] == ["header"]
    assert document["scopes_supported"] == ["bookit"]


@pytest.mark.parametrize(
    "path",
    ["/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource/mcp", "/token", "/register"],
)
async def test_scripts_of_other_sites_may_ask(server: SignInServer, path: str) -> None:
    method = "GET" if "well-known" in path else "POST"
    headers = {"Origin": "https://inspector.example", "Access-Control-Request-Method": method}
    headers["Access-Control-Request-Headers"] = "mcp-protocol-version,content-type"
    answer = await server.http.options(path, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_scripts_may_not_use_the_pages(server: SignInServer) -> None:
    answer = await server.http.get("/authorize", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in answer.headers
