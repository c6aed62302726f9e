"""Guessing one-time codes, and looking for one where none should be."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Engine, event, select

from app import metrics
from app.store.authorizations import MOST_CODES
from app.store.one_time_codes import DELAYS, LIFETIME, canonical, new_code, org_group
from app.store.tables import CounterRow
from tests.support.agency import an_agency
from tests.support.browser import Browser, Page
from tests.support.logs import logged
from tests.support.mailed_codes import MailingServer, mailing_server
from tests.support.sign_in_server import services_for

pytestmark = pytest.mark.anyio

NOT_TAKEN = "This code was not taken"
ELSEWHERE = "00D000000000009AAA"


@pytest.fixture
async def mailing(tmp_path: Path) -> AsyncGenerator[MailingServer]:
    async with mailing_server(tmp_path) as running:
        yield running


@contextmanager
def statements() -> Generator[list[str]]:
    """Every statement that any database of this process runs meanwhile."""
    run: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        run.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield run
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def wrong(org_id: str) -> str:
    return new_code(org_id).get_secret_value()


def files_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


async def guess(mailing: MailingServer, code: str, address: str) -> Page:
    """One try in a sign-in of its own, from that address."""
    client = await mailing.server.client()
    async with mailing.server.browser() as browser:
        browser.http.headers["X-Forwarded-For"] = address
        return await mailing.try_code(browser, await browser.open(client.authorize_url()), code)


async def test_a_sign_in_takes_no_more_than_five_codes_also_at_once(mailing: MailingServer) -> None:
    client, code = await mailing.server.client(), await mailing.code()
    async with mailing.server.browser() as browser:
        page = await browser.open(client.authorize_url())

        async def post() -> httpx2.Response:
            data = {**page.form.fields, "choice": "code", "code": wrong(mailing.org_id)}
            return await browser.http.post(f"{mailing.server.url}/authorize/consent", data=data)

        pages = [Page(each) for each in await asyncio.gather(*(post() for _ in range(20)))]
        taken = await mailing.try_code(browser, page, code)
    said = Counter("again" if NOT_TAKEN in each.text else "over" for each in pages)
    assert said["again"] <= MOST_CODES - 1
    assert "expired" in taken.text
    mailing.server.clock.advance(DELAYS[-1])
    assert await mailing.server.services.one_time_codes.redeem(code) is not None, "it was not even looked at"


async def test_new_sign_ins_from_new_addresses_do_not_get_around_the_delay(mailing: MailingServer) -> None:
    code = await mailing.code()
    for number in range(7):
        assert NOT_TAKEN in (await guess(mailing, wrong(mailing.org_id), f"203.0.113.{number}")).text
    assert NOT_TAKEN in (await guess(mailing, code, "198.51.100.7")).text, "also the right one comes too soon"
    mailing.server.clock.advance(DELAYS[0])
    assert (await guess(mailing, code, "198.51.100.7")).left_to is not None, "all seven were one wrong try"


async def test_while_a_code_lives_a_whole_fleet_of_replicas_has_few_guesses(mailing: MailingServer) -> None:
    server = mailing.server
    replicas = [services_for(server.settings, server.database, server.clock) for _ in range(3)]
    code = await mailing.code()
    for second in range(int((LIFETIME - DELAYS[-1]).total_seconds())):
        for replica in replicas if second % 20 == 0 else replicas[:1]:
            assert await replica.one_time_codes.redeem(wrong(mailing.org_id)) is None
        server.clock.advance(timedelta(seconds=1))
    for replica in replicas:
        replica.gateway.close()
    async with server.database.reading() as session:
        name = f"wrong-codes|{org_group(mailing.org_id)}"
        looked_at = (await session.execute(select(CounterRow.count).where(CounterRow.name == name))).scalar_one()
    assert looked_at == len(DELAYS) + (LIFETIME - DELAYS[-1] - sum(DELAYS, timedelta())) // DELAYS[-1] + 1
    server.clock.advance(DELAYS[-1] - timedelta(seconds=1))
    assert await server.services.one_time_codes.redeem(code) is not None, "and its owner may still use it"


async def test_whatever_is_wrong_with_a_code_the_same_statements_run(mailing: MailingServer) -> None:
    """What the database is asked decides how long the answer takes."""
    server, codes = mailing.server, mailing.server.services.one_time_codes
    old = await mailing.code()
    server.clock.advance(LIFETIME)
    used, good = await mailing.code(), await mailing.code()
    assert await codes.redeem(used) is not None
    tries = {
        "wrong": wrong(mailing.org_id),
        "delayed, right": good,
        "delayed, wrong": wrong(mailing.org_id),
        "used": used,
        "old": old,
        "of no org": wrong(ELSEWHERE),
        "another org's": org_group(ELSEWHERE) + good[4:],
        "empty": "",
        "long": "7" * 10_000,
    }
    ran: dict[str, tuple[str, ...]] = {}
    for name, code in tries.items():
        with statements() as run:
            assert await codes.redeem(code) is None
        ran[name] = tuple(run)
    assert len(ran["wrong"]) > 3
    assert set(ran.values()) == {ran["wrong"]}


async def test_the_code_is_in_no_log_file_of_the_database_audit_row_or_metric(tmp_path: Path) -> None:
    with logged("DEBUG") as log:
        async with an_agency(tmp_path) as agency:
            used, unused = await agency.code(), await agency.code()
            async with Browser(agency.server.url) as browser:
                wrongly = await browser.http.get(
                    f"{agency.server.url}/authorize/consent", params={"request": "x", "code": unused}
                )
            assert wrongly.status_code == 400
            async with agency.agent(used) as client:
                await client.call_tool("whoami", {})
                await client.call_tool("query_meetings", {"prospect": used})
            agency.server.audit(2)
            kept = files_in(tmp_path)
            seen = metrics.render()[0].decode()
    assert b"agents@demo.example" in kept, "the files were read"
    # The mail server is the test's own, in the same process, and logs what it gets.
    said = "".join(line for line in log.getvalue().splitlines() if '"logger":"mail.log"' not in line)
    assert "one_time_code_sent" in said
    for code in (used, unused):
        for secret in (code[5:], canonical(code)[4:], code[5:].lower()):
            assert secret.encode() not in kept
            assert secret not in said
            assert secret not in seen
