"""A real SMTP server on a free loopback port, in the test's own event loop: a client that blocked would meet nobody."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from app.local_org.https import Certificates

Trouble = Literal["hangs", "drops"]


@dataclass(frozen=True)
class Received:
    """One delivery as it came over the wire. content: every octet of DATA."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    over_tls: bool
    login: str | None
    connection: int

    @property
    def message(self) -> EmailMessage:
        """The message as a client reads it."""
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class MailServer:
    """What the server does, and what it got. refused: recipient → reply. trouble: recipient → what happens at DATA."""

    refused: Mapping[str, str] = field(default_factory=dict[str, str])
    trouble: Mapping[str, Trouble] = field(default_factory=dict[str, Trouble])
    refused_sender: str | None = None
    received: list[Received] = field(default_factory=list[Received])
    port: int = 0
    hanging: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def recipients(self) -> list[str]:
        """Everybody who got something, in order."""
        return [recipient for each in self.received for recipient in each.recipients]

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == self.refused_sender:
            return f"550 5.7.1 <{address}> may not send here"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        trouble = self.trouble.get(envelope.rcpt_tos[0])
        if trouble == "hangs":
            self.hanging.set()
            await self.released.wait()
        assert isinstance(server.transport, asyncio.Transport)
        if trouble == "drops":
            server.transport.abort()
        assert isinstance(envelope.content, bytes)
        self.received.append(
            Received(
                envelope.mail_from or "",
                tuple(envelope.rcpt_tos),
                envelope.content,
                server.transport.get_extra_info("sslcontext") is not None,
                vars(session)["auth_data"],
                id(session),
            )
        )
        return "250 OK"


@asynccontextmanager
async def mail_server(
    server: MailServer,
    *,
    certificates: Certificates | None = None,
    tls: Literal["starttls", "tls"] = "starttls",
    login: tuple[str, str] | None = None,
) -> AsyncGenerator[MailServer]:
    """Serves on 127.0.0.1 and sets server.port. certificates: for TLS, else there is none. login: name and password,
    without which nothing is taken; asked for over TLS alone where there is any."""
    context = _server_context(certificates) if certificates is not None else None

    def authenticate(
        _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == login, handled=False, auth_data=given[0])

    def new() -> SMTP:
        return SMTP(
            server,
            hostname="mail.example",
            tls_context=context if tls == "starttls" else None,
            require_starttls=context is not None and tls == "starttls",
            auth_require_tls=context is not None and tls == "starttls",
            auth_required=False,
            authenticator=authenticate if login is not None else None,
        )

    async with serving(new, context if tls == "tls" else None) as port:
        server.port = port
        yield server
        server.released.set()


@asynccontextmanager
async def serving(
    protocol: Callable[[], asyncio.BaseProtocol], context: ssl.SSLContext | None = None
) -> AsyncGenerator[int]:
    """Any protocol on a free port of 127.0.0.1: the port."""
    listening = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=context)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        await listening.wait_closed()


def _server_context(certificates: Certificates) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)
    return context
