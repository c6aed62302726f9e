"""The command line's login: a browser comes back to a port of this computer."""

import asyncio
import re

import httpx2
import pytest

from app.signin.loopback_login import PORT, loopback_login
from app.signin.refusals import RefusalKind, SignInRefused
from tests.support.browser import Browser
from tests.support.local_org import PASSWORD
from tests.support.sign_in_server import SignInServer

pytestmark = pytest.mark.anyio


class Shown:
    """Takes the text that is shown to the person."""

    def __init__(self) -> None:
        self._text: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def __call__(self, text: str) -> None:
        self._text.set_result(text)

    async def url(self) -> str:
        found = re.search(r"http\S+", await self._text)
        assert found is not None
        return found[0]


async def test_a_person_opens_the_shown_page_and_signs_in(server: SignInServer) -> None:
    shown = Shown()
    login = asyncio.create_task(loopback_login(server.services.login, server.settings.salesforce_login_url, show=shown))
    async with Browser(server.org.url, f"http://localhost:{PORT}") as browser:
        page = await browser.open(await shown.url())
        page = await browser.submit(page, {"username": "second_admin@demo.example", "pw": PASSWORD})
        page = await browser.submit(page, {"decision": "allow"})
    assert "You can close this page" in page.text
    tokens = await login
    assert tokens.user_id == server.people.users["second_admin"]
    assert tokens.refresh_token is not None


async def test_an_answer_with_another_state_is_refused(server: SignInServer) -> None:
    shown = Shown()
    login = asyncio.create_task(loopback_login(server.services.login, server.settings.salesforce_login_url, show=shown))
    await shown.url()
    async with httpx2.AsyncClient(trust_env=False) as http:
        assert (await http.get(f"http://localhost:{PORT}/favicon.ico")).status_code == 404
        await http.get(f"http://localhost:{PORT}/oauth/callback?code=x&state=forged")
    with pytest.raises(SignInRefused) as refused:
        await login
    assert refused.value.refusal.kind is RefusalKind.EXPIRED


async def test_a_password_is_never_filled_in_at_salesforce(server: SignInServer) -> None:
    async def visit(url: str, destination: str) -> str:
        raise AssertionError(f"went to {url} for {destination}")

    with pytest.raises(SignInRefused) as refused:
        await loopback_login(server.services.login, "https://login.salesforce.com", visit=visit)
    assert "local org only" in refused.value.details[0]
