"""What clients' libraries look for in the answers beside the values: headers, `iss`, one challenge."""

import pytest
from sqlalchemy import update

from app.store.tables import AccessTokenRow
from tests.support.sign_in_server import McpClient, SignInServer

pytestmark = pytest.mark.anyio

ORIGIN = {"Origin": "https://inspector.example"}


async def test_what_token_and_registration_answer_is_never_stored(server: SignInServer) -> None:
    client = await server.client()
    async with server.browser() as browser:
        page = await client.sign_in(browser, "rep")
    good = await client.exchange(page.answer["code"])
    tokens = good.json()
    answers = [
        good,
        await client.exchange("bookit_ac_unknown"),
        await client.refresh(tokens["refresh_token"]),
        await client.refresh("bookit_rt_unknown"),
        await client.token(grant_type="password", username="a", password="b"),
        await McpClient(server, "unknown").exchange("bookit_ac_unknown"),
        await server.http.post("/token", json={}),
        await server.register(),
        await server.register(redirect_uris=["http://evil.example/"]),
        await server.http.post("/revoke", data={"client_id": client.client_id, "token": tokens["access_token"]}),
    ]
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert [answer.status_code for answer in answers] == [200, 400, 200, 400, 400, 401, 400, 201, 400, 200]


async def test_scripts_may_read_answers_and_challenges(server: SignInServer) -> None:
    client = await server.client()
    answers = [
        await server.http.get("/.well-known/oauth-authorization-server", headers=ORIGIN),
        await server.http.get("/.well-known/oauth-protected-resource/mcp", headers=ORIGIN),
        await server.http.post("/token", data={"client_id": client.client_id}, headers=ORIGIN),
        await server.http.post("/register", content=b"{", headers=ORIGIN),
        await server.http.post("/mcp", json={}, headers=ORIGIN),
    ]
    assert {answer.headers["access-control-allow-origin"] for answer in answers} == {"*"}
    assert all("WWW-Authenticate" in answer.headers["access-control-expose-headers"] for answer in answers)
    assert all("access-control-allow-credentials" not in answer.headers for answer in answers)


@pytest.mark.parametrize("decision", ["consent", "salesforce"])
async def test_a_no_of_the_person_comes_back_with_iss_and_state(server: SignInServer, decision: str) -> None:
    client = await server.client()
    async with server.browser() as browser:
        consent = await browser.open(client.authorize_url())
        if decision == "consent":
            page = await browser.submit(consent, button="deny")
        else:
            page = await server.log_in(browser, consent, "minimum", decision="deny")
    assert page.answer["error"] == "access_denied"
    assert (page.answer["iss"], page.answer["state"]) == (server.url, client.state)
    assert "code" not in page.answer


async def test_a_token_without_the_scope_is_told_so_in_one_challenge(server: SignInServer) -> None:
    """We give none such; one that a former version gave would be."""
    tokens = await (await server.client()).tokens_of("rep")
    async with server.database.session() as session:
        await session.execute(update(AccessTokenRow).values(scopes=["old"]))
    answer = await server.call(tokens["access_token"])
    assert answer.status_code == 403
    (challenge,) = answer.headers.get_list("www-authenticate")
    assert challenge.count("Bearer") == 1
    assert challenge.startswith('Bearer error="insufficient_scope"')
    assert 'scope="bookit"' in challenge
    assert f'resource_metadata="{server.url}/.well-known/oauth-protected-resource/mcp"' in challenge


async def test_a_challenge_leads_to_the_metadata_and_that_to_the_endpoints(server: SignInServer) -> None:
    """As a client without any knowledge goes: challenge, protected resource, authorization server."""
    challenge = (await server.call(None)).headers["www-authenticate"]
    resource_url = challenge.partition('resource_metadata="')[2].partition('"')[0]
    resource = (await server.http.get(resource_url)).json()
    issuer = resource["authorization_servers"][0]
    metadata = (await server.http.get(f"{issuer}/.well-known/oauth-authorization-server")).json()
    assert metadata["issuer"] == issuer
    assert resource["resource"] == f"{server.url}/mcp"
    assert set(metadata["grant_types_supported"]) == {"authorization_code", "refresh_token"}
    assert metadata["response_types_supported"] == ["code"]
    assert "offline_access" not in [*resource["scopes_supported"], *metadata["scopes_supported"]]


@pytest.mark.parametrize("resource", ["https://other.example/mcp", "http://127.0.0.1/mcp", "mcp", ""])
async def test_another_resource_is_refused_at_both_endpoints(server: SignInServer, resource: str) -> None:
    client = await server.client()
    async with server.browser() as browser:
        page = await browser.open(client.authorize_url(resource=resource))
        assert (page.answer["error"], page.answer["iss"]) == ("invalid_target", server.url)
        code = (await client.sign_in(browser, "rep")).answer["code"]
    answer = await client.exchange(code, resource=resource)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_target")
    assert (await client.exchange(code)).status_code == 200, "the code was not used up"
