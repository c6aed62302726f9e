"""A dead org connection is told once: in the org's row, by mail, and by the metric, until it works again."""

from __future__ import annotations

import io
from collections.abc import Generator
from datetime import timedelta

import anyio
import pytest

from app import metrics
from app.demo.browser import walk_through
from app.logs import configure_logging
from app.signin.enable import enable_org
from app.signin.loopback_login import loopback_login
from app.signin.org_rechecks import CHECK_EVERY
from app.store.orgs import Org
from tests.support.local_org import PASSWORD
from tests.support.mailed_codes import AGENTS, MailingServer, words
from tests.support.sign_in_server import SignInServer, services_for

pytestmark = pytest.mark.anyio


@pytest.fixture
def logged() -> Generator[io.StringIO]:
    stream = io.StringIO()
    configure_logging("INFO", stream=stream)
    yield stream
    configure_logging("ERROR", stream=io.StringIO())


def kill_connection(server: SignInServer, handle: str = "admin") -> None:
    tokens = server.org.controls.tokens
    tokens.end_grants(server.people.users[handle])
    tokens.end_sessions(server.people.users[handle])


async def org_of(server: SignInServer) -> Org:
    org = await server.services.orgs.find(server.people.org_id)
    assert org is not None
    return org


def healthy(server: SignInServer) -> str:
    line = f'bookit_org_healthy{{org_id="{server.people.org_id}"}} '
    return next(each for each in metrics.render()[0].decode().splitlines() if each.startswith(line)).removeprefix(line)


async def test_enabling_notes_whose_connection_it_is_and_who_is_told(mailing: MailingServer) -> None:
    org = await org_of(mailing.server)
    assert (org.connection_username, org.admin_email) == ("admin@demo.example", "admin@demo.example")
    assert org.connection_lost_at is None


async def test_another_address_may_be_told(mailing: MailingServer) -> None:
    server = mailing.server

    async def visit(url: str, destination: str) -> str:
        return await walk_through(url, destination, {"username": "second_admin@demo.example", "pw": PASSWORD})

    tokens = await loopback_login(server.services.login, server.settings.salesforce_login_url, visit=visit)
    await enable_org(server.services.enabling, tokens, admin_email="ops@demo.example")
    org = await org_of(server)
    assert (org.connection_username, org.admin_email) == ("second_admin@demo.example", "ops@demo.example")


async def test_a_check_that_finds_it_dead_tells_the_admins_once(mailing: MailingServer) -> None:
    server = mailing.server
    kill_connection(server)
    server.clock.advance(CHECK_EVERY)
    found_at = server.clock()
    for _ in range(3):
        await server.services.rechecks.sweep()
        server.clock.advance(timedelta(minutes=1))
    (received,) = mailing.mail.received
    assert received.recipients == ("admin@demo.example",)
    text = words(received.message)
    org = await org_of(server)
    assert org.name in received.message["subject"]
    for said in (org.name, server.url, "Update Settings", "bind the connection again"):
        assert said in " ".join(text.split())
    assert org.connection_lost_at == found_at
    assert healthy(server) == "0.0"


async def test_of_all_replicas_that_find_it_dead_one_sends_the_mail(mailing: MailingServer) -> None:
    server = mailing.server
    kill_connection(server)
    server.clock.advance(CHECK_EVERY)
    replicas = [services_for(server.settings, server.database, server.clock) for _ in range(4)]
    async with anyio.create_task_group() as tasks:
        for replica in replicas:
            tasks.start_soon(replica.rechecks.sweep)
    for replica in replicas:
        replica.gateway.close()
    assert len(mailing.mail.received) == 1


async def test_a_caller_by_code_who_finds_it_dead_tells_them_too(mailing: MailingServer) -> None:
    tokens = await mailing.tokens()
    kill_connection(mailing.server)
    mailing.server.clock.advance(timedelta(minutes=5))
    for _ in range(2):
        await mailing.server.call(tokens["access_token"])
    assert mailing.mail.recipients == [AGENTS, "admin@demo.example"]


async def test_bound_anew_it_is_well_and_the_next_loss_is_told_again(mailing: MailingServer) -> None:
    server = mailing.server
    for handle in ("admin", "second_admin"):
        kill_connection(server, handle)
        server.clock.advance(CHECK_EVERY)
        await server.services.rechecks.sweep()
        assert (await org_of(server)).connection_lost_at is not None
        await server.enable("second_admin")
        assert (await org_of(server)).connection_lost_at is None
    assert mailing.mail.recipients == ["admin@demo.example", "second_admin@demo.example"]


async def test_a_connection_that_answers_after_all_is_well_again(mailing: MailingServer) -> None:
    server = mailing.server
    await server.services.orgs.note_connection_lost(server.people.org_id)
    server.clock.advance(CHECK_EVERY)
    await server.services.rechecks.sweep()
    assert (await org_of(server)).connection_lost_at is None
    assert healthy(server) == "1.0"
    assert not mailing.mail.received


async def test_an_org_that_cannot_be_asked_just_now_has_not_lost_its_connection(mailing: MailingServer) -> None:
    server = mailing.server
    server.org.controls.usage.daily_limit = 0
    server.clock.advance(CHECK_EVERY)
    await server.services.rechecks.sweep()
    assert (await org_of(server)).connection_lost_at is None
    assert healthy(server) == "0.0"
    assert not mailing.mail.received


async def test_without_a_mail_server_the_log_says_so(server: SignInServer, logged: io.StringIO) -> None:
    kill_connection(server)
    server.clock.advance(CHECK_EVERY)
    await server.services.rechecks.sweep()
    assert (await org_of(server)).connection_lost_at is not None
    assert '"event":"org_connection_lost"' in logged.getvalue()
    assert "no mail server is set" in logged.getvalue()


async def test_a_mail_that_is_not_taken_stands_in_the_log_without_the_address(
    mailing: MailingServer, logged: io.StringIO
) -> None:
    mailing.mail.refused = {"admin@demo.example": "550 5.1.1 no"}
    kill_connection(mailing.server)
    mailing.server.clock.advance(CHECK_EVERY)
    await mailing.server.services.rechecks.sweep()
    ours = "".join(line for line in logged.getvalue().splitlines() if '"logger":"app.' in line)
    assert "org_connection_lost_not_mailed" in ours
    assert "refused the recipient (550)" in ours
    assert "admin@demo.example" not in ours
