"""An admin asks for a one-time code on the page, and an agent signs in with what the mail holds."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from app.signin.one_time_codes import MOST_FOR_AN_ADDRESS
from app.web.integration.paths import CODE_PATH
from tests.support.mailed_codes import AGENTS, MailingServer, code_in, mailing_server
from tests.support.sign_in_server import SignInServer
from tests.web.admin_page import settings, sign_in

pytestmark = pytest.mark.anyio


@pytest.fixture
async def mailing(tmp_path: Path) -> AsyncGenerator[MailingServer]:
    async with mailing_server(tmp_path) as running:
        yield running


@pytest.mark.requirement("code.by_admin")
async def test_a_code_that_was_asked_for_on_the_page_comes_by_mail_and_signs_in(mailing: MailingServer) -> None:
    server = mailing.server
    async with server.browser() as browser:
        await sign_in(server, browser)
        page = await browser.submit(await settings(server, browser), {"email": f" {AGENTS} "}, action=CODE_PATH)
        assert "The code was sent" in page.text
        (mail,) = mailing.mail.received
        assert mail.message["To"] == AGENTS
        code = code_in(mail.message)
        assert code not in page.response.text
        client = await server.client(client_name="Nightly agent")
        async with server.browser() as agent:
            done = await mailing.try_code(agent, await agent.open(client.authorize_url()), code)
        assert (await client.exchange(done.answer["code"])).status_code == 200
        page = await settings(server, browser)
    assert f"{AGENTS} Nightly agent Admin One-time code" in page.text


@pytest.mark.parametrize("email", ["", "no address", f"{'a' * 250}@demo.example", '"><script>@demo.example'])
async def test_what_is_no_address_is_refused_on_the_same_page(mailing: MailingServer, email: str) -> None:
    async with mailing.server.browser() as browser:
        await sign_in(mailing.server, browser)
        page = await browser.submit(await settings(mailing.server, browser), {"email": email}, action=CODE_PATH)
    assert page.status == 400
    assert "This is no e-mail address" in page.text
    form = next(form for form in page.forms if form.action == CODE_PATH)
    assert form.fields["email"] == email[:255]
    assert "<script>" not in page.response.text
    assert mailing.mail.received == []


async def test_the_limit_is_told(mailing: MailingServer) -> None:
    async with mailing.server.browser() as browser:
        await sign_in(mailing.server, browser)
        page = await settings(mailing.server, browser)
        for _ in range(MOST_FOR_AN_ADDRESS):
            assert "The code was sent" in (await browser.submit(page, {"email": AGENTS}, action=CODE_PATH)).text
        refused = await browser.submit(page, {"email": AGENTS}, action=CODE_PATH)
    assert refused.status == 400
    assert "Too many codes were asked for this address" in refused.text


async def test_a_revoked_agent_is_out(mailing: MailingServer) -> None:
    tokens = await mailing.tokens()
    assert (await mailing.server.call(tokens["access_token"])).status_code == 200
    async with mailing.server.browser() as browser:
        await sign_in(mailing.server, browser)
        page = await browser.submit(await settings(mailing.server, browser), action="/integrations/bookit-mcp/revoke")
        assert "The sign-in has ended" in page.text
    assert (await mailing.server.call(tokens["access_token"])).status_code == 401


async def test_disabling_makes_open_codes_void(mailing: MailingServer) -> None:
    server, code = mailing.server, await mailing.code()
    await server.services.disabling.disable(mailing.org_id)
    await server.enable()
    client = await server.client()
    async with server.browser() as agent:
        page = await mailing.try_code(agent, await agent.open(client.authorize_url()), code)
    assert "This code was not taken" in page.text


async def test_an_agent_stays_out_when_the_org_is_enabled_again_at_once(mailing: MailingServer) -> None:
    server, tokens = mailing.server, await mailing.tokens()
    assert (await server.call(tokens["access_token"])).status_code == 200
    await server.services.disabling.disable(mailing.org_id)
    await server.enable()
    assert (await server.call(tokens["access_token"])).status_code == 401


async def test_without_a_mail_server_there_is_no_form(server: SignInServer) -> None:
    async with server.browser() as browser:
        await sign_in(server, browser)
        page = await settings(server, browser)
    assert "no mail server set" in page.text
    assert CODE_PATH not in [form.action for form in page.forms]
