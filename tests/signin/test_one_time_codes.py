"""Asking for a one-time code: the mail that goes out, and what is refused, leaving no code behind."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.signin.one_time_codes import MOST_FOR_AN_ADDRESS, MOST_FOR_AN_ORG, SPAN, CodeRefused
from app.signin.refusals import RefusalKind, SignInRefused
from app.store.codes import Person
from app.store.orgs import Check
from app.store.tables import OneTimeCodeRow
from tests.support.mailed_codes import AGENTS, SENDER, MailingServer, code_in, words
from tests.support.sign_in_server import SignInServer

pytestmark = pytest.mark.anyio


async def refused(mailing: MailingServer, **changes: str) -> str:
    """What the admin is told."""
    asked = {"org_id": mailing.org_id, "email": AGENTS, "requested_by": "005", **changes}
    with pytest.raises(CodeRefused) as refusal:
        await mailing.server.services.one_time_codes.ask(**asked)
    return refusal.value.message


async def codes_stored(mailing: MailingServer) -> int:
    async with mailing.server.database.reading() as session:
        return (await session.execute(select(func.count()).select_from(OneTimeCodeRow))).scalar_one()


@pytest.mark.requirement("code.by_admin")
async def test_the_mail_says_what_the_code_is_for_and_what_to_do_with_it(mailing: MailingServer) -> None:
    server = mailing.server
    expires = await server.services.one_time_codes.ask(org_id=mailing.org_id, email=f" {AGENTS} ", requested_by="005")
    assert expires == server.clock() + timedelta(minutes=10)
    (received,) = mailing.mail.received
    assert (received.sender, received.recipients) == (SENDER, (AGENTS,))
    message, org = received.message, await server.services.orgs.find(mailing.org_id)
    assert org is not None
    assert (message["from"], message["to"]) == (SENDER, AGENTS)
    assert org.name in message["subject"]
    for kind in ("plain", "html"):
        text = " ".join(words(message, kind).split())
        for said in (
            code_in(message),
            org.name,
            f"{server.url}/mcp",
            "once, within 10 minutes",
            "Use a one-time code",
            "ADMIN access",
            "If you did not expect this mail, ignore it",
        ):
            assert said in text, kind


async def test_the_subject_of_the_mail_does_not_hold_the_code(mailing: MailingServer) -> None:
    code = await mailing.code()
    assert code[5:9] not in str(mailing.mail.received[0].message["subject"])


async def test_a_code_signs_in_nobody_of_salesforce_as_an_admin(mailing: MailingServer) -> None:
    codes = mailing.server.services.one_time_codes
    person = await codes.redeem(await mailing.code())
    assert person == Person(mailing.org_id, None, AGENTS, "admin", "one_time_code")


async def test_without_a_mail_server_there_are_no_codes(server: SignInServer) -> None:
    with pytest.raises(CodeRefused, match="no mail server"):
        await server.services.one_time_codes.ask(org_id=server.people.org_id, email=AGENTS, requested_by="005")


@pytest.mark.parametrize("email", ["", "agents", "a@b@c", "Agents <a@demo.example>", "a@b.example\r\nBcc: x@y.z"])
async def test_an_address_that_is_none_is_refused(mailing: MailingServer, email: str) -> None:
    assert "no e-mail address" in await refused(mailing, email=email)
    assert not mailing.mail.received


async def test_an_org_that_is_unknown_or_not_enabled_gets_none(mailing: MailingServer) -> None:
    assert "not enabled" in await refused(mailing, org_id="00D000000000009AAA")
    await mailing.server.services.orgs.disable(mailing.org_id)
    assert "not enabled" in await refused(mailing)
    assert not mailing.mail.received


async def test_what_the_mail_server_does_not_take_leaves_no_code(mailing: MailingServer) -> None:
    mailing.mail.refused = {AGENTS: "550 5.1.1 nobody here by the name of secret"}
    said = await refused(mailing)
    assert "refused the recipient (550)" in said
    assert "No code is valid" in said
    assert "secret" not in said
    assert await codes_stored(mailing) == 0


async def test_a_mail_whose_fate_is_unknown_leaves_no_code_either(mailing: MailingServer) -> None:
    mailing.mail.trouble = {AGENTS: "drops"}
    await refused(mailing)
    assert len(mailing.mail.received) == 1, "it did arrive"
    assert await codes_stored(mailing) == 0
    assert await mailing.server.services.one_time_codes.redeem(code_in(mailing.mail.received[0].message)) is None


async def test_an_address_gets_five_an_hour(mailing: MailingServer) -> None:
    for _ in range(MOST_FOR_AN_ADDRESS):
        await mailing.code()
    assert "at most 5 an hour" in await refused(mailing)
    assert "this address" in await refused(mailing, email=AGENTS.upper())
    await mailing.code("others@demo.example")
    mailing.server.clock.advance(SPAN)
    await mailing.code()
    assert len(mailing.mail.received) == MOST_FOR_AN_ADDRESS + 2


async def test_an_org_gets_twenty_an_hour(mailing: MailingServer) -> None:
    for number in range(MOST_FOR_AN_ORG):
        await mailing.code(f"agent{number}@demo.example")
    assert "this org: at most 20 an hour" in await refused(mailing)
    assert len(mailing.mail.received) == MOST_FOR_AN_ORG


async def test_a_good_code_of_an_org_whose_licence_has_ended_is_refused_with_the_reason(mailing: MailingServer) -> None:
    code = await mailing.code()
    await mailing.server.services.orgs.note_check(mailing.org_id, Check({"supported": True}, "8.2", {}))
    with pytest.raises(SignInRefused) as refusal:
        await mailing.server.services.one_time_codes.redeem(code)
    assert refusal.value.refusal.kind is RefusalKind.LICENCE_OR_VERSION
    assert refusal.value.details


async def test_a_code_whose_mail_leaves_while_the_org_is_turned_off_is_never_good(mailing: MailingServer) -> None:
    server, mail = mailing.server, mailing.mail
    mail.trouble = {AGENTS: "hangs"}
    asking = asyncio.create_task(refused(mailing))
    await mail.hanging.wait()
    assert await server.services.disabling.disable(mailing.org_id)
    mail.released.set()
    assert "not enabled" in await asking
    assert (await server.enable()).enabled
    assert await server.services.one_time_codes.redeem(code_in(mail.received[0].message)) is None
