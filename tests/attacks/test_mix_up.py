"""A code that is meant for one server is sent to another: ours by a client, Salesforce's by us."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from app.oauth.deps import CALLBACK_PATH
from app.store.authorizations import Authorizations, Upstream
from app.store.encryption import Keyring
from app.store.secrets import new_token
from tests.support.browser import Page
from tests.support.sign_in_server import SignInServer, enabled_server
from tests.support.trap import trap
from tests.support.wire import Wire

pytestmark = pytest.mark.anyio

TOKEN = "/services/oauth2/token"


async def test_every_answer_to_a_client_says_whose_it_is(server: SignInServer) -> None:
    """Mix-up: a client that talks to several authorization servers is made to send our code to another one. Whatever
    comes back to it has our issuer in `iss`: a code, a refusal by us, by the person and by Salesforce."""
    client = await server.client()
    answers: list[Page] = []
    async with server.browser() as browser:
        answers.append(await client.sign_in(browser, "rep"))
    async with server.browser() as browser:
        answers.append(await browser.submit(await browser.open(client.authorize_url()), button="deny"))
        answers.append(await browser.open(client.authorize_url(response_type="token")))
        answers.append(await browser.open(client.authorize_url(resource="https://other.example/mcp")))
    async with server.browser() as browser:
        answers.append(await client.sign_in(browser, "group", decision="deny"))
    async with server.browser() as browser:
        refused = await client.sign_in(browser, "nosets")
        back = next(link for link in refused.links if link.startswith(client.redirect_uri))
        answers.append(Page(refused.response, left_to=back))
    assert [sorted({"code", "error"} & set(page.answer)) for page in answers] == [["code"], *[["error"]] * 5]
    for page in answers:
        assert page.answer["iss"] == server.url
        assert page.answer["state"] == client.state


async def test_a_code_of_salesforce_goes_to_the_host_that_the_person_was_sent_to(tmp_path: Path) -> None:
    """A person begins two sign-ins, at two orgs, and the attacker, who runs one of them, swaps their callbacks. The row
    of the state says which token endpoint the code is for: it is not shown to the other one."""
    wire = Wire()
    async with enabled_server(tmp_path, around_org=wire.around) as server, trap() as (elsewhere, sent):
        authorizations = Authorizations(
            server.database, Keyring.from_settings(server.settings.encryption_keys), server.clock
        )
        async with server.browser() as browser:
            page = await browser.open((await server.client()).authorize_url())
            cookie = browser.http.cookies["bookit_browser"]
            upstream = Upstream(state=SecretStr("of-elsewhere"), login_origin=elsewhere, code_verifier=new_token())
            assert await authorizations.consent(page.form.fields["request"], cookie, upstream)
            wire.requests.clear()
            ended = await browser.open(f"{server.url}{CALLBACK_PATH}?state=of-elsewhere&code=a-code")
    assert ended.status == 503
    assert [request.split(b" HTTP")[0] for request in sent] == [f"POST {TOKEN}".encode()]
    assert wire.to(TOKEN) == []


async def test_nothing_in_a_callback_chooses_the_host(server: SignInServer) -> None:
    """The attacker adds to the callback whatever a server might take for the address of the one to ask."""
    async with trap() as (elsewhere, sent), server.browser() as browser:
        page = await browser.open((await server.client()).authorize_url())
        answer = await browser.http.post(
            f"{server.url}{page.form.action}", data={**page.form.fields, "choice": "production", "domain": elsewhere}
        )
        assert answer.headers["location"].startswith(f"{server.org.url}/services/oauth2/authorize?")
        state = answer.headers["location"].partition("state=")[2].partition("&")[0]
        more = "&".join(
            f"{name}={elsewhere}" for name in ("iss", "instance_url", "login_url", "domain", "sfdc_community_url", "id")
        )
        ended = await browser.open(f"{server.url}{CALLBACK_PATH}?code=a-code&state={state}&{more}")
    assert ended.status >= 400
    assert sent == []
