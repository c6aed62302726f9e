"""What an admin of an enabled org sees: how clients connect, who is signed in, what works."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.mcp.capabilities import capabilities
from app.store.authorizations import AuthorizationRequest
from app.store.clients import Clients
from app.store.codes import Codes, Person
from app.store.orgs import Check, Orgs
from app.web.integration.paths import REVOKE_PATH, SETTINGS_PATH
from tests.support.browser import Page
from tests.support.sign_in_server import SignInServer, enabled_server
from tests.web.admin_page import OTHER_ORG, settings, sign_in

pytestmark = pytest.mark.anyio


async def plant_sign_in(server: SignInServer, org_id: str, username: str, client_name: str = "Planted") -> None:
    """A sign-in, as one that a person made would be."""
    client_id = f"client of {username}"
    await Clients(server.database, server.clock).save(client_id, {"client_name": client_name})
    request = AuthorizationRequest(client_id, "http://127.0.0.1/cb", True, None, "c" * 43, None, ("bookit",))
    person = Person(org_id=org_id, user_id=f"005{username[:12]:0>12}AAA", username=username, scope="user")
    await Codes(server.database, server.clock).issue(request, person)


def revocable(page: Page) -> list[str]:
    """The sign-ins that the page has a button for."""
    return [form.fields["sign_in"] for form in page.forms if form.action == REVOKE_PATH]


async def test_every_client_gets_the_server_url_ready_to_paste(server: SignInServer) -> None:
    async with server.browser() as browser:
        await sign_in(server, browser)
        page = await settings(server, browser)
    url = f"{server.url}/mcp"
    for client in ("Claude", "Claude Code", "ChatGPT", "Cursor", "VS Code", "MCP Inspector"):
        assert f"<h4>{client}</h4>" in page.response.text
    assert f"claude mcp add --transport http bookit {url}" in page.text
    assert "~/.cursor/mcp.json" in page.text
    assert ".vscode/mcp.json" in page.text
    assert page.response.text.count(url) >= 5
    assert 'src="/static/copy.js"' in page.response.text
    script = await server.http.get("/static/copy.js")
    assert script.headers["content-type"].startswith("text/javascript")


async def test_sign_ins_show_who_through_what_how_and_since_when(own_server: SignInServer) -> None:
    await (await own_server.client(client_name="Claude")).tokens_of("rep")
    async with own_server.browser() as browser:
        await sign_in(own_server, browser)
        page = await settings(own_server, browser)
    assert "1 active, the newest first" in page.text
    assert "rep@demo.example Claude User Salesforce login Mon 23 Nov 2026, 10:30 Mon 23 Nov 2026, 10:30" in page.text


async def test_last_used_moves_on(own_server: SignInServer) -> None:
    tokens = await (await own_server.client()).tokens_of("rep")
    own_server.clock.advance(timedelta(minutes=10))
    assert (await own_server.call(tokens["access_token"])).status_code == 200
    async with own_server.browser() as browser:
        await sign_in(own_server, browser)
        page = await settings(own_server, browser)
    assert "Mon 23 Nov 2026, 10:30 Mon 23 Nov 2026, 10:40" in page.text


async def test_more_than_fifty_sign_ins_come_in_pages(own_server: SignInServer) -> None:
    for number in range(52):
        own_server.clock.advance(timedelta(seconds=1))
        await plant_sign_in(own_server, own_server.people.org_id, f"user{number:02}@demo.example")
    async with own_server.browser() as browser:
        await sign_in(own_server, browser)
        first, second = await settings(own_server, browser), await settings(own_server, browser, "?page=2")
        for nonsense in ("?page=0", "?page=-1", "?page=x", "?page=²", "?page=9999999999999999999999"):
            assert revocable(await settings(own_server, browser, nonsense)) == revocable(first)
        assert revocable(await settings(own_server, browser, "?page=3")) == []
    assert "52 active, the newest first; page 1 of 2" in first.text
    assert f"{SETTINGS_PATH}?page=2#sign-ins" in first.links
    assert "user51@demo.example" in first.text
    assert "user00@demo.example" in second.text
    assert (len(revocable(first)), len(revocable(second))) == (50, 2)
    assert not set(revocable(first)) & set(revocable(second))


async def test_an_org_sees_its_own_sign_ins_alone(own_server: SignInServer) -> None:
    await plant_sign_in(own_server, OTHER_ORG, "stranger@other.example")
    async with own_server.browser() as browser:
        await sign_in(own_server, browser)
        page = await settings(own_server, browser)
    assert "Nobody is signed in" in page.text
    assert "stranger" not in page.text


def row_of(page: Page, tool: str) -> list[str]:
    """The cells of a capability, as words."""
    row = next(row for row in page.response.text.split("<tr>") if f"<code>{tool}</code>" in row)
    return [" ".join(Page.words_of("<td" + cell)) for cell in row.split("<td")[1:]]


async def test_every_capability_is_listed_with_who_has_it(server: SignInServer) -> None:
    async with server.browser() as browser:
        await sign_in(server, browser)
        page = await settings(server, browser)
    assert "BookIt 8.2 is installed" in page.text
    for capability in capabilities():
        assert f"<code>{capability.tool}</code>" in page.response.text
    assert row_of(page, "query_meetings") == ["On", "On"]
    assert row_of(page, "reassign_meeting") == ["On", "Not available"]


async def test_on_version_7_reassigning_is_off_and_says_why(tmp_path: Path) -> None:
    async with enabled_server(tmp_path, bookit_version=7) as server, server.browser() as browser:
        await sign_in(server, browser)
        page = await settings(server, browser)
    admin, user = row_of(page, "reassign_meeting")
    assert admin.startswith("Off BookIt 8.x or later is needed; this org has 7.")
    assert user == "Not available"
    assert row_of(page, "cancel_meeting") == ["On", "On"]


async def test_what_the_connection_lacks_turns_capabilities_off_by_name(tmp_path: Path) -> None:
    async with enabled_server(tmp_path, enable_as="seeing_admin") as server, server.browser() as browser:
        await sign_in(server, browser)
        page = await settings(server, browser)
    assert row_of(page, "query_meetings") == ["On", "On"]
    for tool, ability in (("preview_availability", "availability"), ("cancel_meeting", "actions")):
        assert row_of(page, tool) == [f"Off Needs {ability}, see Health."] * 2
    for ability, lacks in (("availability", "View All Data"), ("actions", "Modify All Data")):
        why = page.response.text.split(f'data-label="What">{ability}</th>')[1].split("</tr>")[0]
        assert lacks in why


async def test_a_part_of_a_tool_that_is_off_is_named(own_server: SignInServer) -> None:
    org = await own_server.services.orgs.find(own_server.people.org_id)
    assert org is not None
    assert org.check_result is not None
    off = {"admin": {"query_meetings (pool)": "no pools", "view_counts": "no ledger"}, "user": {}, "org": {}}
    check = Check({**org.check_result, "off": off}, org.bookit_version, {**off["admin"]})
    await Orgs(own_server.database, own_server.clock).note_check(org.org_id, check)
    async with own_server.browser() as browser:
        await sign_in(own_server, browser)
        page = await settings(own_server, browser)
    assert row_of(page, "query_meetings") == ["On Without pool: no pools", "On"]
    assert row_of(page, "view_counts") == ["Off no ledger", "Not available"]


async def test_texts_after_a_redirect_are_ours_alone(server: SignInServer) -> None:
    async with server.browser() as browser:
        await sign_in(server, browser)
        page = await settings(server, browser, "?said=You+have+won")
        assert "You have won" not in page.text
        assert 'class="done"' not in page.response.text
