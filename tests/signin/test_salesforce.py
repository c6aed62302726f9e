"""What is sent to Salesforce's OAuth endpoints, and what is made of the answers, which `responses` gives."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
import responses
from pydantic import SecretStr

from app.settings import Settings
from app.signin.hosts import SalesforceHosts, UntrustedHost
from app.signin.salesforce import SalesforceLogin, SalesforceRefused, SalesforceUnreachable

pytestmark = pytest.mark.anyio

LOGIN = "https://login.salesforce.com"
INSTANCE = "https://acme.my.salesforce.com"
TOKEN = f"{LOGIN}/services/oauth2/token"
REFRESH = f"{INSTANCE}/services/oauth2/token"
ORG, USER = "00Dxx0000000001EAA", "005xx0000000001AAA"
KEY = SecretStr("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
ANSWER: dict[str, Any] = {
    "access_token": "00Dxx!access",
    "refresh_token": "5Aep861refresh",
    "instance_url": INSTANCE,
    "id": f"{LOGIN}/id/{ORG[:15]}/{USER}",
    "token_type": "Bearer",
    "issued_at": "1708058728442",
    "scope": "refresh_token openid api",
}


@pytest.fixture
def login() -> SalesforceLogin:
    settings = Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue]  pydantic-settings' own argument
        public_url="https://mcp.example",
        database_url="sqlite+aiosqlite:///unused.db",
        encryption_keys={"k": KEY},
        signing_keys={"s": KEY},
        salesforce_client_id="3MVG9",
        salesforce_client_secret=SecretStr("shh"),
    )
    return SalesforceLogin(settings, SalesforceHosts(None))


@pytest.fixture
def http() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def sent(http: responses.RequestsMock) -> dict[str, list[str]]:
    body = http.calls[-1].request.body
    assert body is not None
    return parse_qs(body if isinstance(body, str) else bytes(body).decode(), keep_blank_values=True)


async def exchange(login: SalesforceLogin) -> Any:
    return await login.exchange(
        LOGIN, code=SecretStr("aPrx=="), redirect_uri="https://mcp.example/cb", verifier=SecretStr("v" * 43)
    )


def test_the_authorization_url_has_pkce_state_and_scopes(login: SalesforceLogin) -> None:
    url = login.authorization_url(
        LOGIN, redirect_uri="https://mcp.example/cb", state="st", verifier=SecretStr("v" * 43)
    )
    base, _, query = url.partition("?")
    values = parse_qs(query)
    assert base == f"{LOGIN}/services/oauth2/authorize"
    assert values["code_challenge_method"] == ["S256"]
    assert values["state"] == ["st"]
    assert values["scope"] == ["api refresh_token openid"]
    assert "shh" not in url
    assert "v" * 43 not in url


async def test_a_code_is_exchanged_with_secret_and_verifier(
    login: SalesforceLogin, http: responses.RequestsMock
) -> None:
    http.post(TOKEN, json=ANSWER)
    tokens = await exchange(login)
    assert sent(http) == {
        "grant_type": ["authorization_code"],
        "code": ["aPrx=="],
        "redirect_uri": ["https://mcp.example/cb"],
        "code_verifier": ["v" * 43],
        "client_id": ["3MVG9"],
        "client_secret": ["shh"],
    }
    assert (tokens.org_id, tokens.user_id) == (ORG, USER)
    assert tokens.instance_url == INSTANCE
    assert "access" not in repr(tokens).replace("access_token", "")


@pytest.mark.parametrize(
    "changes",
    [
        {"instance_url": "https://evil.example"},
        {"instance_url": "http://acme.my.salesforce.com"},
        {"id": f"https://evil.example/id/{ORG}/{USER}"},
        {"id": f"{LOGIN}/id/{ORG}"},
        {"id": f"{LOGIN}/id/{ORG}/../../evil"},
    ],
)
async def test_tokens_from_a_strange_place_are_not_used(
    login: SalesforceLogin, http: responses.RequestsMock, changes: dict[str, str]
) -> None:
    http.post(TOKEN, json={**ANSWER, **changes})
    with pytest.raises(UntrustedHost):
        await exchange(login)


async def test_salesforces_refusal_keeps_its_code(login: SalesforceLogin, http: responses.RequestsMock) -> None:
    http.post(TOKEN, status=400, json={"error": "invalid_grant", "error_description": "expired authorization code"})
    with pytest.raises(SalesforceRefused) as refused:
        await exchange(login)
    assert (refused.value.code, refused.value.description) == ("invalid_grant", "expired authorization code")


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 503, "body": "down"},
        {"status": 200, "body": "<html>"},
        {"status": 200, "json": {}},
        {"status": 302, "headers": {"Location": "https://evil.example/"}},
        {"body": requests.exceptions.ReadTimeout()},
        {"body": requests.exceptions.ConnectionError("reset")},
    ],
)
async def test_an_answer_that_makes_no_sense_may_have_acted(
    login: SalesforceLogin, http: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    http.post(REFRESH, **answer)
    with pytest.raises(SalesforceUnreachable) as failure:
        await login.refresh(INSTANCE, SecretStr("5Aep861"))
    assert failure.value.may_have_acted


async def test_a_connection_that_never_came_about_has_not_acted(
    login: SalesforceLogin, http: responses.RequestsMock
) -> None:
    http.post(REFRESH, body=requests.exceptions.ConnectTimeout())
    with pytest.raises(SalesforceUnreachable) as failure:
        await login.refresh(INSTANCE, SecretStr("5Aep861"))
    assert not failure.value.may_have_acted


async def test_a_port_where_nobody_listens_has_not_acted() -> None:
    settings = Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue]  pydantic-settings' own argument
        public_url="http://127.0.0.1:1",
        database_url="sqlite+aiosqlite:///unused.db",
        encryption_keys={"k": KEY},
        signing_keys={"s": KEY},
        salesforce_client_id="3MVG9",
        salesforce_client_secret=SecretStr("shh"),
    )
    login = SalesforceLogin(settings, SalesforceHosts("http://127.0.0.1:1"))
    with pytest.raises(SalesforceUnreachable) as failure:
        await login.refresh("http://127.0.0.1:1", SecretStr("5Aep861"))
    assert not failure.value.may_have_acted


async def test_a_refresh_never_sends_a_scope(login: SalesforceLogin, http: responses.RequestsMock) -> None:
    http.post(REFRESH, json={**ANSWER, "refresh_token": "5Aep861new"})
    fresh = await login.refresh(INSTANCE, SecretStr("5Aep861old"))
    assert sent(http) == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["5Aep861old"],
        "client_id": ["3MVG9"],
        "client_secret": ["shh"],
    }
    assert fresh.refresh_token.get_secret_value() == "5Aep861new"


async def test_without_rotation_the_refresh_token_stays(login: SalesforceLogin, http: responses.RequestsMock) -> None:
    http.post(REFRESH, json={key: value for key, value in ANSWER.items() if key != "refresh_token"})
    fresh = await login.refresh(INSTANCE, SecretStr("5Aep861old"))
    assert fresh.refresh_token.get_secret_value() == "5Aep861old"


@pytest.mark.parametrize(
    ("said", "used"),
    [
        ("https://acme2.my.salesforce.com", "https://acme2.my.salesforce.com"),
        ("https://evil.example", INSTANCE),
    ],
)
async def test_a_refresh_moves_the_token_to_another_host_of_salesforce_only(
    login: SalesforceLogin, http: responses.RequestsMock, said: str, used: str
) -> None:
    http.post(REFRESH, json={**ANSWER, "instance_url": said})
    assert (await login.refresh(INSTANCE, SecretStr("5Aep861"))).instance_url == used


@pytest.mark.parametrize(("status", "revoked"), [(200, True), (400, False), (503, False), (302, False)])
async def test_a_revocation_says_whether_it_was_done(
    login: SalesforceLogin, http: responses.RequestsMock, status: int, revoked: bool
) -> None:
    http.post(f"{INSTANCE}/services/oauth2/revoke", status=status)
    assert await login.revoke(INSTANCE, SecretStr("5Aep861")) is revoked
    assert sent(http)["token"] == ["5Aep861"]
