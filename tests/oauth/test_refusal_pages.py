"""Who may not come in is told why, and what to do, on a page of its own."""

import re
from pathlib import Path

import pytest

from app.local_org.oauth.external_client_app import PermittedUsers
from tests.support.browser import Page
from tests.support.sign_in_server import SignInServer, running_server

pytestmark = pytest.mark.anyio


async def refused(server: SignInServer, handle: str) -> Page:
    client = await server.client(client_name="Claude")
    async with server.browser() as browser:
        page = await client.sign_in(browser, handle)
    assert page.left_to is None, page.left_to
    assert "What to do" in page.text
    return page


def return_link(page: Page) -> str:
    return next(link for link in page.links if "error=" in link)


@pytest.mark.parametrize("handle", ["nosets", "poolmanager", "expired", "minimum_none"])
async def test_neither_permission_set(server: SignInServer, handle: str) -> None:
    page = await refused(server, handle)
    assert page.status == 403
    assert "neither of the permission sets" in page.text
    assert "LeanData Dashboard Access" in page.text


async def test_the_page_has_a_way_back_that_tells_the_client(server: SignInServer) -> None:
    page = await refused(server, "nosets")
    link = return_link(page)
    assert "error=access_denied" in link
    assert re.search(r"[?&]iss=http", link)
    assert "Return to Claude" in page.text


async def test_a_refused_login_leaves_no_grant(server: SignInServer) -> None:
    await refused(server, "nosets")
    user_id = server.people.users["nosets"]
    assert not server.org.controls.tokens.has_approved(server.org.controls.external_client_app.now, user_id, "api")


@pytest.mark.requirement("prerequisite.eca")
async def test_app_not_installed_comes_with_the_install_link(own_server: SignInServer) -> None:
    own_server.org.controls.external_client_app.change(installed=False)
    page = await refused(own_server, "rep")
    assert page.status == 403
    assert "not installed in this org" in page.text
    assert own_server.settings.package_install_url in page.links


async def test_not_preauthorised(own_server: SignInServer) -> None:
    own_server.org.controls.external_client_app.change(permitted_users=PermittedUsers.ADMIN_APPROVED)
    page = await refused(own_server, "rep")
    assert page.status == 403
    assert "has not approved this app for you" in page.text


async def test_blocked_by_the_admin(own_server: SignInServer) -> None:
    own_server.org.controls.external_client_app.change(blocked=True)
    page = await refused(own_server, "rep")
    assert page.status == 403
    assert "not blocked" in page.text


async def test_org_not_enabled(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        page = await refused(server, "admin")
        assert page.status == 403
        assert "not enabled for this org" in page.text


async def test_an_org_that_was_disabled_is_not_enabled(own_server: SignInServer) -> None:
    await own_server.services.orgs.disable(own_server.people.org_id)
    page = await refused(own_server, "rep")
    assert "not enabled for this org" in page.text


async def test_an_inactive_user_gets_no_further_than_salesforces_login_page(server: SignInServer) -> None:
    client = await server.client()
    async with server.browser() as browser:
        page = await client.sign_in(browser, "inactive")
    assert page.left_to is None
    assert "check your username and password" in page.text


async def test_a_minimum_access_user_is_refused_when_the_org_connection_is_dead(own_server: SignInServer) -> None:
    own_server.org.controls.tokens.end_grants(own_server.people.users["admin"])
    page = await refused(own_server, "minimum")
    assert page.status == 403
    assert "could not be read" in page.text


async def test_each_page_names_its_case_for_support(server: SignInServer) -> None:
    assert "Code for support: no_permission_set" in (await refused(server, "nosets")).text
