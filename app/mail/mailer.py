"""Mail through an SMTP server (RFC 5321), over aiosmtplib: nothing here blocks the event loop."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal, Protocol
from urllib.parse import urlsplit

import aiosmtplib
import anyio
from pydantic import SecretStr

from app.settings import Settings

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class Mail:
    """One message to one person. sender and recipient: the envelope's addresses, usable ones (app.email_address)."""

    sender: str
    recipient: str
    message: EmailMessage


class MailError(Exception):
    """Some mail was not sent, or not for sure.

    reason: our own words and a reply code at most: never an address, a password, or what the server wrote. unsent: the
    places in the batch (from 0, ascending) of the mails that were not sent. Sending them again is safe.
    """

    def __init__(self, reason: str, unsent: Sequence[int]) -> None:
        super().__init__(reason)
        self.reason = reason
        self.unsent = tuple(unsent)


class Mailer(Protocol):
    """Where mail leaves."""

    async def send(self, mails: Sequence[Mail]) -> None:
        """Sends a batch in its order. Raises MailError where any of it was not sent; the rest of it was."""
        ...


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """An SMTP server and how to talk to it. timeout_seconds: for a whole batch, from connecting to the last reply.

    security: `starttls` and `tls` take only a certificate that the machine trusts and that names the host. `none` is
    for loopback. username: None for a server that asks for no login. own_name: said in EHLO.
    """

    host: str
    port: int
    security: Security
    username: str | None
    password: SecretStr | None
    timeout_seconds: float
    own_name: str


class SmtpMailer:
    """One connection for each batch. A message that is refused does not stop the next one."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    async def send(self, mails: Sequence[Mail]) -> None:
        if not mails:
            return
        waiting, refused, reasons = list(range(len(mails))), list[int](), list[str]()
        try:
            with anyio.fail_after(self._server.timeout_seconds):
                async with self._client() as client:
                    for place, mail in enumerate(mails):
                        try:
                            await client.send_message(mail.message, sender=mail.sender, recipients=[mail.recipient])
                        except (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPDataError) as error:
                            refused.append(place)
                            reasons.append(_refusal(error))
                        waiting.remove(place)
        except (aiosmtplib.SMTPException, OSError) as error:
            # After the last reply only the goodbye can fail, and nothing depends on that.
            if waiting:
                reasons.append(self._failure(error))
        # Raised out here, so that no traceback carries the library's error with what the server wrote.
        if reasons:
            raise MailError("; ".join(dict.fromkeys(reasons)), sorted((*refused, *waiting)))

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password.get_secret_value() if server.password is not None else None,
            local_hostname=server.own_name,
            timeout=server.timeout_seconds,
            use_tls=server.security == "tls",
            # Never None, with which the library would go on in the clear where the server offers no TLS.
            start_tls=server.security == "starttls",
        )

    def _failure(self, error: aiosmtplib.SMTPException | OSError) -> str:
        if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
            return "the mail server's certificate is not trusted, or TLS failed"
        if isinstance(error, TimeoutError):
            return f"the mail server took longer than {self._server.timeout_seconds:g} seconds"
        if isinstance(error, aiosmtplib.SMTPAuthenticationError):
            return f"the mail server refused the login ({error.code})"
        if isinstance(error, aiosmtplib.SMTPSenderRefused):
            return f"the mail server refused the sender ({error.code})"
        if isinstance(error, aiosmtplib.SMTPResponseException):
            return f"the mail server refused ({error.code})"
        if isinstance(error, aiosmtplib.SMTPServerDisconnected):
            return "the mail server ended the connection"
        if isinstance(error, OSError):
            return "the mail server could not be reached"
        return "the mail server does not offer what the settings ask for (STARTTLS, a login)"


def smtp_mailer(settings: Settings, host: str) -> SmtpMailer:
    """The mailer of the settings' SMTP server."""
    return SmtpMailer(
        SmtpServer(
            host=host,
            port=settings.smtp_port_used,
            security=settings.smtp_security,
            username=settings.smtp_username,
            password=settings.smtp_password,
            timeout_seconds=settings.smtp_timeout_seconds,
            own_name=urlsplit(settings.public_url).hostname or "localhost",
        )
    )


def _refusal(error: aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPDataError) -> str:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return f"the mail server refused the recipient ({error.recipients[0].code})"
    return f"the mail server refused the message ({error.code})"
