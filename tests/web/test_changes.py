"""What an admin changes: a sign-in revoked, the org checked, usage shown, everything disabled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import metrics
from app.store.encryption import Keyring
from app.store.grants import GrantKey, Grants, Purpose
from app.web.browser_cookie import form_token
from app.web.integration.paths import CHECK_PATH, DISABLE_PATH, PAGE_PATH, REVOKE_PATH, SETTINGS_PATH
from tests.support.sign_in_server import SignInServer
from tests.web.admin_page import OTHER_ORG, bind, settings, sign_in
from tests.web.test_settings_page import plant_sign_in, revocable

pytestmark = pytest.mark.anyio


def grants_of(server: SignInServer) -> Grants:
    return Grants(server.database, Keyring.from_settings(server.settings.encryption_keys), server.clock)


async def kept(server: SignInServer) -> set[tuple[str, Purpose]]:
    """The grants that we hold, by handle."""
    handles = {user_id: handle for handle, user_id in server.people.users.items()}
    keys = await grants_of(server).of_org(server.people.org_id)
    return {(handles[key.user_id], key.purpose) for key in keys}


def is_known_to_salesforce(server: SignInServer, handle: str) -> bool:
    app = server.org.controls.external_client_app.now
    return server.org.controls.tokens.has_approved(app, server.people.users[handle], "api")


async def test_a_revoked_sign_in_ends_at_once_and_the_last_one_gives_the_grant_back(own_server: SignInServer) -> None:
    first = await (await own_server.client(client_name="One")).tokens_of("rep")
    second = await (await own_server.client(client_name="Two")).tokens_of("rep")
    client = await own_server.client()
    for tokens in (first, second):
        assert (await own_server.call(tokens["access_token"])).status_code == 200
    async with own_server.browser() as browser:
        await sign_in(own_server, browser)
        page = await settings(own_server, browser)
        page = await browser.submit(page, action=REVOKE_PATH)
        assert "The sign-in has ended" in page.text
        assert len(revocable(page)) == 1
        answers = [(await own_server.call(tokens["access_token"])).status_code for tokens in (first, second)]
        assert sorted(answers) == [200, 401]
        assert ("rep", Purpose.PERSON) in await kept(own_server)
        page = await browser.submit(page, action=REVOKE_PATH)
        assert "Nobody is signed in" in page.text
    for tokens in (first, second):
        assert (await own_server.call(tokens["access_token"])).status_code == 401
        assert (await client.refresh(tokens["refresh_token"])).status_code == 400
    assert await kept(own_server) == {("admin", Purpose.ORG_CONNECTION)}
    assert not is_known_to_salesforce(own_server, "rep")


async def test_a_sign_in_that_ended_meanwhile_is_not_found(own_server: SignInServer) -> None:
    await (await own_server.client()).tokens_of("rep")
    async with own_server.browser() as browser:
        await sign_in(own_server, browser)
        page = await settings(own_server, browser)
        await browser.submit(page, action=REVOKE_PATH)
        assert "There is no such sign-in any more" in (await browser.submit(page, action=REVOKE_PATH)).text


async def test_another_orgs_sign_in_is_not_found_and_lives_on(own_server: SignInServer) -> None:
    await plant_sign_in(own_server, OTHER_ORG, "stranger@other.example")
    (stranger,) = await own_server.services.sign_ins.of_org(OTHER_ORG)
    async with own_server.browser() as browser:
        await sign_in(own_server, browser)
        value = browser.http.cookies["bookit_page"]
        # The form token is right for this very session: what holds is that the sign-in is not of its org.
        fields = {"sign_in": stranger.family_id, "csrf": form_token(value, f"revoke|{stranger.family_id}")}
        answer = await browser.http.post(own_server.url + REVOKE_PATH, data=fields)
        assert answer.headers["location"] == f"{SETTINGS_PATH}?said=not_found#sign-ins"
    assert await own_server.services.sign_ins.of_org(OTHER_ORG) == [stranger]


async def test_check_now_finds_what_changed_and_is_limited_to_once_a_minute(own_server: SignInServer) -> None:
    async with own_server.browser() as browser:
        await sign_in(own_server, browser, "both")
        page = await settings(own_server, browser)
        assert "Nothing is off" in page.text
        own_server.people.take_all("admin")
        own_server.people.assign("admin", "LeanData_Custom_Objects_Full_Access")
        own_server.clock.advance(timedelta(minutes=2))
        page = await browser.submit(page, action=CHECK_PATH)
        assert "The org was checked" in page.text
        assert "Last check Mon 23 Nov 2026, 15:32" in page.text
        assert "less than a minute ago" in (await browser.submit(page, action=CHECK_PATH)).text
        own_server.clock.advance(timedelta(minutes=1))
        assert "The org was checked" in (await browser.submit(page, action=CHECK_PATH)).text


async def test_a_check_that_cannot_be_made_says_so(own_server: SignInServer) -> None:
    async with own_server.browser() as browser:
        await sign_in(own_server, browser)
        page = await settings(own_server, browser)
        own_server.org.controls.tokens.end_grants(own_server.people.users["admin"])
        page = await browser.submit(page, action=CHECK_PATH)
        assert "could not be asked through the org connection" in page.text


async def test_disabling_asks_first_then_ends_every_sign_in_and_gives_every_grant_back(
    own_server: SignInServer,
) -> None:
    org_id = own_server.people.org_id
    clients = {handle: await own_server.client() for handle in ("rep", "admin")}
    tokens = {handle: await client.tokens_of(handle) for handle, client in clients.items()}
    await plant_sign_in(own_server, OTHER_ORG, "stranger@other.example")
    metrics.note_org_health(org_id, healthy=True)
    for each in tokens.values():
        assert (await own_server.call(each["access_token"])).status_code == 200
    async with own_server.browser() as browser:
        await sign_in(own_server, browser)
        page = await browser.open(own_server.url + DISABLE_PATH)
        assert "Disable BookIt MCP for Demo Org ?" in page.text
        assert "2 active sign-ins end, for every client at once" in page.text
        assert (await own_server.call(tokens["rep"]["access_token"])).status_code == 200
        page = await browser.submit(page, action=DISABLE_PATH)
        assert "BookIt MCP is disabled" in page.text
        assert "What it needs" in page.text
        assert "Get Started" in (await browser.open(own_server.url + PAGE_PATH)).text
    for handle, each in tokens.items():
        assert (await own_server.call(each["access_token"])).status_code == 401
        assert (await clients[handle].refresh(each["refresh_token"])).status_code == 400
        assert not is_known_to_salesforce(own_server, handle)
    assert await kept(own_server) == set()
    assert org_id.encode() not in metrics.render()[0]
    assert len(await own_server.services.sign_ins.of_org(OTHER_ORG)) == 1
    org = await own_server.services.orgs.find(org_id)
    assert org is not None
    assert not org.is_enabled


async def test_a_disabled_org_can_be_enabled_again_and_older_sign_ins_stay_ended(own_server: SignInServer) -> None:
    tokens = await (await own_server.client()).tokens_of("rep")
    async with own_server.browser() as browser:
        await sign_in(own_server, browser)
        await browser.submit(await browser.open(own_server.url + DISABLE_PATH), action=DISABLE_PATH)
        # Who was in the middle of a sign-in when the org was turned off.
        await plant_sign_in(own_server, own_server.people.org_id, "late@demo.example")
        page = await bind(own_server, browser)
        assert "BookIt MCP is enabled" in page.text
        assert "Nobody is signed in" in page.text
    assert (await own_server.call(tokens["access_token"])).status_code == 401
    assert (await (await own_server.client()).tokens_of("rep"))["access_token"]


async def test_disabling_one_org_leaves_the_others_grants(own_server: SignInServer) -> None:
    grants = grants_of(own_server)
    key = GrantKey(OTHER_ORG, "005000000000009AAA", Purpose.ORG_CONNECTION)
    admin = await grants.find(
        GrantKey(own_server.people.org_id, own_server.people.users["admin"], Purpose.ORG_CONNECTION)
    )
    assert admin is not None
    await grants.put(
        key,
        access_token=admin.access_token,
        refresh_token=admin.refresh_token,
        instance_url=admin.instance_url,
        login_origin=admin.login_origin,
    )
    await own_server.services.disabling.disable(own_server.people.org_id)
    assert list(await grants.of_org(OTHER_ORG)) == [key]
