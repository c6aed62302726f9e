"""Mail over real sockets: every kind of server, every kind of trouble, and never a secret in what is said of it."""

from __future__ import annotations

import asyncio
import io
import re
import traceback
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import anyio
import pytest
import uvloop
from pydantic import SecretStr

from app.bookit.invites.invite_mail import invite_mails
from app.clock import system_clock
from app.demo.processes import free_port
from app.local_org.https import Certificates, make_certificates
from app.logs import configure_logging
from app.mail.mailer import Mail, MailError, SmtpMailer, SmtpServer
from tests.bookit.invites.invitations import DEMO, DOMAIN, JORDAN, NOW, RILEY, SAM, SENDER
from tests.support.mail_server import MailServer, mail_server, serving

pytestmark = pytest.mark.anyio

NAME, PASSWORD = "mail-user", "correct horse battery staple"
EVERYBODY = ["riley@company.example", "jordan.lee@acme.example", "sam@acme.example"]


@pytest.fixture
def batch() -> tuple[Mail, ...]:
    """One mail each for the host, the prospect and a guest."""
    return invite_mails(DEMO, sender=SENDER, domain=DOMAIN, now=NOW)


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return make_certificates(tmp_path, system_clock())


@pytest.fixture
def trusted(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> Certificates:
    """The server's authority among those that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.ca))
    return certificates


@pytest.fixture
def logged() -> Generator[io.StringIO]:
    """All that is logged, at the chattiest level."""
    stream = io.StringIO()
    configure_logging("DEBUG", stream=stream)
    yield stream
    configure_logging("ERROR", stream=io.StringIO())


def at(port: int, security: Literal["starttls", "tls", "none"] = "none") -> SmtpServer:
    """A server on loopback that asks for no login."""
    return SmtpServer(
        host="127.0.0.1",
        port=port,
        security=security,
        username=None,
        password=None,
        timeout_seconds=20,
        own_name=DOMAIN,
    )


def with_login(server: SmtpServer, password: str = PASSWORD) -> SmtpServer:
    return replace(server, username=NAME, password=SecretStr(password))


def without_boundaries(content: bytes) -> bytes:
    """The message without what Python draws anew each time that it writes one."""
    return re.sub(rb"={15}\d+==", b"boundary", content)


async def refusal(server: SmtpServer, batch: tuple[Mail, ...]) -> MailError:
    with pytest.raises(MailError) as refused:
        await SmtpMailer(server).send(batch)
    shown = "".join(traceback.format_exception(refused.value)) + repr(refused.value) + repr(server)
    for secret in (PASSWORD, "wrong horse", "c3RhcGxl", "acme.example", "said the server"):
        assert secret not in shown
    return refused.value


async def test_a_batch_goes_over_one_connection_byte_for_byte(batch: tuple[Mail, ...]) -> None:
    async with mail_server(MailServer()) as server:
        await SmtpMailer(at(server.port)).send(batch)
    assert server.recipients == EVERYBODY
    assert {each.sender for each in server.received} == {SENDER}
    assert len({each.connection for each in server.received}) == 1
    sent = [without_boundaries(mail.message.as_bytes()) for mail in batch]
    assert [without_boundaries(each.content) for each in server.received] == sent
    assert {each.over_tls for each in server.received} == {False}


async def test_an_empty_batch_opens_no_connection() -> None:
    await SmtpMailer(at(free_port())).send([])


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_mail_and_login_go_through_tls(
    batch: tuple[Mail, ...], trusted: Certificates, security: Literal["starttls", "tls"]
) -> None:
    async with mail_server(MailServer(), certificates=trusted, tls=security, login=(NAME, PASSWORD)) as server:
        await SmtpMailer(with_login(at(server.port, security))).send(batch)
    assert server.recipients == EVERYBODY
    assert {(each.over_tls, each.login) for each in server.received} == {(True, NAME)}


async def test_it_works_on_the_loop_that_the_server_runs_on(batch: tuple[Mail, ...], trusted: Certificates) -> None:
    async with mail_server(MailServer(), certificates=trusted, login=(NAME, PASSWORD)) as server:
        mailer = SmtpMailer(with_login(at(server.port, "starttls")))

        async def sent() -> None:
            await mailer.send(batch)
            await anyio.sleep(0.5)  # a server's loop goes on; one that ended now would end with half a goodbye

        await anyio.to_thread.run_sync(lambda: uvloop.run(sent()))
    assert server.recipients == EVERYBODY
    assert {(each.over_tls, each.login) for each in server.received} == {(True, NAME)}


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_that_nobody_trusts_stops_the_mail(
    batch: tuple[Mail, ...], certificates: Certificates, security: Literal["starttls", "tls"]
) -> None:
    async with mail_server(MailServer(), certificates=certificates, tls=security) as server:
        error = await refusal(at(server.port, security), batch)
    assert error.reason == "the mail server's certificate is not trusted, or TLS failed"
    assert (error.unsent, server.received) == ((0, 1, 2), [])


async def test_a_certificate_for_another_host_stops_the_mail(batch: tuple[Mail, ...], trusted: Certificates) -> None:
    async with mail_server(MailServer(), certificates=trusted) as server:
        error = await refusal(replace(at(server.port, "starttls"), host="127.0.0.2"), batch)
    assert (error.unsent, server.received) == ((0, 1, 2), [])


async def test_a_server_without_starttls_gets_neither_mail_nor_password(batch: tuple[Mail, ...]) -> None:
    async with mail_server(MailServer(), login=(NAME, PASSWORD)) as server:
        error = await refusal(with_login(at(server.port, "starttls")), batch)
    assert error.reason == "the mail server does not offer what the settings ask for (STARTTLS, a login)"
    assert server.received == []


async def test_a_wrong_password_is_said_and_not_shown(
    batch: tuple[Mail, ...], trusted: Certificates, logged: io.StringIO
) -> None:
    async with mail_server(MailServer(), certificates=trusted, login=(NAME, PASSWORD)) as server:
        error = await refusal(with_login(at(server.port, "starttls"), "wrong horse"), batch)
    assert error.reason == "the mail server refused the login (535)"
    assert (error.unsent, server.received) == ((0, 1, 2), [])
    assert "wrong horse" not in logged.getvalue()


async def test_a_refused_recipient_costs_nobody_else_the_mail(batch: tuple[Mail, ...]) -> None:
    refused = {"jordan.lee@acme.example": "550 5.1.1 said the server: no jordan.lee@acme.example here"}
    async with mail_server(MailServer(refused=refused)) as server:
        error = await refusal(at(server.port), batch)
    assert error.reason == "the mail server refused the recipient (550)"
    assert error.unsent == (1,)
    assert server.recipients == [EVERYBODY[0], EVERYBODY[2]]


async def test_a_refused_sender_is_named_as_that(batch: tuple[Mail, ...]) -> None:
    async with mail_server(MailServer(refused_sender=SENDER)) as server:
        error = await refusal(at(server.port), batch)
    assert (error.reason, error.unsent) == ("the mail server refused the sender (550)", (0, 1, 2))


async def test_a_server_that_hangs_is_left_and_what_went_before_counts(batch: tuple[Mail, ...]) -> None:
    async with mail_server(MailServer(trouble={"jordan.lee@acme.example": "hangs"})) as server:
        error = await refusal(replace(at(server.port), timeout_seconds=1.5), batch)
        assert server.recipients == [EVERYBODY[0]]
    assert (error.reason, error.unsent) == ("the mail server took longer than 1.5 seconds", (1, 2))


async def test_a_server_that_drops_the_line_is_reported(batch: tuple[Mail, ...]) -> None:
    async with mail_server(MailServer(trouble={"sam@acme.example": "drops"})) as server:
        error = await refusal(at(server.port), batch)
    assert (error.reason, error.unsent) == ("the mail server ended the connection", (2,))


async def test_a_server_that_says_nothing_at_all_is_left(batch: tuple[Mail, ...]) -> None:
    async with serving(asyncio.Protocol) as port:
        error = await refusal(replace(at(port), timeout_seconds=0.5), batch)
    assert (error.reason, error.unsent) == ("the mail server took longer than 0.5 seconds", (0, 1, 2))


async def test_a_server_that_drips_is_bounded_too(batch: tuple[Mail, ...]) -> None:
    """Each reply comes in time, but there is no end of them: the bound is for the whole batch."""
    async with serving(Dripping) as port:
        error = await refusal(replace(at(port), timeout_seconds=1), batch * 50)
    assert error.reason == "the mail server took longer than 1 seconds"
    assert error.unsent[-1] == 149


async def test_a_server_that_is_not_there_is_reported(batch: tuple[Mail, ...]) -> None:
    error = await refusal(at(free_port()), batch)
    assert (error.reason, error.unsent) == ("the mail server could not be reached", (0, 1, 2))


async def test_a_server_that_speaks_something_else_is_reported(batch: tuple[Mail, ...]) -> None:
    async with serving(NoMail) as port:
        error = await refusal(at(port), batch)
    assert (error.reason, error.unsent) == ("the mail server refused (554)", (0, 1, 2))


async def test_a_server_that_fails_only_at_the_goodbye_has_taken_all(batch: tuple[Mail, ...]) -> None:
    async with serving(SilentGoodbye) as port:
        await SmtpMailer(replace(at(port), timeout_seconds=2)).send(batch)


async def test_a_caller_that_goes_away_ends_the_sending(batch: tuple[Mail, ...]) -> None:
    async with mail_server(MailServer(trouble={"riley@company.example": "hangs"})) as server:
        with anyio.move_on_after(0.5) as scope:
            await SmtpMailer(at(server.port)).send(batch)
        assert scope.cancelled_caught
        assert server.received == []


async def test_nothing_is_logged_of_what_is_sent(batch: tuple[Mail, ...], logged: io.StringIO) -> None:
    async with mail_server(MailServer(), login=(NAME, PASSWORD)) as server:
        await SmtpMailer(with_login(at(server.port))).send(batch)
    assert server.recipients == [RILEY.email, JORDAN.email, SAM.email]
    ours = [line for line in logged.getvalue().splitlines() if '"logger":"mail.log"' not in line]
    for secret in (PASSWORD, "acme.example", "BEGIN:VCALENDAR"):
        assert not any(secret in line for line in ours)


class NoMail(asyncio.Protocol):
    """RFC 5321: a host that takes no mail says 554 first of all."""

    greeting = b"554 said the server: no mail here\r\n"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.greeting)


class Lenient(NoMail):
    """Takes everything, line by line."""

    greeting = b"220 mail.example\r\n"
    in_data = False

    def data_received(self, data: bytes) -> None:
        for line in data.splitlines():
            if self.in_data:
                if line == b".":
                    self.in_data = False
                    self.reply(line)
                continue
            self.in_data = line.upper().startswith(b"DATA")
            self.reply(line)

    def reply(self, line: bytes) -> None:
        self.transport.write(b"354 go on\r\n" if line.upper().startswith(b"DATA") else b"250 OK\r\n")


class SilentGoodbye(Lenient):
    """Never answers QUIT."""

    def reply(self, line: bytes) -> None:
        if line.upper() != b"QUIT":
            super().reply(line)


class Dripping(Lenient):
    """Answers each command after a twentieth of a second."""

    def reply(self, line: bytes) -> None:
        asyncio.get_running_loop().call_later(0.05, super().reply, line)
