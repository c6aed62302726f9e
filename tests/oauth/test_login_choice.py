"""In production a person chooses where to sign in: production, a sandbox, or his own domain."""

import base64
import hashlib
from collections.abc import AsyncGenerator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from starlette.applications import Starlette

from app.oauth.deps import OAuthDeps
from app.oauth.routes import oauth_routes
from app.store.database import Database
from app.store.encryption import Keyring
from tests.support.browser import Form, Page
from tests.support.movable_clock import MovableClock
from tests.support.sign_in_server import production_settings, services_for

pytestmark = pytest.mark.anyio

PUBLIC = "https://mcp.example"
CALLBACK = "https://claude.ai/api/mcp/auth_callback"


@pytest.fixture
async def http(tmp_path: Path) -> AsyncGenerator[httpx2.AsyncClient]:
    """The server as it stands in production, asked without a socket, for https needs a certificate."""
    settings = production_settings(PUBLIC, tmp_path / "server.db")
    clock, database = MovableClock(), Database(settings.database_url)
    await database.migrate()
    services = services_for(settings, database, clock)
    deps = OAuthDeps.build(settings, database, Keyring.from_settings(settings.encryption_keys), services, clock)
    transport = httpx2.ASGITransport(Starlette(routes=list(oauth_routes(deps))))
    async with httpx2.AsyncClient(transport=transport, base_url=PUBLIC) as client:
        yield client
    services.gateway.close()
    await database.dispose()


async def consent_page(http: httpx2.AsyncClient) -> httpx2.Response:
    client = await http.post("/register", json={"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none"})
    query = {
        "response_type": "code",
        "client_id": client.json()["client_id"],
        "redirect_uri": CALLBACK,
        "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(b"v" * 43).digest()).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    begun = await http.get(f"/authorize?{urlencode(query)}")
    cookie = begun.headers["set-cookie"]
    assert cookie.startswith("__Host-bookit_browser=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    return await http.get(begun.headers["location"])


async def choose(http: httpx2.AsyncClient, choice: str, domain: str = "") -> httpx2.Response:
    form: Form = Page(await consent_page(http)).form
    return await http.post("/authorize/consent", data={**form.fields, "choice": choice, "domain": domain})


async def test_the_page_offers_all_three(http: httpx2.AsyncClient) -> None:
    forms = Page(await consent_page(http)).forms
    assert [value for form in forms for _, value in form.buttons] == ["production", "sandbox", "domain", "deny"]


async def test_enter_in_the_field_of_the_domain_presses_its_own_button(http: httpx2.AsyncClient) -> None:
    form = next(form for form in Page(await consent_page(http)).forms if "domain" in form.fields)
    assert form.buttons == [("choice", "domain")]


@pytest.mark.parametrize(
    ("choice", "domain", "host"),
    [
        ("production", "", "login.salesforce.com"),
        ("sandbox", "", "test.salesforce.com"),
        ("domain", "acme", "acme.my.salesforce.com"),
        ("domain", "https://acme--qa.sandbox.my.salesforce.com/x", "acme--qa.sandbox.my.salesforce.com"),
    ],
)
async def test_each_choice_leads_to_its_login_page(
    http: httpx2.AsyncClient, choice: str, domain: str, host: str
) -> None:
    answer = await choose(http, choice, domain)
    target = urlsplit(answer.headers["location"])
    assert answer.status_code == 303
    assert (target.scheme, target.netloc, target.path) == ("https", host, "/services/oauth2/authorize")
    assert parse_qs(target.query)["redirect_uri"] == [f"{PUBLIC}/signin/salesforce/callback"]


@pytest.mark.parametrize("domain", ["", "evil.example", "https://acme.my.salesforce.com@evil.example", '"><script>'])
async def test_another_domain_is_refused_on_the_same_page(http: httpx2.AsyncClient, domain: str) -> None:
    answer = await choose(http, "domain", domain)
    page = Page(answer)
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "Enter your org's My Domain" in page.text or "not the address" in page.text
    assert page.forms[2].fields["domain"] == domain
    assert "<script" not in answer.text


async def test_an_unknown_choice_is_no_consent(http: httpx2.AsyncClient) -> None:
    assert (await choose(http, "")).status_code == 400
