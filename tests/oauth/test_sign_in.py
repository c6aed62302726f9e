"""The whole sign-in over sockets: registration, consent, Salesforce, code, tokens, and the call that they open."""

import pytest

from tests.support.sign_in_server import CLIENT_CALLBACK, SignInServer

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


async def test_the_caller_is_the_person_who_signed_in_through_this_client(server: SignInServer) -> None:
    client = await server.client()
    tokens = await client.tokens_of("rep")
    caller = (await server.call(tokens["access_token"])).json()
    assert caller == {
        "org_id": server.people.org_id,
        "user_id": server.people.users["rep"],
        "scope": "user",
        "name": "Rep Tester",
        "email": "rep@demo.example",
        "username": "rep@demo.example",
        "timezone": "Asia/Kolkata",
        "client_id": client.client_id,
        "connection_lost": False,
    }


async def test_the_token_answer_holds_one_scope_an_hour_and_nothing_of_salesforce(server: SignInServer) -> None:
    client = await server.client()
    async with server.browser() as browser:
        code = (await client.sign_in(browser, "rep")).answer["code"]
    answer = await client.exchange(code)
    tokens = answer.json()
    assert set(tokens) == {"access_token", "refresh_token", "token_type", "expires_in", "scope"}
    assert (tokens["token_type"], tokens["expires_in"], tokens["scope"]) == ("Bearer", 3600, "bookit")
    assert server.people.org_id[:15] not in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_the_answer_to_the_client_names_the_issuer_and_gives_its_state_back(server: SignInServer) -> None:
    client = await server.client()
    async with server.browser() as browser:
        page = await client.sign_in(browser, "rep")
    assert (page.left_to or "").startswith(f"{CLIENT_CALLBACK}?")
    assert page.answer["iss"] == server.url
    assert page.answer["state"] == client.state
    assert page.response.headers["cache-control"] == "no-store"


async def test_the_consent_page_says_who_asks_and_where_it_leads(server: SignInServer) -> None:
    client = await server.client(client_name="Claude", redirect_uris=["https://claude.ai/api/mcp/auth_callback"])
    async with server.browser() as browser:
        page = await browser.open(client.authorize_url())
    assert page.status == 200
    assert "Connect Claude to BookIt?" in page.text
    assert "claude.ai" in page.text
    assert "It runs on a computer" not in page.text


async def test_the_consent_page_warns_of_a_client_on_this_computer(server: SignInServer) -> None:
    client = await server.client()
    async with server.browser() as browser:
        page = await browser.open(client.authorize_url())
    assert "It runs on a computer" in page.text


async def test_a_clients_name_is_text_and_is_bounded(server: SignInServer) -> None:
    client = await server.client(client_name="<script>alert(1)</script>\u202e\n" + "x" * 500)
    async with server.browser() as browser:
        page = await browser.open(client.authorize_url())
    assert "<script" not in page.response.text
    assert "&lt;script&gt;" in page.response.text
    assert "\u202e" not in page.response.text
    assert "x" * 81 not in page.response.text


async def test_pages_allow_no_script_and_no_framing(server: SignInServer) -> None:
    client = await server.client()
    async with server.browser() as browser:
        page = await browser.open(client.authorize_url())
    policy = page.response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert page.response.headers["x-frame-options"] == "DENY"
    assert page.response.headers["cache-control"] == "no-store"


async def test_the_form_may_lead_to_the_client_in_the_end(server: SignInServer) -> None:
    client = await server.client(redirect_uris=["cursor://anysphere.cursor-mcp/oauth/callback"])
    async with server.browser() as browser:
        page = await browser.open(client.authorize_url())
    form_action = page.response.headers["content-security-policy"].partition("form-action ")[2]
    assert {"'self'", "https:", server.org.url, "cursor:"} <= set(form_action.split())


async def test_the_stylesheet_is_served(server: SignInServer) -> None:
    answer = await server.http.get("/static/pages.css")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/css")


async def test_a_login_at_the_one_trusted_org_is_the_only_choice(server: SignInServer) -> None:
    client = await server.client()
    async with server.browser() as browser:
        page = await browser.open(client.authorize_url())
        assert [form.buttons for form in page.forms] == [[("choice", "production")], [("choice", "deny")]]
        refused = await browser.submit(page, {"choice": "sandbox"})
    assert refused.status == 400


async def test_a_person_who_cancels_is_sent_back_with_access_denied(server: SignInServer) -> None:
    client = await server.client()
    async with server.browser() as browser:
        page = await browser.submit(await browser.open(client.authorize_url()), button="deny")
    assert page.answer["error"] == "access_denied"
    assert page.answer["iss"] == server.url
    assert page.answer["state"] == client.state


async def test_a_person_who_denies_at_salesforce_is_sent_back_with_access_denied(server: SignInServer) -> None:
    server.org.controls.tokens.end_grants(server.people.users["rep"])
    client = await server.client()
    async with server.browser() as browser:
        page = await client.sign_in(browser, "rep", decision="deny")
    assert page.answer["error"] == "access_denied"
    assert page.answer["iss"] == server.url


async def test_all_clients_of_a_person_share_one_grant(server: SignInServer) -> None:
    for _ in range(7):
        tokens = await (await server.client()).tokens_of("both")
        assert (await server.call(tokens["access_token"])).status_code == 200
    first = await (await server.client()).tokens_of("both")
    assert (await server.call(first["access_token"])).status_code == 200
