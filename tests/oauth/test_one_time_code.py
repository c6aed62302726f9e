"""Signing in with a one-time code on the authorize page."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest

from app.store.authorizations import MOST_CODES
from app.store.one_time_codes import DELAYS, LIFETIME, new_code, org_group
from app.store.orgs import Check
from app.store.sign_ins import SignIns
from tests.support.mailed_codes import AGENTS, MailingServer, mailing_server
from tests.support.sign_in_server import SignInServer

pytestmark = pytest.mark.anyio


@pytest.fixture
async def mailing(tmp_path: Path) -> AsyncGenerator[MailingServer]:
    async with mailing_server(tmp_path) as running:
        yield running


@pytest.mark.requirement("auth.one_time_code", "scope.one_time_code")
async def test_a_code_signs_in_as_an_admin_who_is_the_address(mailing: MailingServer) -> None:
    client = await mailing.server.client()
    async with mailing.server.browser() as browser:
        page = await mailing.try_code(browser, await browser.open(client.authorize_url()), await mailing.code())
    assert page.left_to is not None
    assert page.left_to.startswith(client.redirect_uri)
    assert (page.answer["state"], page.answer["iss"]) == (client.state, mailing.server.url)
    tokens = (await client.exchange(page.answer["code"])).json()
    assert (await mailing.server.call(tokens["access_token"])).json() == {
        "org_id": mailing.org_id,
        "user_id": None,
        "scope": "admin",
        "name": AGENTS,
        "email": AGENTS,
        "username": AGENTS,
        "timezone": "America/Los_Angeles",
        "client_id": client.client_id,
        "connection_lost": False,
    }


async def test_the_sign_in_is_listed_with_its_address_and_method(mailing: MailingServer) -> None:
    client = await mailing.server.client()
    await mailing.tokens(client)
    (sign_in,) = await SignIns(mailing.server.database, mailing.server.clock).of_org(mailing.org_id)
    assert (sign_in.user_id, sign_in.username, sign_in.method) == (None, AGENTS, "one_time_code")
    assert (sign_in.scope, sign_in.client_id) == ("admin", client.client_id)


async def test_the_form_says_what_a_code_gives_and_is_for_the_keyboard(mailing: MailingServer) -> None:
    client = await mailing.server.client(client_name="Nightly agent")
    async with mailing.server.browser() as browser:
        page = await browser.open(client.authorize_url())
    assert "Connect Nightly agent to BookIt?" in page.text
    assert "It gives Admin access to the whole org" in page.text
    html = page.response.text
    assert '<label for="code">One-time code</label>' in html
    assert 'id="code" name="code" type="text" autocomplete="one-time-code"' in html
    form = next(form for form in page.forms if "code" in form.fields)
    assert form.buttons == [("choice", "code")], "Enter in the field presses this button"


async def test_without_a_mail_server_no_code_is_asked_for(server: SignInServer) -> None:
    client = await server.client()
    async with server.browser() as browser:
        page = await browser.open(client.authorize_url())
        assert "one-time code" not in page.text
        assert (await browser.submit(page, {"choice": "code", "code": "x"})).status == 400


async def test_a_code_signs_in_once(mailing: MailingServer) -> None:
    code = await mailing.code()
    one, other = await mailing.server.client(), await mailing.server.client()
    async with mailing.server.browser() as browser:
        assert (await mailing.try_code(browser, await browser.open(one.authorize_url()), code)).left_to is not None
        again = await mailing.try_code(browser, await browser.open(other.authorize_url()), code)
    assert again.left_to is None
    assert "This code was not taken" in again.text


async def test_the_page_that_used_a_code_cannot_be_sent_again(mailing: MailingServer) -> None:
    client = await mailing.server.client()
    async with mailing.server.browser() as browser:
        page = await browser.open(client.authorize_url())
        await mailing.try_code(browser, page, await mailing.code())
        again = await mailing.try_code(browser, page, await mailing.code())
    assert "expired or was begun in another browser" in again.text


async def test_a_code_in_another_browsers_form_is_not_used_up(mailing: MailingServer) -> None:
    code, client = await mailing.code(), await mailing.server.client()
    async with mailing.server.browser() as own, mailing.server.browser() as other:
        page = await own.open(client.authorize_url())
        await other.open((await mailing.server.client()).authorize_url())
        assert "begun in another browser" in (await mailing.try_code(other, page, code)).text
        forged = await own.submit(page, {"code": code, "csrf": "0" * 64}, button="code")
        assert "begun in another browser" in forged.text
        assert (await mailing.try_code(own, page, code)).left_to is not None


async def test_what_was_typed_is_not_shown_again(mailing: MailingServer) -> None:
    client = await mailing.server.client()
    async with mailing.server.browser() as browser:
        page = await mailing.try_code(browser, await browser.open(client.authorize_url()), "<b>K7QF-secret")
    assert page.status == 400
    assert "K7QF-secret" not in page.response.text
    assert next(form for form in page.forms if "code" in form.fields).fields["code"] == ""
    assert 'aria-describedby="code-note problem" aria-invalid="true" autofocus>' in page.response.text


async def test_whatever_is_wrong_with_a_code_the_answer_is_the_same(mailing: MailingServer) -> None:
    server, org_id = mailing.server, mailing.org_id
    old = await mailing.code()
    server.clock.advance(LIFETIME)
    used, good = await mailing.code(), await mailing.code()
    codes = server.services.one_time_codes
    assert await codes.redeem(used) is not None
    answers: dict[str, tuple[int, str]] = {}
    for name, code in {
        "wrong": new_code(org_id).get_secret_value(),
        "delayed": good,
        "used": used,
        "old": old,
        "another org's": org_group("00D000000000009AAA") + good[4:],
        "empty": "",
    }.items():
        client = await server.client()
        async with server.browser() as browser:
            page = await mailing.try_code(browser, await browser.open(client.authorize_url()), code)
        fields = page.form.fields
        body = page.response.text.replace(fields["request"], "REQUEST").replace(fields["csrf"], "CSRF")
        answers[name] = (page.status, body)
    assert answers["wrong"][0] == 400
    assert set(answers.values()) == {answers["wrong"]}
    server.clock.advance(DELAYS[-1])
    assert await codes.redeem(good) is not None, "tried too soon it was not used up"


async def test_after_the_fifth_code_the_sign_in_is_over(mailing: MailingServer) -> None:
    client, wrong = await mailing.server.client(), new_code(mailing.org_id).get_secret_value()
    async with mailing.server.browser() as browser:
        page = first = await browser.open(client.authorize_url())
        for _ in range(MOST_CODES - 1):
            page = await mailing.try_code(browser, page, wrong)
            assert "This code was not taken" in page.text
        over = await mailing.try_code(browser, page, wrong)
        assert "Too many one-time codes were not taken" in over.text
        back = next(link for link in over.links if link.startswith(client.redirect_uri))
        assert "error=access_denied" in back
        mailing.server.clock.advance(DELAYS[-1])
        assert "expired" in (await mailing.try_code(browser, first, await mailing.code())).text
        assert "expired" in (await browser.submit(first, button="production")).text


async def test_a_fifth_code_that_is_good_is_taken(mailing: MailingServer) -> None:
    client, wrong = await mailing.server.client(), new_code(mailing.org_id).get_secret_value()
    code = await mailing.code()
    async with mailing.server.browser() as browser:
        page = await browser.open(client.authorize_url())
        for _ in range(MOST_CODES - 1):
            page = await mailing.try_code(browser, page, wrong)
        mailing.server.clock.advance(DELAYS[-1])
        assert (await mailing.try_code(browser, page, code)).left_to is not None


async def test_a_good_code_of_an_org_without_a_licence_gets_the_page_that_says_so(mailing: MailingServer) -> None:
    code, client = await mailing.code(), await mailing.server.client()
    await mailing.server.services.orgs.note_check(mailing.org_id, Check({"supported": True}, "8.2", {}))
    async with mailing.server.browser() as browser:
        page = await mailing.try_code(browser, await browser.open(client.authorize_url()), code)
    assert page.status == 403
    assert "no BookIt 7.x or 8.x with an active licence" in page.text
    assert any("error=access_denied" in link for link in page.links)


async def test_a_good_code_of_an_org_whose_connection_may_not_act_says_what_to_do(mailing: MailingServer) -> None:
    code, client = await mailing.code(), await mailing.server.client()
    mailing.server.people.take_all("admin")
    async with mailing.server.browser() as browser:
        page = await mailing.try_code(browser, await browser.open(client.authorize_url()), code)
    assert page.status == 403
    assert "cannot act for agents in this org" in page.text
    assert await SignIns(mailing.server.database, mailing.server.clock).of_org(mailing.org_id) == []


async def test_refreshing_rotates_and_the_old_token_ends_the_family_after_the_grace(mailing: MailingServer) -> None:
    client = await mailing.server.client()
    tokens = await mailing.tokens(client)
    fresh = (await client.refresh(tokens["refresh_token"])).json()
    assert (await mailing.server.call(fresh["access_token"])).json()["email"] == AGENTS
    mailing.server.clock.advance(timedelta(seconds=31))
    assert (await client.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await mailing.server.call(fresh["access_token"])).status_code == 401


async def test_an_authorization_code_used_twice_ends_the_sign_in(mailing: MailingServer) -> None:
    client = await mailing.server.client()
    async with mailing.server.browser() as browser:
        page = await mailing.try_code(browser, await browser.open(client.authorize_url()), await mailing.code())
    tokens = (await client.exchange(page.answer["code"])).json()
    assert (await client.exchange(page.answer["code"])).json()["error"] == "invalid_grant"
    assert (await mailing.server.call(tokens["access_token"])).status_code == 401


async def test_revoking_ends_this_sign_in_alone_and_gives_back_nobodys_grant(mailing: MailingServer) -> None:
    one, other = await mailing.server.client(), await mailing.server.client()
    admin = await (await mailing.server.client()).tokens_of("admin")
    ended, kept = await mailing.tokens(one), await mailing.tokens(other)
    revoked = await mailing.server.http.post(
        "/revoke", data={"client_id": one.client_id, "token": ended["refresh_token"]}
    )
    assert revoked.status_code == 200
    assert (await mailing.server.call(ended["access_token"])).status_code == 401
    mailing.server.clock.advance(timedelta(minutes=5))
    for tokens in (kept, admin):
        answer = await mailing.server.call(tokens["access_token"])
        assert answer.status_code == 200, answer.text
