"""An admin enables BookIt MCP on the page, and binds another connection."""

import pytest

from app.store.orgs import Org
from app.web.integration.paths import PAGE_PATH, SETTINGS_PATH
from tests.support.sign_in_server import SignInServer
from tests.web.admin_page import bind, sign_in

pytestmark = pytest.mark.anyio


async def org_of(server: SignInServer) -> Org:
    org = await server.services.orgs.find(server.people.org_id)
    assert org is not None
    return org


def has_grant(server: SignInServer, handle: str) -> bool:
    """Whether Salesforce holds a living grant of that user for our app."""
    app = server.org.controls.external_client_app.now
    return server.org.controls.tokens.has_approved(app, server.people.users[handle], "api")


@pytest.mark.requirement("start.integration_page")
async def test_from_get_started_over_enable_to_the_server_url_and_update_settings(new_server: SignInServer) -> None:
    async with new_server.browser() as browser:
        page = await sign_in(new_server, browser)
        assert "Integrations > BookIt > BookIt MCP (BETA)" in page.text
        assert "Get Started" in page.text
        assert SETTINGS_PATH in page.links
        page = await bind(new_server, browser)
        assert page.status == 200
        assert "BookIt MCP is enabled" in page.text
        assert f"{new_server.url}/mcp" in page.text
        page = await browser.open(new_server.url + PAGE_PATH)
        assert "Update Settings" in page.text
    assert (await org_of(new_server)).is_enabled
