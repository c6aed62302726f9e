"""Attacks on the pages that a person sees: forged forms, foreign sessions, framing, scripts in names and texts."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx2
import pytest

from app.store.clients import Clients
from app.store.orgs import Check, Orgs
from app.web.browser_cookie import form_token
from app.web.integration import paths
from tests.support.browser import Browser, Page
from tests.support.mailed_codes import mailing_server
from tests.support.sign_in_server import SignInServer
from tests.web.admin_page import session_cookie, settings, sign_in, some_admin, take_session
from tests.web.test_settings_page import plant_sign_in

pytestmark = pytest.mark.anyio

SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(2)>'

FORMS: dict[str, tuple[str, dict[str, str]]] = {
    paths.SIGN_OUT_PATH: (paths.SIGN_OUT_PATH, {}),
    paths.CONNECTION_PATH: (paths.CONNECTION_PATH, {"who": "own"}),
    paths.REVOKE_PATH: ("revoke|planted", {"sign_in": "planted"}),
    paths.USAGE_PATH: (paths.USAGE_PATH, {"shown": "yes"}),
    paths.CHECK_PATH: (paths.CHECK_PATH, {}),
    paths.DISABLE_PATH: (paths.DISABLE_PATH, {}),
    paths.CODE_PATH: (paths.CODE_PATH, {"email": "agent@demo.example"}),
}
"""Every form of a signed-in admin: path → what its token is for, and its fields."""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[SignInServer]:
    """Its org enabled, with a mail server beside it; for attacks, which change nothing."""
    async with mailing_server(tmp_path_factory.mktemp("server")) as running:
        yield running.server


@pytest.fixture
async def own_server(tmp_path: Path) -> AsyncGenerator[SignInServer]:
    """For one test that changes something."""
    async with mailing_server(tmp_path) as running:
        yield running.server


async def state(server: SignInServer) -> list[object]:
    """All that a form could change."""
    async with server.database.reading() as session:
        connection = await session.connection()
        tables = ("orgs", "sign_ins", "salesforce_grants", "page_logins", "one_time_codes", "counters")
        rows: list[object] = []
        for table in tables:
            rows.extend((await connection.exec_driver_sql(f"SELECT * FROM {table}")).all())
        rows.append((await connection.exec_driver_sql("SELECT count(*) FROM page_sessions")).scalar_one())
        return rows


def is_refused(answer: httpx2.Response) -> bool:
    return answer.status_code == 400 and "This page is out of date" in answer.text


async def test_every_form_of_the_page_is_in_the_list(own_server: SignInServer) -> None:
    async with own_server.browser() as browser:
        await sign_in(own_server, browser)
        await plant_sign_in(own_server, own_server.people.org_id, "rep@demo.example")
        shown = await settings(own_server, browser)
        asked = await browser.open(own_server.url + paths.DISABLE_PATH)
    actions = {form.action for page in (shown, asked) for form in page.forms}
    assert actions == set(FORMS)


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_without_its_token_or_with_a_wrong_one_changes_nothing(server: SignInServer, path: str) -> None:
    form, fields = FORMS[path]
    async with server.browser() as browser, server.browser() as other:
        await sign_in(server, browser)
        await sign_in(server, other, "both")
        own, foreign = session_cookie(browser) or "", session_cookie(other) or ""
        another_form = next(name for name, _ in FORMS.values() if name != form)
        tokens = {
            "none": None,
            "empty": "",
            "made up": "0" * 64,
            "not ascii": "é",
            "of another session": form_token(foreign, form),
            "of another form": form_token(own, another_form),
            "of another sign-in": form_token(own, f"{form}x"),
            "of the cookie before the login": form_token(browser.http.cookies["bookit_browser"], form),
        }
        before = await state(server)
        for name, token in tokens.items():
            csrf = {} if token is None else {"csrf": token}
            answer = await browser.http.post(server.url + path, data={**fields, **csrf})
            assert is_refused(answer), name
        assert await state(server) == before


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
async def test_a_form_that_another_site_sends_changes_nothing_though_its_token_is_right(
    server: SignInServer, path: str, headers: dict[str, str]
) -> None:
    form, fields = FORMS[path]
    async with server.browser() as browser:
        await sign_in(server, browser)
        token = form_token(session_cookie(browser) or "", form)
        before = await state(server)
        answer = await browser.http.post(server.url + path, data={**fields, "csrf": token}, headers=headers)
        assert is_refused(answer)
        assert await state(server) == before


async def test_a_form_of_this_site_is_taken(own_server: SignInServer) -> None:
    async with own_server.browser() as browser:
        await sign_in(own_server, browser)
        page = await settings(own_server, browser)
        headers = {"Origin": own_server.url, "Sec-Fetch-Site": "same-origin"}
        page = await browser.submit(page, {"shown": "yes"}, action=paths.USAGE_PATH, headers=headers)
        assert "Usage is shown" in page.text


@pytest.mark.parametrize("path", FORMS)
async def test_without_a_session_a_form_changes_nothing(server: SignInServer, path: str) -> None:
    form, fields = FORMS[path]
    before = await state(server)
    answer = await server.http.post(path, data={**fields, "csrf": form_token("", form)})
    assert answer.status_code == 303
    assert answer.headers["location"] == paths.PAGE_PATH
    assert await state(server) == before


@pytest.mark.parametrize("path", FORMS)
async def test_a_link_does_not_do_what_a_form_does(server: SignInServer, path: str) -> None:
    form, fields = FORMS[path]
    async with server.browser() as browser:
        await sign_in(server, browser)
        token = form_token(session_cookie(browser) or "", form)
        before = await state(server)
        answer = await browser.http.get(server.url + path, params={**fields, "csrf": token})
        assert answer.status_code == (200 if path == paths.DISABLE_PATH else 405)
        assert await state(server) == before


async def test_the_login_form_is_bound_to_its_browser(server: SignInServer) -> None:
    async with server.browser() as browser, server.browser() as other:
        page = await browser.open(server.url + paths.PAGE_PATH)
        stranger = await other.open(server.url + paths.PAGE_PATH)
        for csrf in ("", "0" * 64, stranger.form.fields["csrf"]):
            assert is_refused((await browser.submit(page, {"csrf": csrf})).response)
        answer = await browser.submit(page, headers={"Origin": "https://evil.example"})
        assert is_refused(answer.response)


async def test_a_session_that_was_planted_before_the_login_is_of_no_use_after_it(server: SignInServer) -> None:
    async with server.browser() as attacker, server.browser() as victim:
        await sign_in(server, attacker, "both")
        planted = session_cookie(attacker) or ""
        victim.http.cookies.set("bookit_page", planted, domain="127.0.0.1")
        page = await sign_in_anew(server, victim)
        assert "admin@demo.example" in page.text
        assert session_cookie(victim) != planted
        assert "Sign in with Salesforce" in (await settings(server, attacker)).text


async def sign_in_anew(server: SignInServer, browser: Browser) -> Page:
    """Logs in although the browser has a session: by the form that a browser without one is shown."""
    async with server.browser() as blank:
        page = await blank.open(server.url + paths.PAGE_PATH)
        browser.http.cookies.set("bookit_browser", blank.http.cookies["bookit_browser"], domain="127.0.0.1")
    return await server.log_in(browser, page, "admin")


async def test_an_admin_of_one_org_sees_and_changes_nothing_of_another(own_server: SignInServer) -> None:
    await plant_sign_in(own_server, own_server.people.org_id, "rep@demo.example")
    await own_server.services.orgs.show_usage(own_server.people.org_id, shown=True)
    async with own_server.browser() as browser:
        admin = some_admin()
        value = await take_session(own_server, browser, admin)
        orgs = Orgs(own_server.database, own_server.clock)
        await orgs.enable(
            admin.org_id,
            name=admin.org_name,
            instance_url="https://other.my.salesforce.com",
            connection_user_id=admin.user_id,
            check=Check({}, "8.2", {}),
        )
        page = await settings(own_server, browser)
        assert "Other Org" in page.text
        assert "Demo Org" not in page.text
        assert "rep@demo.example" not in page.text
        before = await orgs.find(own_server.people.org_id)
        (sign_in_of_theirs,) = await own_server.services.sign_ins.of_org(own_server.people.org_id)
        family_id = sign_in_of_theirs.family_id
        fields = {"sign_in": family_id, "csrf": form_token(value, f"revoke|{family_id}")}
        answer = await browser.http.post(own_server.url + paths.REVOKE_PATH, data=fields)
        assert "said=not_found" in answer.headers["location"]
        for path, extra in ((paths.USAGE_PATH, {}), (paths.DISABLE_PATH, {"org": own_server.people.org_id})):
            await browser.http.post(own_server.url + path, data={**extra, "csrf": form_token(value, path)})
    assert await orgs.find(own_server.people.org_id) == before
    assert await own_server.services.sign_ins.of_org(own_server.people.org_id) == [sign_in_of_theirs]
    other = await orgs.find(admin.org_id)
    assert other is not None
    assert not other.is_enabled


async def every_page(server: SignInServer, browser: Browser) -> list[Page]:
    """One of each page that a browser can be shown, the authorize page among them."""
    client = await server.client(client_name=SCRIPT)
    pages = [await browser.open(server.url + paths.PAGE_PATH), await browser.open(client.authorize_url())]
    pages.append(await browser.open(f"{server.url}/authorize?client_id=unknown"))
    pages.append(await browser.open(f"{server.url}{paths.CALLBACK_PATH}?state=unknown&error={SCRIPT}"))
    pages.append(await sign_in(server, browser))
    pages.append(await settings(server, browser))
    pages.append(await browser.open(server.url + paths.DISABLE_PATH))
    async with server.browser() as rep:
        pages.append(await sign_in(server, rep, "rep"))
    return pages


async def test_no_page_may_be_framed_and_none_runs_a_script_but_our_own(server: SignInServer) -> None:
    async with server.browser() as browser:
        pages = await every_page(server, browser)
    assert len({page.text for page in pages}) == len(pages)
    for page in pages:
        headers = page.response.headers
        parts = [part.strip().partition(" ") for part in headers["content-security-policy"].split(";")]
        policy = {name: sources for name, _, sources in parts}
        assert policy["default-src"] == "'none'"
        assert policy["frame-ancestors"] == "'none'"
        assert policy["base-uri"] == "'none'"
        assert policy["style-src"] == policy["img-src"] == "'self'"
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "same-origin"
        is_settings = "Active sign-ins" in page.text
        assert policy.get("script-src") == ("'self'" if is_settings else None)
        assert page.response.text.count("<script") == (1 if is_settings else 0)
        assert " style=" not in page.response.text
        assert "<style" not in page.response.text


async def test_names_and_texts_of_others_are_text_on_every_page(own_server: SignInServer) -> None:
    org_id = own_server.people.org_id
    await plant_sign_in(own_server, org_id, f"{SCRIPT}@demo.example", client_name=SCRIPT)
    await Clients(own_server.database, own_server.clock).save("odd", {"client_name": "\u202e\x00odd"})
    orgs = Orgs(own_server.database, own_server.clock)
    org = await orgs.find(org_id)
    assert org is not None
    assert org.check_result is not None
    off = {"admin": {"query_meetings": SCRIPT}, "user": {}, "org": {}}
    await orgs.note_check(org_id, Check({**org.check_result, "off": off}, f"8{SCRIPT}"[:32], {SCRIPT: SCRIPT}))
    async with own_server.browser() as browser:
        await take_session(
            own_server,
            browser,
            some_admin(org_id=org_id, org_name=SCRIPT, username=SCRIPT, name=SCRIPT, email=SCRIPT),
        )
        pages = [
            await settings(own_server, browser, f"?said={SCRIPT}&page={SCRIPT}"),
            await browser.open(own_server.url + paths.DISABLE_PATH),
            await browser.open(own_server.url + paths.PAGE_PATH),
        ]
    for page in pages:
        assert "alert(1)" in page.response.text
        assert "<script>" not in page.response.text
        assert "<img" not in page.response.text
    assert "&lt;script&gt;" in pages[0].response.text


async def test_an_oversized_form_is_not_read(server: SignInServer) -> None:
    async with server.browser() as browser:
        await sign_in(server, browser)
        answer = await browser.http.post(server.url + paths.USAGE_PATH, data={"csrf": "x" * 100_000})
    assert answer.status_code == 413


async def test_a_file_in_a_form_is_not_taken(server: SignInServer) -> None:
    async with server.browser() as browser:
        await sign_in(server, browser)
        answer = await browser.http.post(server.url + paths.USAGE_PATH, files={"csrf": ("a", b"x")})
    assert answer.status_code == 400
